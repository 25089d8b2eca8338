import { ScrollText } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { VirtualList } from '../../components/ui/virtual-list.tsx'
import { Waiting } from '../../components/ui/waiting.tsx'
import { ListDetail, ListTools } from '../../layout/list-detail.tsx'
import { count } from '../../lib/format.ts'
import { AuditDetail } from './audit-detail.tsx'
import { AuditLine } from './audit-line.tsx'
import { pairEntries } from './pair-entries.ts'
import { type AuditWish, useAuditLog } from './use-audit-log.ts'
import { useNames } from './use-names.ts'

type AuditListProps = {
  readonly wish: AuditWish
  readonly filters: ReactNode
  readonly filtered: boolean
  readonly onClear: () => void
}

const rowPx = 40

/** The lines of the log, newest first, as far back as one scrolls, and the opened one beside them. */
export function AuditList({ wish, filters, filtered, onClear }: AuditListProps) {
  const log = useAuditLog(wish)
  const names = useNames()
  const [selected, setSelected] = useState<string | null>(null)
  const rows = useMemo(() => pairEntries(log.entries), [log.entries])
  const open = rows.find(({ key }) => key === selected)
  return (
    <ListDetail
      onClose={() => setSelected(null)}
      list={
        <>
          <ListTools>
            {filters}
            <span
              className="ml-auto shrink-0 pl-2 text-12 text-ink-muted"
              title="Entries in the log that fit; an act has two"
            >
              {count(log.total, 'entry', 'entries')}
            </span>
          </ListTools>
          {log.error !== null && (
            <Problem error={log.error} className="m-6">
              <Button size="sm" onClick={log.retry}>
                Try again
              </Button>
            </Problem>
          )}
          {log.pending && log.error === null && <Waiting what="Reading the log" />}
          {!log.pending && log.error === null && rows.length === 0 && (
            <EmptyState
              icon={ScrollText}
              title={filtered ? 'Nothing found' : 'Nothing logged yet'}
              {...(filtered ? { action: <Button onClick={onClear}>Show everything</Button> } : {})}
            >
              {filtered
                ? 'No entry fits these filters.'
                : 'Every request, answer, unlock and change will stand here, signed so that an edit shows.'}
            </EmptyState>
          )}
          {rows.length > 0 && (
            <VirtualList
              label="Audit entries"
              items={rows}
              keyOf={({ key }) => key}
              rowHeight={rowPx}
              selected={selected}
              onSelect={setSelected}
              onNearEnd={log.loadOlder}
              renderRow={(row) => <AuditLine row={row} names={names} />}
            />
          )}
        </>
      }
      detail={open === undefined ? null : <AuditDetail row={open} names={names} onClose={() => setSelected(null)} />}
    />
  )
}
