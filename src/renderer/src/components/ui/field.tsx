import { Field as Base } from '@base-ui/react/field'
import type { ReactNode } from 'react'
import { cn } from '../../lib/class-names.ts'

/** The look of every box that text is typed into. */
export const inputClass =
  'w-full rounded-lg border border-line-strong bg-surface text-ink transition-colors hover:border-ink-muted focus-visible:border-accent focus-visible:outline-offset-0 aria-invalid:border-danger data-invalid:border-danger disabled:opacity-60'

type FieldProps = {
  readonly label: string
  readonly hint?: ReactNode
  readonly problem?: string | undefined
  readonly optional?: boolean | undefined
  readonly className?: string | undefined
  readonly children: ReactNode
}

/** A label, its control, and below it a hint or what is wrong. */
export function Field({ label, hint, problem, optional = false, className, children }: FieldProps) {
  return (
    <Base.Root invalid={problem !== undefined} className={cn('block', className)}>
      <Base.Label className="mb-1.5 flex items-baseline gap-1.5 text-13 font-medium">
        {label}
        {optional && <span className="text-12 font-normal text-ink-muted">optional</span>}
      </Base.Label>
      {children}
      {hint !== undefined && <Base.Description className="mt-1.5 text-12 text-ink-muted">{hint}</Base.Description>}
      <Base.Error match={problem !== undefined} role="alert" className="mt-1.5 text-12 font-medium text-danger">
        {problem}
      </Base.Error>
    </Base.Root>
  )
}

type TextFieldProps = Omit<FieldProps, 'children'> & {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder?: string
  readonly mono?: boolean
  readonly autoFocus?: boolean
  readonly maxLength?: number
  readonly type?: 'text' | 'number'
  readonly min?: number
  readonly max?: number
  readonly step?: number
  readonly suffix?: ReactNode
}

/** One line of text. */
export function TextField({
  value,
  onChange,
  mono = false,
  suffix,
  label,
  hint,
  problem,
  optional,
  className,
  ...input
}: TextFieldProps) {
  return (
    <Field label={label} hint={hint} problem={problem} optional={optional} className={className}>
      <div className="flex items-center gap-2">
        <Base.Control
          {...input}
          value={value}
          onValueChange={onChange}
          autoComplete="off"
          spellCheck={false}
          className={cn(inputClass, 'h-9 px-3', mono ? 'font-mono text-13' : 'text-14')}
        />
        {suffix !== undefined && <span className="shrink-0 text-13 text-ink-muted">{suffix}</span>}
      </div>
    </Field>
  )
}

type TextAreaProps = Omit<FieldProps, 'children'> & {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly rows: number
  readonly placeholder?: string
  readonly mono?: boolean
  readonly autoFocus?: boolean
  readonly maxLength?: number
}

/** Several lines of text. */
export function TextArea({
  value,
  onChange,
  mono = false,
  label,
  hint,
  problem,
  optional,
  className,
  ...input
}: TextAreaProps) {
  return (
    <Field label={label} hint={hint} problem={problem} optional={optional} className={className}>
      <Base.Control
        value={value}
        onValueChange={onChange}
        render={<textarea {...input} spellCheck={!mono} />}
        className={cn(inputClass, 'block resize-y px-3 py-2', mono ? 'font-mono text-12' : 'text-14')}
      />
    </Field>
  )
}
