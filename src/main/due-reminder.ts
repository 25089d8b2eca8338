import type { Clock } from './clock.ts'
import type { Records } from './vault/records.ts'

const recordKind = 'reminder'
const recordId = 'due'
/** A reminder that comes more often is one that is not read. */
const everyMs = 24 * 60 * 60_000

/** Lets it be said once a day that items are due, however often Clawkeep is started and the vault unlocked. */
export class DueReminder {
  readonly #records: Pick<Records, 'get' | 'put'>
  readonly #clock: Pick<Clock, 'now'>
  #lastMs: number | null = null

  constructor({ records, clock }: { records: Pick<Records, 'get' | 'put'>; clock: Pick<Clock, 'now'> }) {
    this.#records = records
    this.#clock = clock
  }

  /** Calls `say` unless it was said in the last day; it tells whether it did say it. Throws AppError locked. */
  remind(say: () => boolean): void {
    const nowMs = this.#clock.now()
    const lastMs = (this.#lastMs ??= this.#kept())
    // One from the future was said before the clock was set back.
    if (lastMs <= nowMs && nowMs - lastMs < everyMs) return
    if (!say()) return
    this.#lastMs = nowMs
    try {
      this.#records.put(recordKind, recordId, { atMs: nowMs })
    } catch {
      // A full disk: it may be said once more after the next start, and whatever the person does will say what is wrong.
    }
  }

  #kept(): number {
    const kept = this.#records.get(recordKind, recordId) as { atMs?: unknown } | undefined
    return typeof kept?.atMs === 'number' ? kept.atMs : Number.NEGATIVE_INFINITY
  }
}
