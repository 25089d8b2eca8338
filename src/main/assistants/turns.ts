import type { AppError } from '../../shared/app-error.ts'

/** The operations of one assistant, each after the other. */
export class Turns {
  readonly #cancelled: () => AppError
  #queue: Promise<unknown> = Promise.resolve()
  #starting: AbortController | null = null
  #retirements = 0

  /** `cancelled` is what a start that may not be any more rejects with. */
  constructor(cancelled: () => AppError) {
    this.#cancelled = cancelled
  }

  take(run: () => Promise<void>): Promise<void> {
    const result = this.#queue.then(run)
    this.#queue = result.catch(() => undefined)
    return result
  }

  /** The same for an operation that starts something: `endStart` ends its signal, and after `retire` it does not run. */
  takeToStart(run: (signal: AbortSignal) => Promise<void>): Promise<void> {
    return this.take(async () => {
      if (this.#retirements > 0) throw this.#cancelled()
      const starting = new AbortController()
      this.#starting = starting
      try {
        await run(starting.signal)
      } finally {
        this.#starting = null
      }
    })
  }

  /** Ends the start that is under way, if one is. */
  endStart(): void {
    this.#starting?.abort()
  }

  /** From now on nothing is started; ends the start that is under way. Returns what takes this back. */
  retire(): () => void {
    this.#retirements += 1
    this.endStart()
    return () => {
      this.#retirements -= 1
    }
  }
}
