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
        className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-sm border border-line-strong bg-surface data-checked:border-accent data-checked:bg-accent"
      >
        <Base.Indicator className="text-accent-ink">
          <Check size={12} strokeWidth={3} aria-hidden />
        </Base.Indicator>
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
