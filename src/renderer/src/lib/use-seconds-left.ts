import { useEffect, useState } from 'react'

const secondMs = 1_000
/** A timer may come a little early, and would then show the second that is over for another one. */
const marginMs = 20

/** The whole seconds until a moment, the last one being 1; new at the end of each of them, which a common tick is not. */
export function useSecondsLeft(untilMs: number): number {
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    const tick = () => setNowMs(Date.now())
    let timer: ReturnType<typeof setInterval> | undefined
    const first = setTimeout(
      () => {
        tick()
        timer = setInterval(tick, secondMs)
      },
      (Math.max(0, untilMs - Date.now()) % secondMs) + marginMs,
    )
    tick()
    return () => {
      clearTimeout(first)
      clearInterval(timer)
    }
  }, [untilMs])
  return Math.max(0, Math.ceil((untilMs - nowMs) / secondMs))
}
