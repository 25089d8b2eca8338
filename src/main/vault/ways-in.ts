import type { Cost } from '../../shared/models/upkeep.ts'
import type { VaultAccess } from './access.ts'
import { costliest } from './kdf-cost.ts'
import type { KeySlots } from './key-slots.ts'
import { checkNewPassword } from './password-slot.ts'
import { readRecoveryWords } from './recovery-words.ts'
import type { OpenedSlot } from './slot-seal.ts'

type Parts = {
  readonly access: VaultAccess
  readonly slots: () => KeySlots
  readonly inTurn: <T>(run: () => Promise<T>) => Promise<T>
}

/**
 * Changes to the ways into an open vault. Whoever sits at it must know the password: all throw AppError wrong_password, throttled,
 * locked, storage errors. Durable when they resolve.
 */
export class WaysIn {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Throws AppError invalid for a password that cannot be. The recovery words stay good; the quick unlock ends. */
  async changePassword(password: string, newPassword: string): Promise<void> {
    checkNewPassword(newPassword)
    await this.#withPassword(password, async (opened, slots) => {
      slots.replacePassword(await slots.newPasswordSlot(newPassword, opened), { isNew: true })
    })
  }

  /** Makes each guess at the password as costly as this computer bears, and never cheaper than it was. */
  async calibrate(password: string): Promise<Cost> {
    return this.#withPassword(password, async (opened, slots) => {
      const { kdf, tookMs, raised } = await costliest(password, slots.passwordKdf())
      if (raised) slots.replacePassword(await slots.newPasswordSlot(password, opened, kdf), { isNew: false })
      return { memoryMiB: kdf.memoryKiB / 1024, passes: kdf.passes, tookMs, raised }
    })
  }

  /** Makes other recovery words; the old ones open nothing any more. */
  async renewRecoveryWords(password: string): Promise<string> {
    return this.#withPassword(password, async (_opened, slots) => slots.replaceRecoveryWords())
  }

  /** The recovery words open nothing any more; only the password does. Throws AppError not_found when there are none. */
  async removeRecoveryWords(password: string): Promise<void> {
    await this.#withPassword(password, async (_opened, slots) => slots.removeRecoveryWords())
  }

  /** From now on these 256 bits open the vault as well; returns the id of their slot. The key stays the caller's. */
  async setKeychainKey(password: string, key: Buffer): Promise<string | null> {
    return this.#withPassword(password, async (_opened, slots) => slots.replaceKeychain(key))
  }

  /** Takes that way in away. Nobody gets further by it, so it needs no password. Throws AppError locked, storage errors. */
  async removeKeychainKey(): Promise<void> {
    await this.#parts.inTurn(async () => void this.#parts.slots().replaceKeychain(null))
  }

  /** The slot that the keychain's key opens; also while locked. Null when there is none. */
  get keychainSlotId(): string | null {
    return this.#parts.slots().keychainSlotId
  }

  /** Whether these recovery words open the vault, which must be open; counts as a try of them. Throws AppError invalid, wrong_password, throttled. */
  async checkWords(words: string): Promise<void> {
    const key = readRecoveryWords(words)
    await this.#parts
      .inTurn(async () => {
        this.#parts.access.unlocked()
        const opened = await this.#parts.slots().openWithRecoveryKey(key)
        opened.vaultKey.fill(0)
      })
      .finally(() => key.fill(0))
  }

  async #withPassword<T>(password: string, run: (opened: OpenedSlot, slots: KeySlots) => Promise<T>): Promise<T> {
    return this.#parts.inTurn(async () => {
      this.#parts.access.unlocked()
      const slots = this.#parts.slots()
      const opened = await slots.openWithPassword(password)
      try {
        return await run(opened, slots)
      } finally {
        opened.vaultKey.fill(0)
      }
    })
  }
}
