import type { Clock } from './clock.ts'

/** What a timer holds at most, almost 25 days; a longer wait is taken in parts. */
const maxTimeoutMs = 2 ** 31 - 1

/** Tells when the next of some moments has come. Whoever is told says what the next ones are. */
export class NextMoment {
  readonly #clock: Pick<Clock, 'now'>
  readonly #onCome: () => void
  #timer: NodeJS.Timeout | null = null

  constructor(clock: Pick<Clock, 'now'>, onCome: () => void) {
    this.#clock = clock
    this.#onCome = onCome
  }

  /** Waits for the first of these (epoch milliseconds) that is still to come, and for none it waited for before. */
  wait(momentsMs: ReadonlyArray<number | null>): void {
    this.stop()
    const nowMs = this.#clock.now()
    const firstMs = Math.min(...momentsMs.filter((atMs) => atMs !== null && atMs > nowMs).map(Number))
    if (Number.isFinite(firstMs)) this.#waitFor(firstMs)
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #waitFor(atMs: number): void {
    const leftMs = atMs - this.#clock.now()
    this.#timer = setTimeout(
      () => {
        // A timer may also come a little early.
        if (this.#clock.now() < atMs) this.#waitFor(atMs)
        else this.#onCome()
      },
      Math.min(leftMs, maxTimeoutMs),
    ).unref()
  }
}
