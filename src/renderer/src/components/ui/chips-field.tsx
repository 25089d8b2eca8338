import { Field as Base } from '@base-ui/react/field'
import { X } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import { cn } from '../../lib/class-names.ts'
import { Field, inputClass } from './field.tsx'

/** What was typed, taken apart and checked. */
export type Written = { readonly values: ReadonlyArray<string> } | { readonly problem: string }

type ChipsFieldProps = {
  readonly label: string
  readonly values: ReadonlyArray<string>
  readonly onChange: (values: ReadonlyArray<string>) => void
  /** What is typed and not yet added; kept by the form so that saving does not lose it. */
  readonly text: string
  readonly onText: (text: string) => void
  readonly read: (written: string) => Written
  /** The keys that end a value, besides Enter. */
  readonly endedBy: ReadonlyArray<string>
  readonly hint?: ReactNode
  readonly problem?: string | undefined
  readonly optional?: boolean
  readonly placeholder?: string
  readonly mono?: boolean
}

/** Short texts that are typed one by one, or chosen from what stands in an element with `data-offers`; each is checked when it is added and taken away by its own button or Backspace. */
export function ChipsField(props: ChipsFieldProps) {
  const { label, values, onChange, text, onText, read, endedBy, hint, problem, optional, placeholder, mono } = props
  const [wrong, setWrong] = useState<string | undefined>(undefined)
  const look = mono === true ? 'font-mono' : ''

  const take = () => {
    const written = read(text)
    setWrong('problem' in written ? written.problem : undefined)
    if ('problem' in written) return
    onText('')
    onChange([...new Set([...values, ...written.values])])
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.key === 'Enter' || endedBy.includes(event.key)) && text.trim() !== '') {
      event.preventDefault()
      take()
    } else if (event.key === 'Backspace' && text === '') {
      onChange(values.slice(0, -1))
    }
  }

  return (
    <Field label={label} hint={hint} problem={wrong ?? problem} optional={optional}>
      <div className={cn(inputClass, 'flex flex-wrap gap-1.5 p-1.5 focus-within:border-accent')}>
        {values.map((value) => (
          <span
            key={value}
            className={cn('flex max-w-full items-center gap-1 rounded-md bg-hover py-0.5 pr-0.5 pl-2 text-12', look)}
          >
            <span className="truncate">{value}</span>
            <button
              type="button"
              aria-label={`Remove ${value}`}
              onClick={() => onChange(values.filter((other) => other !== value))}
              className="flex size-5 items-center justify-center rounded-sm text-ink-muted hover:bg-hover hover:text-ink"
            >
              <X size={12} aria-hidden />
            </button>
          </span>
        ))}
        <Base.Control
          value={text}
          onValueChange={onText}
          onKeyDown={onKeyDown}
          onBlur={({ relatedTarget }) => {
            // What is offered takes the place of what was typed.
            if (text.trim() !== '' && relatedTarget?.closest('[data-offers]') == null) take()
          }}
          autoComplete="off"
          spellCheck={false}
          placeholder={values.length === 0 ? (placeholder ?? '') : ''}
          className={cn('h-6 min-w-28 flex-1 bg-transparent px-1.5 text-13 outline-none', look)}
        />
      </div>
    </Field>
  )
}
