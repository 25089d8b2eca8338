const firstWaitMs = 1000
const maxWaitMs = 60_000
const waitWindowMs = 60 * 60_000
const crashWindowMs = 5 * 60_000
const maxExits = 5

/**
 * When to start again after an exit: after 1, 2, 4 … 60 seconds, by the exits of the last hour; null when it ended 5 times
 * within 5 minutes, because then it would go on like this. Times are monotonic milliseconds of the exits, the newest last.
 */
export function restartAfterMs(exitsAtMs: ReadonlyArray<number>): number | null {
  const now = exitsAtMs.at(-1)
  if (now === undefined) return firstWaitMs
  const within = (windowMs: number): number => exitsAtMs.filter((at) => now - at < windowMs).length
  if (within(crashWindowMs) >= maxExits) return null
  return Math.min(maxWaitMs, firstWaitMs * 2 ** (within(waitWindowMs) - 1))
}
