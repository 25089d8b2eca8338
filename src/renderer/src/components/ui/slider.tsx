import { Slider as Base } from '@base-ui/react/slider'

type SliderProps = {
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly onChange: (value: number) => void
}

/** A whole number between two ends, by dragging or with the arrow keys. */
export function Slider({ label, value, min, max, onChange }: SliderProps) {
  return (
    <Base.Root
      value={value}
      min={min}
      max={max}
      onValueChange={(next) => onChange(Number(next))}
      className="grid grid-cols-[1fr_auto] gap-x-3 gap-y-1 text-13"
    >
      <span className="font-medium">{label}</span>
      <span className="tabular-nums">{value}</span>
      <Base.Control className="col-span-2 flex h-5 touch-none items-center">
        <Base.Track className="h-1.5 w-full rounded-full bg-line">
          <Base.Indicator className="rounded-full bg-accent" />
          <Base.Thumb
            aria-label={label}
            className="size-4 rounded-full border-2 border-accent bg-surface has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-offset-2 has-[:focus-visible]:outline-accent"
          />
        </Base.Track>
      </Base.Control>
    </Base.Root>
  )
}
