import { useState } from 'react'
import type { ImportRow } from '../../../../shared/models/import.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { VirtualList } from '../../components/ui/virtual-list.tsx'
import { count } from '../../lib/format.ts'
import { kindLooks } from '../keys/item-kind.ts'
import { outcomeWords } from './import-words.ts'

const rowHeight = 48
/** So many are seen at once; the dialog fits the smallest window then. */
const mostRows = 5
const keyOf = (row: ImportRow): string => String(row.at)

/** Every entry of the file and what would become of it; the chosen one says all of why below. */
export function ImportRows({ rows }: { readonly rows: ReadonlyArray<ImportRow> }) {
  const [selected, select] = useState<string | null>(null)
  const shown = rows.find((row) => keyOf(row) === selected)
  return (
    <div className="overflow-hidden rounded-lg border border-line">
      <div className="flex" style={{ height: Math.min(rows.length, mostRows) * rowHeight }}>
        <VirtualList
          label="Entries of the file"
          items={rows}
          keyOf={keyOf}
          rowHeight={rowHeight}
          selected={selected}
          onSelect={select}
          renderRow={(row) => <Row row={row} />}
        />
      </div>
      {shown !== undefined && <Remarks row={shown} />}
    </div>
  )
}

function Row({ row }: { readonly row: ImportRow }) {
  const [remark, ...more] = row.remarks
  const below = remark ?? [row.userName, row.hosts.join(', ')].filter((part) => part !== '').join(' · ')
  return (
    <div className="flex min-w-0 flex-1 items-center gap-3 px-3">
      <div className="min-w-0 flex-1">
        <p className="truncate text-13 font-medium">
          {row.name === '' ? (
            <span className="text-ink-muted">Entry {row.at}</span>
          ) : (
            <HostileText text={row.name} maxChars={80} />
          )}
        </p>
        <p className="truncate text-12 text-ink-muted">
          <HostileText text={below} maxChars={120} />
          {more.length > 0 && ` +${more.length}`}
        </p>
      </div>
      <span className="w-36 shrink-0 truncate text-12 text-ink-muted">
        {row.kind === null ? '' : kindLooks[row.kind].word}
        {row.files > 0 && `, ${count(row.files, 'file')}`}
      </span>
      <span className="w-20 shrink-0 text-right">
        <Badge tone={tones[row.outcome]}>{outcomeWords[row.outcome]}</Badge>
      </span>
    </div>
  )
}

const tones = { add: 'ok', replace: 'wait', skip: 'neutral', 'left-out': 'danger' } as const

function Remarks({ row }: { readonly row: ImportRow }) {
  const hosts = row.hosts.join(', ')
  return (
    <div role="status" className="max-h-28 overflow-y-auto border-t border-line bg-hover px-3 py-2 text-12">
      {row.userName !== '' && (
        <p>
          User name: <HostileText text={row.userName} maxChars={200} />
        </p>
      )}
      {hosts !== '' && (
        <p>
          May be sent to: <HostileText text={hosts} maxChars={300} className="font-mono" />
        </p>
      )}
      {row.remarks.map((remark) => (
        <p key={remark} className="wrap-anywhere">
          <HostileText text={remark} maxChars={500} />
        </p>
      ))}
      {row.remarks.length === 0 && <p className="text-ink-muted">It comes as it is.</p>}
    </div>
  )
}
