import { Field as Base } from '@base-ui/react/field'
import { cn } from '../../lib/class-names.ts'
import { dayIn } from '../../lib/days.ts'
import { Button } from './button.tsx'
import { Field, inputClass } from './field.tsx'

type DateFieldProps = {
  readonly label: string
  /** `2027-01-31`; empty: none. */
  readonly value: string
  readonly onChange: (day: string) => void
  /** Days from today that one press sets. */
  readonly offers: ReadonlyArray<{ readonly words: string; readonly days: number }>
  readonly hint?: string
  readonly problem?: string | undefined
}

/** A day, or none: typed, chosen in the calendar, or set by its distance from today. */
export function DateField({ label, value, onChange, offers, hint, problem }: DateFieldProps) {
  return (
    <Field label={label} optional hint={hint} problem={problem}>
      <Base.Control
        type="date"
        value={value}
        onValueChange={onChange}
        max="9998-12-31"
        className={cn(inputClass, 'h-9 px-3 text-14 tabular-nums', value === '' && 'text-ink-muted')}
      />
      <div className="mt-1 flex flex-wrap gap-x-1">
        {offers.map(({ words, days }) => (
          <Button
            key={words}
            size="sm"
            variant="ghost"
            aria-label={`${label} ${words}`}
            className="px-1.5 text-12"
            onClick={() => onChange(dayIn(days, Date.now()))}
          >
            {words}
          </Button>
        ))}
        {value !== '' && (
          <Button
            size="sm"
            variant="ghost"
            aria-label={`${label}: none`}
            className="px-1.5 text-12"
            onClick={() => onChange('')}
          >
            none
          </Button>
        )}
      </div>
    </Field>
  )
}
