import { Checkbox as Base } from '@base-ui/react/checkbox'
import { Check } from 'lucide-react'
import { type ReactNode, useId } from 'react'

type CheckboxProps = {
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly label: ReactNode
  readonly meaning?: ReactNode
}

/** A box to tick with its words and, below them, what it means. */
export function Checkbox({ checked, onChange, label, meaning }: CheckboxProps) {
  const id = useId()
  return (
    <div className="flex gap-2.5">
      <Base.Root
        checked={checked}
        onCheckedChange={onChange}
        aria-labelledby={`${id}-label`}
        {...(meaning === undefined ? {} : { 'aria-describedby': `${id}-meaning` })}
        className="group -m-1 -mt-0.5 flex size-6 shrink-0 items-center justify-center outline-none"
      >
        {/* What can be pressed is larger than what is seen: 24 px (WCAG 2.2, 2.5.8). */}
        <span className="flex size-4 items-center justify-center rounded-sm border border-line-strong bg-surface outline-offset-2 outline-accent group-focus-visible:outline-2 group-data-checked:border-accent group-data-checked:bg-accent">
          <Base.Indicator className="text-accent-ink">
            <Check size={12} strokeWidth={3} aria-hidden />
          </Base.Indicator>
        </span>
      </Base.Root>
      <div className="min-w-0 text-13" onClick={() => onChange(!checked)}>
        <p id={`${id}-label`} className="font-medium">
          {label}
        </p>
        {meaning !== undefined && (
          <p id={`${id}-meaning`} className="text-ink-muted">
            {meaning}
          </p>
        )}
      </div>
    </div>
  )
}
