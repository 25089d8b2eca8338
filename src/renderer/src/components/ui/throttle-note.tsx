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

/** Milliseconds until the next try: until `freeAtMs` (epoch), or as long from now as an error said that has just come. */
export function useThrottle(freeAtMs: number, fromErrorMs: number): number {
  const nowMs = useNow()
  const [afterErrorMs, setAfterErrorMs] = useState(0)
  useEffect(() => {
    setAfterErrorMs(fromErrorMs === 0 ? 0 : Date.now() + fromErrorMs)
  }, [fromErrorMs])
  return Math.max(0, Math.max(freeAtMs, afterErrorMs) - nowMs)
}
