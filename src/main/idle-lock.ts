import type { Clock } from './clock.ts'

const checkEveryMs = 5_000

/**
 * Locks after minutes without a sign of the person. It looks at the wall clock and at the monotonic one, so a machine that
 * slept past the time locks at once, and a clock set back does not keep the vault open.
 */
export class IdleLock {
  readonly #clock: Clock
  readonly #minutes: () => number
  readonly #lock: () => void
  #timer: NodeJS.Timeout | null = null
  #lastWallMs = 0
  #lastMonotonicMs = 0

  constructor(options: { clock: Clock; minutes: () => number; lock: () => void }) {
    this.#clock = options.clock
    this.#minutes = options.minutes
    this.#lock = options.lock
  }

  /** Begins to count; called at unlock. */
  start(): void {
    this.stayAwake()
    this.#timer ??= setInterval(() => this.#check(), checkEveryMs).unref()
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  /** The person did something. */
  stayAwake(): void {
    this.#lastWallMs = this.#clock.now()
    this.#lastMonotonicMs = this.#clock.monotonicMs()
  }

  /** Epoch milliseconds at which it will lock; null when it never does or does not count now. */
  locksAtMs(): number | null {
    const minutes = this.#minutes()
    return this.#timer === null || minutes === 0 ? null : this.#lastWallMs + minutes * 60_000
  }

  #check(): void {
    const minutes = this.#minutes()
    if (minutes === 0) return
    const idleMs = Math.max(this.#clock.now() - this.#lastWallMs, this.#clock.monotonicMs() - this.#lastMonotonicMs)
    if (idleMs >= minutes * 60_000) this.#lock()
  }
}
