import { Plus } from 'lucide-react'
import { useRef } from 'react'
import { Button } from '../../components/ui/button.tsx'
import type { FieldDraft } from './item-draft.ts'
import { OwnFieldRow } from './own-field-row.tsx'

type OwnFieldsFieldProps = {
  /** The item whose sealed values can be opened; null: a new one. */
  readonly itemId: string | null
  readonly fields: ReadonlyArray<FieldDraft>
  readonly onChange: (fields: ReadonlyArray<FieldDraft>) => void
  readonly problems: Readonly<Record<string, string>>
}

const mostFields = 100

/** The fields that the person adds: named, hidden or plain, and in the order they want. */
export function OwnFieldsField({ itemId, fields, onChange, problems }: OwnFieldsFieldProps) {
  const list = useRef<HTMLUListElement>(null)
  const swap = (from: number, to: number) => {
    const next = [...fields]
    const [one, other] = [next[from], next[to]]
    if (one === undefined || other === undefined) return
    next[from] = other
    next[to] = one
    onChange(next)
  }
  const add = () => {
    onChange([...fields, { key: crypto.randomUUID(), id: null, name: '', hidden: false, value: '' }])
    setTimeout(() => list.current?.querySelector<HTMLElement>('li:last-child input')?.focus())
  }
  return (
    <div>
      <p id="own-fields" className="text-13 font-medium">
        Own fields
      </p>
      {fields.length > 0 && (
        <ul ref={list} aria-labelledby="own-fields" className="mt-1.5 space-y-2">
          {fields.map((field, at) => (
            <OwnFieldRow
              key={field.key}
              itemId={itemId}
              field={field}
              number={at + 1}
              isLast={at === fields.length - 1}
              onChange={(changed) => onChange(fields.map((other, place) => (place === at ? changed : other)))}
              onMove={(by) => swap(at, at + by)}
              onRemove={() => onChange(fields.filter((other) => other !== field))}
              problem={problems[`fields.${at}.name`] ?? problems[`fields.${at}.value`]}
            />
          ))}
        </ul>
      )}
      {fields.length < mostFields && (
        <Button size="sm" variant="ghost" className="mt-1 -ml-2.5" onClick={add}>
          <Plus size={14} aria-hidden />
          Add a field
        </Button>
      )}
    </div>
  )
}
