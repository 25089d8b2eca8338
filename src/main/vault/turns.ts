import { AppError } from '../../shared/app-error.ts'

/** Each derivation takes 64 MiB, so passwords are tried one by one, and only so many may wait. */
const longestQueue = 8

/** Lets one run at a time; a crowd is turned away instead of queued without bound. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** Runs after those before it have ended, however they ended. Throws AppError throttled when too many wait. */
  async take<T>(run: () => Promise<T>): Promise<T> {
    if (this.#waiting >= longestQueue) {
      throw new AppError('throttled', 'Too many passwords are being tried at once.', {
        hint: 'Try again in a moment.',
        retryAfterMs: 1000,
      })
    }
    this.#waiting += 1
    const mine = this.#last.then(run)
    this.#last = mine.catch(() => {})
    try {
      return await mine
    } finally {
      this.#waiting -= 1
    }
  }
}
