import { useEffect, useState } from 'react'
import { countdown } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'

/** How long to wait after too many wrong passwords or words. */
export function ThrottleNote({ waitMs }: { readonly waitMs: number }) {
  return (
    <div role="status" className="rounded-lg bg-wait-soft px-3 py-2.5 text-13">
      <p className="font-medium">Too many wrong tries.</p>
      <p className="text-ink-muted">
        The next one is possible in <span className="font-medium text-ink tabular-nums">{countdown(waitMs)}</span>.
      </p>
    </div>
  )
}

/** Milliseconds until the next try, counting down from the newest word of the main process. */
export function useThrottle(fromStatusMs: number, fromErrorMs: number): number {
  const nowMs = useNow()
  const [freeAtMs, setFreeAtMs] = useState(0)
  const longestMs = Math.max(fromStatusMs, fromErrorMs)
  useEffect(() => {
    setFreeAtMs(longestMs === 0 ? 0 : Date.now() + longestMs)
  }, [longestMs])
  return Math.max(0, freeAtMs - nowMs)
}
