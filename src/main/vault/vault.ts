import { AppError } from '../../shared/app-error.ts'
import type { VaultMark } from '../audit/signed.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { Clock } from '../clock.ts'
import { toStorageError, type Database } from '../db/open.ts'
import { VaultAccess } from './access.ts'
import type { Header } from './header.ts'
import { Inbox } from './inbox.ts'
import { Items } from './items.ts'
import { KeySlots } from './key-slots.ts'
import { wipeKeys } from './keys.ts'
import { LockListeners } from './lock-listeners.ts'
import type { Checkpoint } from './manifest-file.ts'
import type { VaultProblem } from './manifest-check.ts'
import { startNewest, type FindNewer, type OpenHow } from './older-vault.ts'
import { auditKeyOf, publicBytes, signAudit, wipeOwnKeys } from './own-keys.ts'
import { checkNewPassword } from './password-slot.ts'
import { Records } from './records.ts'
import { readRecoveryWords } from './recovery-words.ts'
import { Turns } from './turns.ts'
import type { OpenedSlot } from './slot-seal.ts'
import { openVaultFile } from './snapshot.ts'
import { WaysIn } from './ways-in.ts'
import { WholeVault } from './whole-vault.ts'

type VaultOptions = { readonly file: string; readonly clock: Clock; readonly events: ChangeEvents }

/** The encrypted store: `absent` until `create`, then `locked` or `unlocked`. Format and promises: docs/decisions/0002-vault-keys.md. */
export class Vault {
  readonly items: Items
  readonly records: Records
  readonly inbox: Inbox
  readonly whole: WholeVault
  readonly ways: WaysIn
  /** What remembers the vault's states outside its file; asked at every unlock. */
  findNewer: FindNewer = () => null
  readonly #file: string
  readonly #access: VaultAccess
  #slots: KeySlots
  readonly #listeners = new LockListeners()
  readonly #turns = new Turns()
  /** Counts locks, so that an unlock that was under way meanwhile does not undo one. */
  #locks = 0
  #locking = false
  #closed = false

  private constructor(options: VaultOptions, database: Database) {
    this.#file = options.file
    this.#access = new VaultAccess(database, options.clock, options.events)
    this.#slots = new KeySlots(this.#access)
    this.items = new Items(this.#access)
    this.records = new Records(this.#access)
    this.inbox = new Inbox(this.#access, () => this.#slots.header)
    this.whole = new WholeVault({
      access: this.#access,
      slots: () => this.#slots,
      inTurn: (run) => this.#inTurn(run),
      onLock: (listener) => this.onLock(listener),
      file: options.file,
      findNewer: (state) => this.findNewer(state),
      holdFiles: () => this.items.files.hold(),
      replaceFile: (swap) => this.#replaceFile(swap),
    })
    this.ways = new WaysIn({ access: this.#access, slots: () => this.#slots, inTurn: (run) => this.#inTurn(run) })
  }

  /** Opens or creates the file, and does not unlock. Throws AppError damaged, too_new, in_use, read_only, disk_full, no_permission. */
  static open(options: VaultOptions): Vault {
    const what = 'vault'
    const database = openVaultFile(options.file)
    try {
      return new Vault(options, database)
    } catch (error) {
      database.close()
      throw toStorageError(error, what)
    }
  }

  get state(): 'absent' | 'locked' | 'unlocked' {
    if (this.#slots.header === null) return 'absent'
    return this.#access.session === null ? 'locked' : 'unlocked'
  }

  /** Null while absent. */
  get vaultId(): string | null {
    return this.#slots.header?.row.vault_id ?? null
  }

  /** What was found damaged at unlock; empty while locked. Not served, reported at every unlock until it is resolved. */
  get problems(): ReadonlyArray<VaultProblem> {
    return this.#access.session?.problems ?? []
  }

  /** Milliseconds until the next password may be tried; 0: now. */
  throttledForMs(): number {
    return this.#slots.throttledForMs()
  }

  /**
   * Makes the vault and leaves it unlocked. Returns the 24 recovery words: the only copy there will ever be. Throws AppError
   * conflict when there is a vault, invalid for a short password.
   */
  async create(password: string): Promise<string> {
    return this.#inTurn(async () => {
      const locksBefore = this.#locks
      const { opened, words } = await this.#slots.create(password, () => this.#stopIfLocked(locksBefore))
      this.#enter(opened, locksBefore, {})
      return words
    })
  }

  /**
   * Throws AppError wrong_password, throttled, damaged, not_found while absent, cancelled when it was locked or closed meanwhile,
   * rolled_back when the file is an older one than was seen before.
   */
  async unlock(password: string, how: OpenHow = {}): Promise<void> {
    await this.#inTurn(async () => {
      const locksBefore = this.#locks
      this.#enter(await this.#slots.openWithPassword(password), locksBefore, how)
    })
  }

  /** As `unlock`, with the 256 bits that the computer's keychain kept. An older file is never accepted here. */
  async unlockWithKeychainKey(key: Buffer): Promise<void> {
    await this.#inTurn(async () => {
      const locksBefore = this.#locks
      this.#enter(await this.#slots.openWithKeychainKey(key), locksBefore, {})
    })
  }

  /** Checks the password under the same limit as `unlock` and changes nothing. Throws AppError wrong_password, throttled. */
  async verifyPassword(password: string): Promise<void> {
    await this.#inTurn(async () => {
      const opened = await this.#slots.openWithPassword(password)
      opened.vaultKey.fill(0)
    })
  }

  /**
   * Opens the vault with its recovery words and puts a new password in the place of the old one; the words stay good.
   * Throws AppError invalid for words or a password that cannot be, and what `unlock` throws.
   */
  async recover(words: string, newPassword: string, how: OpenHow = {}): Promise<void> {
    checkNewPassword(newPassword)
    const key = readRecoveryWords(words)
    await this.#inTurn(async () => {
      const locksBefore = this.#locks
      const opened = await this.#slots.openWithRecoveryKey(key)
      const slot = await this.#slots.newPasswordSlot(newPassword, opened).catch((error: unknown) => {
        opened.vaultKey.fill(0)
        throw error
      })
      const wasLocked = this.state === 'locked'
      this.#enter(opened, locksBefore, how)
      // All or nothing: a vault that opened but kept the forgotten password would be shut for good by the next lock.
      try {
        this.#slots.replacePassword(slot, { isNew: true })
      } catch (error) {
        if (wasLocked) this.lock()
        throw error
      }
    }).finally(() => key.fill(0))
  }

  /**
   * Runs the `onLock` listeners while the keys are still there, so that they can sign and save; then overwrites every key
   * and drops what was opened, whatever the listeners did. Also stops an unlock that is under way.
   */
  lock(): void {
    this.#locks += 1
    const { session } = this.#access
    if (session === null || this.#locking) return
    this.#locking = true
    try {
      this.#listeners.tellLock()
    } finally {
      this.#access.session = null
      wipeKeys(session.keys)
      wipeOwnKeys(session.ownKeys)
      this.items.clear()
      this.records.clear()
      this.#locking = false
    }
    this.#access.events.emit('status')
    this.#access.events.emit('items')
  }

  /** The listener runs when the keys are there, before `unlock` resolves. Returns the function that ends it. */
  onUnlock(listener: () => void): () => void {
    return this.#listeners.onUnlock(listener)
  }

  /** Runs ahead of every `onLock` listener, so that what it writes is still in what they sign. */
  beforeLock(listener: () => void): () => void {
    return this.#listeners.beforeLock(listener)
  }

  onLock(listener: () => void): () => void {
    return this.#listeners.onLock(listener)
  }

  /** Signs audit checkpoints (Ed25519, RFC 8032; 64-byte signatures, raw 32-byte public key). Throws AppError locked, damaged. */
  auditSigner(): { sign(bytes: Buffer): Buffer; publicKey: Buffer } {
    const key = (): Buffer => auditKeyOf(this.#access.unlocked().ownKeys)
    // The header's was authenticated at unlock, and deriving it takes longer than signing; `key` throws while locked.
    const raw = key()
    return { sign: (bytes) => signAudit(key(), bytes), publicKey: this.auditPublicKey ?? publicBytes('audit', raw) }
  }

  /** Raw 32 bytes; readable while locked, and authenticated at unlock. Null while absent. */
  get auditPublicKey(): Buffer | null {
    return this.#slots.header?.row.audit_public ?? null
  }

  /** Which state of the vault is on the disk; null while it is locked or its counter cannot be read. */
  get mark(): VaultMark | null {
    return this.#access.mark
  }

  /** Durable when it returns. Throws AppError locked. */
  setAuditCheckpoint(checkpoint: Checkpoint): void {
    this.#access.write((change) => {
      change.checkpoint = { size: checkpoint.size, root: checkpoint.root }
    })
  }

  /** The last one set; null when there is none. Throws AppError locked. */
  auditCheckpoint(): Checkpoint | null {
    return this.#access.unlocked().manifest.checkpoint
  }

  /** Locks and closes the file. */
  close(): void {
    if (this.#closed) return
    this.lock()
    this.#closed = true
    this.#access.database.close()
  }

  /** Unlocks with an opened slot, unless it is unlocked already; whatever happens, no copy of the key is left over. */
  #enter(slot: OpenedSlot, locksBefore: number, how: OpenHow): void {
    try {
      this.#stopIfLocked(locksBefore)
      if (this.state === 'unlocked') slot.vaultKey.fill(0)
      else this.#begin(slot, this.#slots.present(), how)
    } catch (error) {
      slot.vaultKey.fill(0)
      throw error
    }
  }

  #begin(slot: OpenedSlot, header: Header, how: OpenHow): void {
    const started = startNewest(this.#access.database, header, slot, { find: this.findNewer, how })
    const { session } = started
    this.items.load(started.items)
    this.#access.session = session
    started.makeNewest(this.#access)
    for (let failed = this.#listeners.tellUnlock(); failed > 0; failed -= 1) {
      const message = 'A part of Clawkeep could not take up its work after the unlock.'
      session.problems.push({ table: 'core', id: 'unlock', message })
    }
    this.#access.events.emit('status')
    this.#access.events.emit('items')
  }

  /** Locks, closes the file, and opens what is in its place after `swap`: the new one, or after an error the old one. */
  #replaceFile(swap: (file: string) => void): void {
    this.#stopIfLocked(this.#locks)
    this.lock()
    const { database, events } = this.#access
    try {
      database.close()
      swap(this.#file)
    } catch (error) {
      throw toStorageError(error, 'vault')
    } finally {
      this.#access.takeOver(openVaultFile(this.#file))
      this.#slots = new KeySlots(this.#access)
    }
    events.emit('status')
    events.emit('items')
  }

  #stopIfLocked(locksBefore: number): void {
    if (this.#locks !== locksBefore || this.#closed) throw stopped()
  }

  async #inTurn<T>(run: () => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      if (this.#closed) throw stopped()
      return run()
    })
  }
}

function stopped(): AppError {
  return new AppError('cancelled', 'The vault was locked or closed meanwhile.', { hint: 'Unlock it again.' })
}
