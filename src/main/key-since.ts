import type { Clock } from './clock.ts'
import type { Vault } from './vault/vault.ts'

const recordKind = 'upkeep'
const recordId = 'key'

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

  /** Notes now as the time of the key. Throws storage errors. */
  note(): void {
    this.#vault.records.put(recordKind, recordId, { sinceMs: this.#clock.now() })
  }

  /** Notes a time from the future anew: as it is, no rotation would be due before then. Throws storage errors. */
  mend(): void {
    if (this.#notedMs() > this.#clock.now()) this.note()
  }

  #notedMs(): number {
    const noted = this.#vault.records.get(recordKind, recordId) as { sinceMs?: unknown } | undefined
    return typeof noted?.sinceMs === 'number' ? noted.sinceMs : this.#vault.whole.createdAtMs
  }
}
