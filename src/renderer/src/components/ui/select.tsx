import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronsUpDown } from 'lucide-react'
import { cn } from '../../lib/class-names.ts'

/** One of the values a `Select` offers, with the words for it. */
export type Choice<T extends string> = { readonly value: T; readonly label: string; readonly meaning?: string }

type SelectProps<T extends string> = {
  readonly label: string
  readonly value: T
  readonly onChange: (value: T) => void
  readonly choices: ReadonlyArray<Choice<T>>
  readonly off?: boolean
  readonly className?: string
}

/** One of a few. The label is for those who cannot see what stands before it. */
export function Select<T extends string>({ label, value, onChange, choices, off = false, className }: SelectProps<T>) {
  return (
    <Base.Root
      items={choices}
      value={value}
      disabled={off}

      onValueChange={(next) => next !== null && onChange(next)}
    >
      <Base.Trigger
        aria-label={label}
        className={cn(
          'flex h-8 items-center justify-between gap-2 rounded-lg border border-line-strong/60 bg-surface pr-2 pl-3 text-13 hover:bg-hover data-disabled:opacity-55',
          className,
        )}
      >
        <Base.Value className="truncate" />
        <Base.Icon className="text-ink-muted">
          <ChevronsUpDown size={14} aria-hidden />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="z-10 outline-none" sideOffset={4} alignItemWithTrigger={false}>
          <Base.Popup
            data-popup=""
            className="min-w-[var(--anchor-width)] rounded-lg bg-raised p-1 text-13 shadow-raised outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0"
          >
            <Base.List className="max-h-[min(var(--available-height),20rem)] overflow-y-auto outline-none">
              {choices.map((choice) => (
                <Base.Item
                  key={choice.value}
                  value={choice.value}
                  className="grid cursor-default grid-cols-[1rem_1fr] items-start gap-2 rounded-md py-1.5 pr-4 pl-2 outline-none data-highlighted:bg-hover"
                >
                  <Base.ItemIndicator className="col-start-1 mt-0.5 text-accent-text">
                    <Check size={14} aria-hidden />
                  </Base.ItemIndicator>
                  <span className="col-start-2">
                    <Base.ItemText>{choice.label}</Base.ItemText>
                    {choice.meaning !== undefined && (
                      <span className="block text-12 text-ink-muted">{choice.meaning}</span>
                    )}
                  </span>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
