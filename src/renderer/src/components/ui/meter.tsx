import { Meter as Base } from '@base-ui/react/meter'
import { cn } from '../../lib/class-names.ts'

type MeterProps = {
  readonly label: string
  readonly value: number
  readonly max: number
  readonly words: string
  readonly alarming?: boolean
}

/** How much of a limit is used, as a bar with its words. */
export function Meter({ label, value, max, words, alarming = false }: MeterProps) {
  return (
    <Base.Root
      value={Math.min(value, max)}
      max={max}
      aria-valuetext={words}
      className="grid grid-cols-[1fr_auto] gap-x-3 gap-y-1 text-12"
    >
      <Base.Label className="text-ink-muted">{label}</Base.Label>
      <span className={cn('tabular-nums', alarming && 'font-medium text-danger')}>{words}</span>
      <Base.Track className="col-span-2 h-1.5 overflow-hidden rounded-full bg-hover">
        <Base.Indicator className={cn('rounded-full transition-[width]', alarming ? 'bg-danger' : 'bg-ink-muted')} />
      </Base.Track>
    </Base.Root>
  )
}
