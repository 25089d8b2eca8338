import { type ColumnMap, columnRoles } from '../../../../shared/models/import.ts'
import { Select } from '../../components/ui/select.tsx'
import { visibleString } from '../../lib/visible-text.ts'
import { roleWords } from './import-words.ts'

type ColumnChoiceProps = {
  readonly columns: ColumnMap
  readonly off: boolean
  readonly onChange: (columns: ColumnMap) => void
}

const choices = columnRoles.map((role) => ({ value: role, label: roleWords[role] }))

/** What each column of an unknown CSV is; the person knows, the heading often does not say. */
export function ColumnChoice({ columns, off, onChange }: ColumnChoiceProps) {
  return (
    <fieldset className="rounded-lg border border-line px-3 pt-2 pb-3">
      <legend className="px-1 text-13 font-medium">Columns of this file</legend>
      <ul tabIndex={0} aria-label="Columns of this file" className="max-h-44 space-y-1.5 overflow-y-auto">
        {columns.map(({ column, role }, position) => (
          // Headings may repeat: a column has no identity but its place.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={position} className="flex items-center gap-3">
            <span className="min-w-0 flex-1 truncate font-mono text-12">{visibleString(column, 60)}</span>
            <Select
              label={`What “${visibleString(column, 60)}” is`}
              value={role}
              off={off}
              choices={choices}
              onChange={(next) =>
                onChange(columns.map((each, at) => (at === position ? { column: each.column, role: next } : each)))
              }
              className="w-48 shrink-0"
            />
          </li>
        ))}
      </ul>
    </fieldset>
  )
}
