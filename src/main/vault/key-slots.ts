import { AppError } from '../../shared/app-error.ts'
import { newId } from '../ids.ts'
import type { VaultAccess } from './access.ts'
import { attempt } from './attempt.ts'
import { damagedHeader, noVault, readHeader, type Header } from './header.ts'
import { newKdfParams, parseKdfParams, sameCost, type KdfParams } from './kdf.ts'
import { newKey, type Keys } from './keys.ts'
import { writeNewVault } from './new-vault.ts'
import { checkNewPassword, newPasswordSlot, openWithPassword } from './password-slot.ts'
import { newRandomSlot, openWithRandomKey } from './random-slot.ts'
import { newRecoveryWords } from './recovery-words.ts'
import { replaceSlots } from './replace-slots.ts'
import { writeEpoch, type TurnedRows } from './rotation.ts'
import { slotsOfKind, type NewSlot, type OpenedSlot } from './slot-seal.ts'
import { Throttle } from './throttle.ts'

const firstEpoch = 1

/** The ways into the vault: its header, a slot for the password, one for the recovery words, perhaps one for the keychain, and the limit on trying them. */
export class KeySlots {
  readonly #access: VaultAccess
  readonly #throttle: Throttle
  #header: Header | null

  constructor(access: VaultAccess) {
    this.#access = access
    this.#header = readHeader(access.database)
    this.#throttle = new Throttle(access.database, access.clock)
  }

  /** Null while there is no vault. */
  get header(): Header | null {
    return this.#header
  }

  /** Milliseconds until the next password or words may be tried; 0: now. */
  throttledForMs(): number {
    return this.#throttle.remainingMs()
  }

  /**
   * Makes a new vault with both slots, unless `stop` throws meanwhile. The caller owns the opened slot; `words` are the only copy.
   * Throws AppError conflict when there is a vault already, invalid for a short password.
   */
  async create(password: string, stop: () => void): Promise<{ opened: OpenedSlot; words: string }> {
    checkNewPassword(password)
    if (this.#header !== null)
      throw new AppError('conflict', 'There is a vault already.', {
        hint: 'Unlock it, or choose another folder with --home.',
      })
    const content = { vaultId: newId('vlt'), vaultKey: newKey(), epoch: firstEpoch }
    const recovery = newRecoveryWords()
    try {
      const slots = [await newPasswordSlot(password, content), newRandomSlot('recovery', recovery.key, content)]
      stop()
      const { database, clock } = this.#access
      this.#header = writeNewVault(database, { ...content, slots, nowMs: clock.now() })
      return { opened: content, words: recovery.words }
    } catch (error) {
      content.vaultKey.fill(0)
      throw error
    } finally {
      recovery.key.fill(0)
    }
  }

  /** The caller owns what is returned. Throws AppError wrong_password, throttled, damaged, not_found while there is no vault. */
  async openWithPassword(password: string): Promise<OpenedSlot> {
    const header = this.present()
    const open = (): Promise<OpenedSlot | null> => openWithPassword(password, header.row.vault_id, header.slots)
    return attempt(this.#throttle, header, open, () => wrong('The password is wrong.', capsLock))
  }

  /** As `openWithPassword`, with the 256 bits of the recovery words. */
  async openWithRecoveryKey(key: Buffer): Promise<OpenedSlot> {
    const header = this.#withRecoveryWords()
    const open = (): OpenedSlot | null => openWithRandomKey('recovery', key, header.row.vault_id, header.slots)
    return attempt(this.#throttle, header, open, () => wrong('These recovery words do not open this vault.', oldWords))
  }

  /** As `openWithPassword`, with the 256 bits that the computer's keychain kept. */
  async openWithKeychainKey(key: Buffer): Promise<OpenedSlot> {
    const header = this.present()
    const open = (): OpenedSlot | null => openWithRandomKey('keychain', key, header.row.vault_id, header.slots)
    return attempt(this.#throttle, header, open, () =>
      wrong('What this computer keeps does not open this vault.', 'Use the password, then set quick unlock up again.'),
    )
  }

  /**
   * As `openWithPassword`, for a backup of this vault. While there is no vault it may be one of any; else AppError conflict: the audit
   * log and the containers of one vault mean nothing to another.
   */
  async openBackup(header: Header, password: string): Promise<OpenedSlot> {
    if (this.#header !== null && this.#header.row.vault_id !== header.row.vault_id) {
      throw new AppError('conflict', 'This is a backup of another vault.', {
        hint: 'Restore it into an empty data folder: start Clawkeep with --home and a new folder.',
      })
    }
    const open = (): Promise<OpenedSlot | null> => openWithPassword(password, header.row.vault_id, header.slots)
    return attempt(this.#throttle, header, open, () => wrong('The password does not open this backup.', olderPassword))
  }

  /** A slot for a new password, not written yet. */
  async newPasswordSlot(password: string, opened: OpenedSlot, kdf = this.#usualCost()): Promise<NewSlot> {
    return newPasswordSlot(password, { vaultId: this.present().row.vault_id, ...opened }, kdf)
  }

  /** That of the present password; a slot that was damaged must not keep the recovery words from making a new one. */
  #usualCost(): KdfParams {
    try {
      return sameCost(this.passwordKdf())
    } catch {
      return newKdfParams()
    }
  }

  /** How costly a guess at the present password is. Throws AppError damaged. */
  passwordKdf(): KdfParams {
    const [slot] = slotsOfKind(this.present().slots, 'password')
    if (slot === undefined) throw damagedHeader()
    return parseKdfParams(slot.params)
  }

  /** Durable when it returns. Throws AppError not_found when there are none, locked, damaged, or a storage error. */
  removeRecoveryWords(): void {
    this.#header = replaceSlots(this.#access, this.#withRecoveryWords(), ['recovery'], null)
  }

  /**
   * Durable when it returns: the old password opens nothing any more. `isNew`: it is another password, which also ends the quick
   * unlock; else the same one at another cost. Throws AppError locked, damaged, or a storage error.
   */
  replacePassword(slot: NewSlot, { isNew }: { readonly isNew: boolean }): void {
    const kinds = isNew ? (['password', 'keychain'] as const) : (['password'] as const)
    this.#header = replaceSlots(this.#access, this.present(), kinds, slot)
  }

  /** The slot that the computer's keychain opens; null when there is none. */
  get keychainSlotId(): string | null {
    return this.#header?.slots.find(({ kind }) => kind === 'keychain')?.id ?? null
  }

  /** Durable when it returns its id; null takes it away. Throws AppError locked, damaged, or a storage error. */
  replaceKeychain(key: Buffer | null): string | null {
    const { vaultId, keys } = this.#access.unlocked()
    const { vaultKey, epoch } = keys
    const slot = key === null ? null : newRandomSlot('keychain', key, { vaultId, vaultKey, epoch })
    if (slot !== null || this.keychainSlotId !== null)
      this.#header = replaceSlots(this.#access, this.present(), ['keychain'], slot)
    return slot?.row.id ?? null
  }

  /** Durable when it returns: the old words open nothing any more. Throws AppError locked, damaged, or a storage error. */
  replaceRecoveryWords(): string {
    const { vaultId, keys } = this.#access.unlocked()
    const { words, key } = newRecoveryWords()
    try {
      const slot = newRandomSlot('recovery', key, { vaultId, vaultKey: keys.vaultKey, epoch: keys.epoch })
      this.#header = replaceSlots(this.#access, this.present(), ['recovery'], slot)
      return words
    } finally {
      key.fill(0)
    }
  }

  /** Durable when it returns. Throws what `writeEpoch` throws. */
  writeEpoch(turned: TurnedRows, next: Keys): void {
    this.#header = writeEpoch(this.#access, this.present(), turned, next)
  }

  #withRecoveryWords(): Header {
    const header = this.present()
    if (slotsOfKind(header.slots, 'recovery').length > 0) return header
    throw new AppError('not_found', 'This vault has no recovery words.', { hint: 'Only the password opens it.' })
  }

  /** Throws AppError not_found while there is no vault. */
  present(): Header {
    if (this.#header === null) throw noVault()
    return this.#header
  }
}

const capsLock = 'Check the keyboard layout and Caps Lock.'
const olderPassword = 'It opens with the password the vault had when the backup was made.'
const oldWords = 'They may belong to another vault, or newer words were made since.'

function wrong(message: string, hint: string): AppError {
  return new AppError('wrong_password', message, { hint })
}
