import { z } from 'zod'
import type { Clock } from './clock.ts'
import type { Vault } from './vault/vault.ts'

const recordKind = 'upkeep'
const recordId = 'key'

/** `next` holds from the epoch on that it names. */
const Noted = z
  .object({
    sinceMs: z.number().optional(),
    next: z.object({ epoch: z.int(), sinceMs: z.number() }).optional(),
  })
  .catch({})

/** When the vault got its present key, as it is noted in the vault. All of it throws AppError locked while the vault is locked. */
export class KeySince {
  readonly #vault: Vault
  readonly #clock: Clock

  constructor(vault: Vault, clock: Clock) {
    this.#vault = vault
    this.#clock = clock
  }

  /** Epoch milliseconds, never after now: a time from the future is from before the clock was set back. */
  get atMs(): number {
    return Math.min(this.#notedMs(), this.#clock.now())
  }

  /**
   * Notes now as the time of the next key, before the vault gets it: from the moment of the change on it counts, and if the change
   * does not happen the time of the present key stays. Behind the change it might not be written, on a full disk or after a kill.
   * Throws storage errors.
   */
  noteNext(): void {
    const next = { epoch: this.#vault.whole.epoch + 1, sinceMs: this.#clock.now() }
    this.#vault.records.put(recordKind, recordId, { sinceMs: this.#notedMs(), next })
  }

  /** Notes a time from the future anew: as it is, no rotation would be due before then. Throws storage errors. */
  mend(): void {
    const nowMs = this.#clock.now()
    if (this.#notedMs() > nowMs) this.#vault.records.put(recordKind, recordId, { sinceMs: nowMs })
  }

  #notedMs(): number {
    const { sinceMs, next } = Noted.parse(this.#vault.records.get(recordKind, recordId))
    if (next !== undefined && next.epoch === this.#vault.whole.epoch) return next.sinceMs
    return sinceMs ?? this.#vault.whole.createdAtMs
  }
}
