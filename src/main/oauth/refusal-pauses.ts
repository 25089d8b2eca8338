import type { Clock } from '../clock.ts'

const firstMs = 5_000
const longestMs = 10 * 60_000
/** A refusal this long ago is forgotten. */
const forgetMs = 3_600_000
const maxKept = 256

/**
 * Who was refused waits before the person is asked for it again: five seconds, then twice as long each time, ten minutes at
 * most. In memory, on the monotonic clock.
 */
export class RefusalPauses {
  readonly #clock: Clock
  readonly #refused = new Map<string, { count: number; atMs: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  refused(who: string): void {
    const count = (this.#recent(who)?.count ?? 0) + 1
    this.#refused.delete(who)
    if (this.#refused.size >= maxKept) this.#refused.delete(this.#refused.keys().next().value ?? '')
    this.#refused.set(who, { count, atMs: this.#clock.monotonicMs() })
  }

  forgive(who: string): void {
    this.#refused.delete(who)
  }

  /** How long it still has to wait; `free`: refusals that cost nothing. */
  leftMs(who: string, free = 0): number {
    const recent = this.#recent(who)
    if (recent === undefined || recent.count <= free) return 0
    const pauseMs = Math.min(firstMs * 2 ** (recent.count - free - 1), longestMs)
    return Math.max(0, recent.atMs + pauseMs - this.#clock.monotonicMs())
  }

  #recent(who: string) {
    const known = this.#refused.get(who)
    return known !== undefined && this.#clock.monotonicMs() - known.atMs < forgetMs ? known : undefined
  }
}
