import { Field as Base } from '@base-ui/react/field'
import { ArrowDown, ArrowUp, Eye, EyeOff, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { CoveredArea } from '../../components/ui/covered-area.tsx'
import { inputClass } from '../../components/ui/field.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { cn } from '../../lib/class-names.ts'
import { request, type RequestError, toRequestError } from '../../lib/ipc.ts'
import type { FieldDraft } from './item-draft.ts'

type OwnFieldRowProps = {
  readonly itemId: string | null
  readonly field: FieldDraft
  /** Its place, counted from 1. */
  readonly number: number
  readonly isLast: boolean
  readonly onChange: (field: FieldDraft) => void
  readonly onMove: (by: 1 | -1) => void
  readonly onRemove: () => void
  readonly problem: string | undefined
}

/**
 * One field while it is edited. A hidden value stays sealed until it is asked for, which is a reveal and audited as one; to show a
 * hidden field from now on opens it first.
 */
export function OwnFieldRow(props: OwnFieldRowProps) {
  const { itemId, field, number, isLast, onChange, onMove, onRemove, problem } = props
  const [error, setError] = useState<RequestError | null>(null)
  const what = `field ${number}`
  const open = (hidden: boolean) => {
    if (itemId === null || field.id === null) return
    request('items.reveal', { id: itemId, field: `field:${field.id}` }).then(
      (value) => onChange({ ...field, hidden, value }),
      (cause: unknown) => setError(toRequestError(cause)),
    )
  }
  const setHidden = (hidden: boolean) => (field.value === null ? open(hidden) : onChange({ ...field, hidden }))
  return (
    <li className="rounded-lg border border-line p-2">
      <Base.Root invalid={problem !== undefined}>
        <div className="flex items-center gap-0.5">
          <Base.Control
            aria-label={`Name of ${what}`}
            value={field.name}
            onValueChange={(name) => onChange({ ...field, name })}
            maxLength={100}
            placeholder="Name"
            autoComplete="off"
            spellCheck={false}
            className={cn(inputClass, 'mr-1 h-8 min-w-0 flex-1 px-2.5 text-13')}
          />
          <Button
            size="sm"
            variant="ghost"
            aria-label={field.hidden ? `Hidden ${what}: show it` : `Plain ${what}: hide it`}
            title={field.hidden ? 'Hidden: shown only when you ask for it' : 'Plain: always shown'}
            onClick={() => setHidden(!field.hidden)}
            className="w-21 justify-start px-2"
          >
            {field.hidden ? <EyeOff size={14} aria-hidden /> : <Eye size={14} aria-hidden />}
            {field.hidden ? 'Hidden' : 'Plain'}
          </Button>
          <Button
            size="icon"
            variant="ghost"
            aria-label={`Move ${what} up`}
            off={number === 1}
            onClick={() => onMove(-1)}
          >
            <ArrowUp size={14} aria-hidden />
          </Button>
          <Button size="icon" variant="ghost" aria-label={`Move ${what} down`} off={isLast} onClick={() => onMove(1)}>
            <ArrowDown size={14} aria-hidden />
          </Button>
          <Button size="icon" variant="ghost" aria-label={`Remove ${what}`} onClick={onRemove}>
            <Trash2 size={14} aria-hidden />
          </Button>
        </div>
        <Base.Error match={problem !== undefined} role="alert" className="mt-1 text-12 font-medium text-danger">
          {problem}
        </Base.Error>
      </Base.Root>
      <div className="mt-1.5">
        {field.value === null ? (
          <span className="flex items-center gap-2 text-13 text-ink-muted">
            Sealed, and stays as it is.
            <Button size="sm" aria-label={`Open to change ${what}`} onClick={() => open(true)}>
              Open to change
            </Button>
          </span>
        ) : (
          <Base.Root>
            <CoveredArea
              label={`Value of ${what}`}
              named
              covered={field.hidden}
              value={field.value}
              onChange={(value) => onChange({ ...field, value })}
              placeholder="Value"
              maxLength={65_536}
            />
          </Base.Root>
        )}
      </div>
      {error !== null && <Problem error={error} className="mt-2" />}
    </li>
  )
}
