import { Progress as Base } from '@base-ui/react/progress'

type ProgressProps = {
  readonly label: string
  /** 0 to 1; null when it cannot be known. */
  readonly share: number | null
}

/** How far something long has come. */
export function Progress({ label, share }: ProgressProps) {
  return (
    <Base.Root
      value={share === null ? null : Math.round(share * 100)}
      className="grid grid-cols-[1fr_auto] gap-x-3 gap-y-1 text-12"
    >
      <Base.Label className="min-w-0 truncate text-ink-muted">{label}</Base.Label>
      <span className="tabular-nums">{share !== null && `${Math.round(share * 100)} %`}</span>
      <Base.Track className="col-span-2 h-1.5 overflow-hidden rounded-full bg-hover">
        <Base.Indicator className="h-full rounded-full bg-accent transition-[width] data-indeterminate:w-1/3 data-indeterminate:animate-pulse" />
      </Base.Track>
    </Base.Root>
  )
}
