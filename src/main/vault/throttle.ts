import { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import type { Clock } from '../clock.ts'
import { toStorageError, type Database } from '../db/open.ts'

/** So many wrong passwords within the window, then each further one doubles the wait. */
const freeAttempts = 5
const windowMs = 15 * 60_000
const firstWaitMs = 30_000
const longestWaitMs = 60 * 60_000
/** After so long without a wrong password the counting starts anew. */
const forgetAfterMs = 24 * 60 * 60_000

const Row = z.object({
  wrong_at_ms: z.string().transform(parseJson).pipe(z.array(z.number()).max(freeAttempts)),
  level: z.int().min(0).max(100),
  until_at_ms: z.number(),
  last_seen_at_ms: z.number(),
})
type State = { wrongAtMs: number[]; level: number; untilAtMs: number; lastSeenAtMs: number }

const fresh: State = { wrongAtMs: [], level: 0, untilAtMs: 0, lastSeenAtMs: 0 }

/**
 * Slows down guessing of the password through Clawkeep. An attempt is written down as wrong before the derivation
 * starts, so killing the process does not make it free; the wait survives restarts, and a clock set back does not
 * shorten it. While the process runs, the wait is measured on the monotonic clock.
 */
export class Throttle {
  readonly #database: Database
  readonly #clock: Clock
  #state: State
  #waitEndsMonotonicMs: number
  #attemptUnderWay = false

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
    const nowMs = clock.now()
    this.#state = this.#read()
    // A clock that was set back: what was left when we last looked is still left.
    const remainingMs = this.#state.untilAtMs - Math.max(nowMs, this.#state.lastSeenAtMs)
    const waitMs = Math.min(Math.max(remainingMs, 0), longestWaitMs)
    this.#waitEndsMonotonicMs = clock.monotonicMs() + waitMs
    if (waitMs > 0) this.#state = { ...this.#state, untilAtMs: nowMs + waitMs, lastSeenAtMs: nowMs }
  }

  /** Milliseconds until the next password may be tried; 0: now. */
  remainingMs(): number {
    return this.#attemptUnderWay ? 0 : Math.max(0, Math.ceil(this.#waitEndsMonotonicMs - this.#clock.monotonicMs()))
  }

  /** Writes an attempt down as wrong, durably. Throws AppError throttled, or a storage error; then nothing may be derived. */
  begin(): void {
    const retryAfterMs = this.remainingMs()
    if (retryAfterMs > 0) {
      throw new AppError('throttled', `Too many wrong passwords. Wait ${inWords(retryAfterMs)}.`, {
        hint: 'The wait doubles with each further wrong password.',
        retryAfterMs,
      })
    }
    const nowMs = this.#clock.now()
    const before = this.#state
    const lastWrongAtMs = before.wrongAtMs.at(-1) ?? 0
    const level = nowMs - lastWrongAtMs > forgetAfterMs ? 0 : before.level
    // Times in the future were written before the clock was set back; they count.
    const wrongAtMs = [...before.wrongAtMs.filter((atMs) => nowMs - atMs <= windowMs), nowMs].slice(-freeAttempts)
    const mustWait = level > 0 || wrongAtMs.length >= freeAttempts
    const waitMs = mustWait ? Math.min(firstWaitMs * 2 ** level, longestWaitMs) : 0
    this.#save({ wrongAtMs, level: mustWait ? level + 1 : 0, untilAtMs: nowMs + waitMs, lastSeenAtMs: nowMs })
    this.#waitEndsMonotonicMs = this.#clock.monotonicMs() + waitMs
    this.#attemptUnderWay = true
  }

  /** The attempt was right: forget all wrong ones. */
  succeed(): void {
    this.#attemptUnderWay = false
    this.#waitEndsMonotonicMs = this.#clock.monotonicMs()
    try {
      this.#save({ ...fresh, lastSeenAtMs: this.#clock.now() })
    } catch {
      // A disk that is full must not keep out who knows the password; the attempt stays written down as wrong.
      this.#state = fresh
    }
  }

  /** The attempt was wrong, or could not be finished: it stays written down. */
  fail(): void {
    this.#attemptUnderWay = false
  }

  #read(): State {
    const row = Row.safeParse(this.#database.prepare('SELECT * FROM throttle WHERE id = 1').get())
    if (!row.success) return fresh
    const { wrong_at_ms: wrongAtMs, level, until_at_ms: untilAtMs, last_seen_at_ms: lastSeenAtMs } = row.data
    return { wrongAtMs, level, untilAtMs, lastSeenAtMs }
  }

  #save(state: State): void {
    try {
      this.#database
        .prepare(
          `INSERT OR REPLACE INTO throttle (id, wrong_at_ms, level, until_at_ms, last_seen_at_ms)
           VALUES (1, @wrong, @level, @until, @seen)`,
        )
        .run({
          wrong: JSON.stringify(state.wrongAtMs),
          level: Math.min(state.level, 20),
          until: Math.round(state.untilAtMs),
          seen: Math.round(state.lastSeenAtMs),
        })
    } catch (error) {
      throw toStorageError(error, 'vault')
    }
    this.#state = state
  }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 120) return `${seconds} second${seconds === 1 ? '' : 's'}`
  return `${Math.ceil(seconds / 60)} minutes`
}
