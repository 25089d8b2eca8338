import {
  type ColumnMap,
  type DuplicateWay,
  duplicateWays,
  type ImportPreview,
} from '../../../../shared/models/import.ts'
import { Select } from '../../components/ui/select.tsx'
import { count } from '../../lib/format.ts'
import { ColumnChoice } from './column-choice.tsx'
import { ImportRows } from './import-rows.tsx'
import { duplicateWords, formatWords } from './import-words.ts'

type ImportLookProps = {
  readonly fileName: string
  readonly preview: ImportPreview
  readonly onDuplicate: DuplicateWay
  readonly onDuplicateChange: (way: DuplicateWay) => void
  readonly onColumns: (columns: ColumnMap) => void
}

const ways = duplicateWays.map((value) => ({ value, ...duplicateWords[value] }))

/** What a file holds and what would become of it. */
export function ImportLook({ fileName, preview, onDuplicate, onDuplicateChange, onColumns }: ImportLookProps) {
  const { rows, counts, columns, format } = preview
  const { add, replace, skip, leftOut, files } = counts
  const said = [
    `${count(add, 'new item')}`,
    ...(replace > 0 ? [`${replace} in the place of others`] : []),
    ...(files > 0 ? [count(files, 'file')] : []),
    ...(skip > 0 ? [`${skip} skipped`] : []),
    ...(leftOut > 0 ? [`${leftOut} left out`] : []),
  ]
  const unread = rows.length === 0 && columns !== null
  return (
    <>
      <div className="flex items-end gap-4">
        <p className="min-w-0 flex-1">
          <span className="block font-medium wrap-anywhere">{fileName}</span>
          <span className="text-ink-muted">
            {formatWords[format]}: {unread ? 'say below which column is what' : said.join(', ')}
          </span>
        </p>
        <div className="shrink-0">
          <span className="mb-1 block text-12 text-ink-muted">What you have already</span>
          <Select
            label="What you have already"
            value={onDuplicate}
            onChange={onDuplicateChange}
            choices={ways}
            className="w-48"
          />
        </div>
      </div>
      {columns !== null && <ColumnChoice columns={columns} off={false} onChange={onColumns} />}
      {rows.length > 0 && <ImportRows rows={rows} />}
      {rows.length === 0 && columns === null && <p className="text-ink-muted">There are no entries in this file.</p>}
      {rows.length > 0 && (
        <p className="text-12 text-ink-muted">Folders become tags. Choose an entry to see all about it.</p>
      )}
    </>
  )
}
