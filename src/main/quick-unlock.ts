import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { AppError } from '../shared/app-error.ts'
import type { QuickUnlockState } from '../shared/models/status.ts'
import type { ChangeEvents } from './change-events.ts'
import type { Clock } from './clock.ts'
import { toStorageError } from './db/open.ts'
import {
  quickUnlockPath,
  readQuickUnlockFile,
  witnessBytes,
  witnessIn,
  writeQuickUnlockFile,
  type QuickUnlockFile,
} from './quick-unlock-file.ts'
import type { SettingsStore } from './settings/settings-store.ts'
import type { Vault } from './vault/vault.ts'

/** What the computer keeps for this user alone; in the window it is the operating system's, through Electron. */
export type Keychain = {
  /** Why it cannot be used, for the person; null when it can. */
  problem(): Promise<string | null>
  /** Rejects when it cannot. */
  seal(text: string): Promise<Buffer>
  /** Rejects when it does not open. `sealAgain`: the keychain has a newer key for it. */
  open(sealed: Buffer): Promise<{ readonly text: string; readonly sealAgain: boolean }>
}

type Parts = {
  readonly home: string
  readonly vault: Pick<
    Vault,
    | 'ways'
    | 'vaultId'
    | 'mark'
    | 'state'
    | 'auditPublicKey'
    | 'auditSigner'
    | 'onUnlock'
    | 'onLock'
    | 'unlockWithKeychainKey'
  >
  readonly keychain: Keychain | null
  readonly settings: Pick<SettingsStore, 'get'>
  readonly clock: Clock
  readonly events: ChangeEvents
}

const keyBytes = 32
const dayMs = 24 * 60 * 60_000

/**
 * Opens the vault with a random key that the computer's keychain keeps sealed, so that the password need not be typed each time. It is
 * set up with the password, ends with a change of it, and asks for it again after the days the person chose. Whatever does not work
 * leaves the password as the way in, never a weaker one.
 */
export class QuickUnlock {
  readonly #parts: Parts
  #file: QuickUnlockFile | null
  /** Why it did not work, until it is set up anew. */
  #trouble = false
  /** Since this program was started. */
  #passwordAtMs: number | null = null

  constructor(parts: Parts) {
    this.#parts = parts
    this.#file = readQuickUnlockFile(parts.home)
    parts.vault.onUnlock(() => this.tidy())
    parts.vault.onLock(() => this.#note())
  }

  /** What the lock screen may offer. */
  state(): QuickUnlockState {
    const { vault, keychain } = this.#parts
    const { keychainSlotId } = vault.ways
    if (keychain === null || keychainSlotId === null) return 'off'
    if (this.#trouble || this.#file?.slotId !== keychainSlotId || this.#file.vaultId !== vault.vaultId) return 'lost'
    return this.#isPasswordDue() ? 'password-due' : 'ready'
  }

  /** Why it cannot be set up here; null when it can. */
  async problem(): Promise<string | null> {
    const { keychain } = this.#parts
    return keychain === null ? 'There is no keychain here.' : keychain.problem()
  }

  /** Throws AppError unavailable when the keychain cannot keep it, and what giving a password throws. */
  async turnOn(password: string): Promise<void> {
    const keychain = await this.#keychain()
    const key = randomBytes(keyBytes)
    try {
      const text = key.toString('base64')
      const sealed = await keychain.seal(text)
      // What does not open now will not open later; a keychain that only says it works would be found out at the lock screen.
      if ((await keychain.open(sealed)).text !== text) throw new Error('The keychain gave back something else')
      const slotId = (await this.#parts.vault.ways.setKeychainKey(password, key)) ?? ''
      await this.#keepFile(slotId, sealed)
    } catch (error) {
      throw error instanceof AppError ? error : doesNotKeep(error)
    } finally {
      key.fill(0)
    }
  }

  /** Takes the way in out of the vault, and what the keychain sealed off the disk. Throws AppError locked, storage errors. */
  async turnOff(): Promise<void> {
    await this.#parts.vault.ways.removeKeychainKey()
    this.tidy()
    this.#parts.events.emit('status')
  }

  /**
   * Unlocks. Throws AppError not_found when it is off, password_needed when it is time for the password, unavailable when the
   * keychain does not open it any more, and what `Vault.unlock` throws: an older vault file is never accepted here.
   */
  async unlock(): Promise<void> {
    const state = this.state()
    if (state === 'off') throw new AppError('not_found', 'Quick unlock is off.', { hint: 'Use the password.' })
    if (state === 'lost' || this.#file === null) throw doesNotOpen()
    if (state === 'password-due') {
      throw new AppError('password_needed', 'It is time to type the password again.', {
        hint: 'Settings say how often it is asked for.',
      })
    }
    const keychain = await this.#keychain()
    const key = await this.#openKey(keychain, this.#file)
    try {
      await this.#parts.vault.unlockWithKeychainKey(key)
    } catch (error) {
      if (error instanceof AppError && error.code === 'wrong_password') throw this.#lose()
      throw error
    } finally {
      key.fill(0)
    }
  }

  /** The person typed the password in the window, and it was right. */
  passwordGiven(): void {
    this.#passwordAtMs = this.#parts.clock.now()
    this.#note()
  }

  /** Removes what was kept for a way in that is not there any more; never throws. */
  tidy(): void {
    const { home, vault } = this.#parts
    if (vault.ways.keychainSlotId !== null || vault.state !== 'unlocked') return
    this.#trouble = false
    this.#file = null
    try {
      rmSync(quickUnlockPath(home), { force: true })
    } catch {
      // A disk that is read-only by now keeps it: it opens nothing.
    }
  }

  async #keychain(): Promise<Keychain> {
    const { keychain } = this.#parts
    const problem = await this.problem()
    if (keychain !== null && problem === null) return keychain
    throw new AppError('unavailable', problem ?? 'There is no keychain here.', { hint: 'Use the password.' })
  }

  async #openKey(keychain: Keychain, file: QuickUnlockFile): Promise<Buffer> {
    try {
      const { text, sealAgain } = await keychain.open(Buffer.from(file.sealedKey, 'base64'))
      const key = Buffer.from(text, 'base64')
      if (key.length !== keyBytes) throw new Error('Not a key')
      if (sealAgain) this.#save({ ...file, sealedKey: (await keychain.seal(text)).toString('base64') })
      return key
    } catch {
      throw this.#lose()
    }
  }

  #lose(): AppError {
    this.#trouble = true
    this.#parts.events.emit('status')
    return doesNotOpen()
  }

  async #keepFile(slotId: string, sealed: Buffer): Promise<void> {
    const { vault, clock, events, home } = this.#parts
    try {
      this.#passwordAtMs = clock.now()
      const file = this.#signed({ slotId, sealedKey: sealed.toString('base64') })
      writeQuickUnlockFile(home, file)
      this.#file = file
      this.#trouble = false
    } catch (error) {
      await vault.ways.removeKeychainKey()
      throw toStorageError(error, 'quick unlock file')
    }
    events.emit('status')
  }

  /** While the vault's key is there: which state the vault has, so that an older one is found. */
  #note(): void {
    const file = this.#file
    if (file === null || this.#parts.vault.state !== 'unlocked') return
    if (file.slotId !== this.#parts.vault.ways.keychainSlotId) return
    try {
      this.#save(this.#signed(file))
    } catch {
      // What is there remembers an earlier state, which is no false alarm.
    }
  }

  #save(file: QuickUnlockFile): void {
    writeQuickUnlockFile(this.#parts.home, file)
    this.#file = file
  }

  #signed({ slotId, sealedKey }: Pick<QuickUnlockFile, 'slotId' | 'sealedKey'>): QuickUnlockFile {
    const { vault, clock } = this.#parts
    const { vaultId, mark } = vault
    if (vaultId === null || mark === null) throw new AppError('locked', 'The vault is locked.')
    const witness = { ...mark, atMs: clock.now(), passwordAtMs: this.#lastPasswordAtMs() }
    const unsigned = { version: 1, vaultId, slotId, sealedKey, witness } as const
    return { ...unsigned, signature: vault.auditSigner().sign(witnessBytes(unsigned)).toString('base64') }
  }

  #noted(): ReturnType<typeof witnessIn> {
    const { auditPublicKey } = this.#parts.vault
    return auditPublicKey === null ? null : witnessIn(this.#file, auditPublicKey)
  }

  #lastPasswordAtMs(): number {
    return this.#passwordAtMs ?? this.#noted()?.passwordAtMs ?? 0
  }

  /** A clock that was set back must not put it off. */
  #isPasswordDue(): boolean {
    const days = this.#parts.settings.get().quickUnlockDays
    if (days === 0) return this.#passwordAtMs === null
    const nowMs = this.#parts.clock.now()
    const sinceMs = nowMs - this.#lastPasswordAtMs()
    return sinceMs < 0 || sinceMs > days * dayMs || nowMs < (this.#noted()?.atMs ?? 0)
  }
}

function doesNotOpen(): AppError {
  return new AppError('unavailable', 'This computer’s keychain does not open the vault any more.', {
    hint: 'Use the password. Then remove quick unlock, or set it up again, in Settings.',
  })
}

function doesNotKeep(cause: unknown): AppError {
  return new AppError('unavailable', 'This computer’s keychain could not keep the key.', {
    hint: 'Nothing was changed. Check that the keychain is unlocked, then try again.',
    cause,
  })
}
