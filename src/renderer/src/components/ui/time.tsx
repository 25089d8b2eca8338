import { exactTime, relativeTime } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'

/** A time as people say it, with the exact one on hover. */
export function Time({ atMs, className }: { readonly atMs: number; readonly className?: string }) {
  const nowMs = useNow()
  return (
    <time dateTime={new Date(atMs).toISOString()} title={exactTime(atMs)} className={className}>
      {relativeTime(atMs, nowMs)}
    </time>
  )
}
