import { AppError } from '../../shared/app-error.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { Clock } from '../clock.ts'
import { openDatabase, toStorageError, type Database } from '../db/open.ts'
import { newId } from '../ids.ts'
import { VaultAccess, type Session } from './access.ts'
import { checksumHolds, damagedHeader, readHeader, type Header } from './header.ts'
import { Inbox } from './inbox.ts'
import { Items } from './items.ts'
import { checkNewPassword, newPasswordSlot, openWithPassword, passwordSlots, type OpenedSlot } from './key-slots.ts'
import { newKey, wipeKeys } from './keys.ts'
import type { Checkpoint } from './manifest-file.ts'
import type { VaultProblem } from './manifest-check.ts'
import { writeNewVault } from './new-vault.ts'
import { publicBytes, signAudit, wipeOwnKeys } from './own-keys.ts'
import { Records } from './records.ts'
import { vaultApplicationId, vaultMigrations } from './schema.ts'
import { Throttle } from './throttle.ts'
import { Turns } from './turns.ts'
import { startSession } from './unlock.ts'

const firstEpoch = 1

/** The encrypted store: `absent` until `create`, then `locked` or `unlocked`. Format and promises: docs/decisions/0002-vault-keys.md. */
export class Vault {
  readonly items: Items
  readonly records: Records
  readonly inbox: Inbox
  readonly #access: VaultAccess
  readonly #throttle: Throttle
  readonly #onUnlock = new Set<() => void>()
  readonly #beforeLock = new Set<() => void>()
  readonly #onLock = new Set<() => void>()
  #header: Header | null
  readonly #turns = new Turns()
  /** Counts locks, so that an unlock that was under way meanwhile does not undo one. */
  #locks = 0
  #locking = false
  #closed = false

  private constructor(database: Database, clock: Clock, events: ChangeEvents) {
    this.#header = readHeader(database)
    this.#access = new VaultAccess(database, clock, events)
    this.#throttle = new Throttle(database, clock)
    this.items = new Items(this.#access)
    this.records = new Records(this.#access)
    this.inbox = new Inbox(this.#access, () => this.#inboxAddress())
  }

  /** Opens or creates the file, and does not unlock. Throws AppError damaged, too_new, in_use, read_only, disk_full, no_permission. */
  static open(options: { file: string; clock: Clock; events: ChangeEvents }): Vault {
    const what = 'vault'
    const database = openDatabase(options.file, {
      migrations: vaultMigrations,
      applicationId: vaultApplicationId,
      what,
      exclusive: true,
    })
    try {
      return new Vault(database, options.clock, options.events)
    } catch (error) {
      database.close()
      throw toStorageError(error, what)
    }
  }

  get state(): 'absent' | 'locked' | 'unlocked' {
    if (this.#header === null) return 'absent'
    return this.#access.session === null ? 'locked' : 'unlocked'
  }

  /** Null while absent. */
  get vaultId(): string | null {
    return this.#header?.row.vault_id ?? null
  }

  /** What was found damaged at unlock; empty while locked. Not served, reported at every unlock until it is resolved. */
  get problems(): ReadonlyArray<VaultProblem> {
    return this.#access.session?.problems ?? []
  }

  /** Milliseconds until the next password may be tried; 0: now. */
  throttledForMs(): number {
    return this.#throttle.remainingMs()
  }

  /** Makes the vault and leaves it unlocked. Throws AppError conflict when there is one, invalid for a short password. */
  async create(password: string): Promise<void> {
    checkNewPassword(password)
    await this.#inTurn(async () => {
      if (this.#header !== null)
        throw new AppError('conflict', 'There is a vault already.', {
          hint: 'Unlock it, or choose another folder with --home.',
        })
      const vaultId = newId('vlt')
      const vaultKey = newKey()
      const locksBefore = this.#locks
      try {
        const slot = await newPasswordSlot(password, vaultId, vaultKey, firstEpoch)
        this.#stopIfLocked(locksBefore)
        const { database, clock } = this.#access
        this.#header = writeNewVault(database, { vaultId, vaultKey, epoch: firstEpoch, slot, nowMs: clock.now() })
        this.#begin({ vaultKey, epoch: firstEpoch }, this.#header)
      } catch (error) {
        vaultKey.fill(0)
        throw error
      }
    })
  }

  /** Throws AppError wrong_password, throttled, damaged, not_found while absent, cancelled when it was locked or closed meanwhile. */
  async unlock(password: string): Promise<void> {
    await this.#inTurn(async () => {
      const locksBefore = this.#locks
      const { slot, header } = await this.#tryPassword(password)
      try {
        this.#stopIfLocked(locksBefore)
        if (this.state === 'unlocked') slot.vaultKey.fill(0)
        else this.#begin(slot, header)
      } catch (error) {
        slot.vaultKey.fill(0)
        throw error
      }
    })
  }

  /** Checks the password under the same limit as `unlock` and changes nothing. Throws AppError wrong_password, throttled. */
  async verifyPassword(password: string): Promise<void> {
    await this.#inTurn(async () => {
      const { slot } = await this.#tryPassword(password)
      slot.vaultKey.fill(0)
    })
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
      for (const listener of [...this.#beforeLock, ...this.#onLock]) {
        try {
          listener()
        } catch {
          // One part that fails to clear itself must not keep the others from it.
        }
      }
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
    this.#onUnlock.add(listener)
    return () => this.#onUnlock.delete(listener)
  }

  /** Runs ahead of every `onLock` listener, so that what it writes is still in what they sign. */
  beforeLock(listener: () => void): () => void {
    this.#beforeLock.add(listener)
    return () => this.#beforeLock.delete(listener)
  }

  onLock(listener: () => void): () => void {
    this.#onLock.add(listener)
    return () => this.#onLock.delete(listener)
  }

  /** Signs audit checkpoints (Ed25519, RFC 8032; 64-byte signatures, raw 32-byte public key). Throws AppError locked, damaged. */
  auditSigner(): { sign(bytes: Buffer): Buffer; publicKey: Buffer } {
    return { sign: (bytes) => signAudit(this.#auditKey(), bytes), publicKey: publicBytes('audit', this.#auditKey()) }
  }

  /** Raw 32 bytes; readable while locked, and authenticated at unlock. Null while absent. */
  get auditPublicKey(): Buffer | null {
    return this.#header?.row.audit_public ?? null
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

  async #tryPassword(password: string): Promise<{ slot: OpenedSlot; header: Header }> {
    const header = this.#header
    if (header === null) throw new AppError('not_found', 'There is no vault yet.', { hint: 'Create one first.' })
    const slots = passwordSlots(header.slots)
    this.#throttle.begin()
    let slot: OpenedSlot | null = null
    try {
      slot = await openWithPassword(password, header.row.vault_id, slots)
      if (this.#closed) throw stopped()
      if (slot === null && !checksumHolds(header)) throw damagedHeader()
      if (slot === null) throw wrongPassword()
      this.#throttle.succeed()
      return { slot, header }
    } catch (error) {
      slot?.vaultKey.fill(0)
      this.#throttle.fail()
      throw error
    }
  }

  #begin(slot: OpenedSlot, header: Header): void {
    let session: Session
    try {
      const started = startSession(this.#access.database, header, slot)
      this.items.load(started.overviews)
      session = started.session
    } catch (error) {
      throw toStorageError(error, 'vault')
    }
    this.#access.session = session
    for (const listener of this.#onUnlock) {
      try {
        listener()
      } catch {
        session.problems.push({
          table: 'core',
          id: 'unlock',
          message: 'A part of Clawkeep could not take up its work after the unlock.',
        })
      }
    }
    this.#access.events.emit('status')
    this.#access.events.emit('items')
  }

  #stopIfLocked(locksBefore: number): void {
    if (this.#locks !== locksBefore || this.#closed) throw stopped()
  }

  async #inTurn(run: () => Promise<void>): Promise<void> {
    await this.#turns.take(async () => {
      if (this.#closed) throw stopped()
      await run()
    })
  }

  #auditKey(): Buffer {
    const { ownKeys } = this.#access.unlocked()
    if (ownKeys.audit === null) {
      throw new AppError('damaged', "The vault's own signing key is damaged.", {
        hint: 'Put a backup of the vault in its place.',
      })
    }
    return ownKeys.audit
  }

  /** While unlocked the public key is the one the private key makes, whatever the header says. */
  #inboxAddress(): { vaultId: string; inboxPublic: Buffer } | null {
    if (this.#header === null) return null
    const own = this.#access.session?.ownKeys.inbox ?? null
    return {
      vaultId: this.#header.row.vault_id,
      inboxPublic: own === null ? this.#header.row.inbox_public : publicBytes('inbox', own),
    }
  }
}

function wrongPassword(): AppError {
  return new AppError('wrong_password', 'The password is wrong.', { hint: 'Check the keyboard layout and Caps Lock.' })
}

function stopped(): AppError {
  return new AppError('cancelled', 'The vault was locked or closed meanwhile.', { hint: 'Unlock it again.' })
}
