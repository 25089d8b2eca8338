import { toWireError } from '../../shared/app-error.ts'
import type { AuditFacts, AuditLog } from '../audit/audit-log.ts'
import type { Vault } from '../vault/vault.ts'

const byCli = { kind: 'person', id: 'cli' } as const
const unlockByCli: AuditFacts = { kind: 'vault.unlock', asker: byCli }

/**
 * Lets a CLI call through with the vault password. On a locked vault the password opens it for the length of the call and
 * it locks again afterwards, unless the person has unlocked it for good meanwhile. Every wrong password is audited.
 */
export class PasswordDoor {
  readonly #vault: Pick<Vault, 'state' | 'unlock' | 'lock' | 'verifyPassword'>
  readonly #audit: Pick<AuditLog, 'around' | 'event'>
  #checking: Promise<unknown> = Promise.resolve()
  #borrowers = 0
  #borrowed = false
  /** Counts the unlocks of the person. */
  #kept = 0

  constructor(parts: {
    vault: Pick<Vault, 'state' | 'unlock' | 'lock' | 'verifyPassword'>
    audit: Pick<AuditLog, 'around' | 'event'>
  }) {
    this.#vault = parts.vault
    this.#audit = parts.audit
  }

  /** The person has unlocked the vault: it stays open when the calls that borrowed it end. */
  keepOpen(): void {
    this.#kept += 1
    this.#borrowed = false
  }

  /** Throws AppError wrong_password or throttled; whatever `run` throws passes through. */
  async through<T>(password: string, run: () => Promise<T>): Promise<T> {
    await this.#inTurn(() => this.#enter(password))
    try {
      return await run()
    } finally {
      this.#borrowers -= 1
      if (this.#borrowers === 0 && this.#borrowed) {
        this.#borrowed = false
        const written = this.#audit.event({ kind: 'vault.lock', asker: byCli }).catch(() => undefined)
        this.#vault.lock()
        await written
      }
    }
  }

  async #enter(password: string): Promise<void> {
    if (this.#vault.state === 'unlocked') await this.#verify(password)
    // A call that had borrowed the vault may have ended, and locked it, while the password was being verified.
    if (this.#vault.state !== 'unlocked') {
      const keptBefore = this.#kept
      await this.#audit.around(unlockByCli, () => this.#vault.unlock(password))
      this.#borrowed = this.#kept === keptBefore
    }
    this.#borrowers += 1
  }

  /** A right password opens nothing here, so only a wrong one is worth an entry. */
  async #verify(password: string): Promise<void> {
    try {
      await this.#vault.verifyPassword(password)
    } catch (error) {
      const { code } = toWireError(error)
      // A full disk is told as such; it says nothing about the password.
      if (code === 'wrong_password' || code === 'throttled')
        await this.#audit.event({ ...unlockByCli, outcome: 'refused', code })
      throw error
    }
  }

  /** One derivation at a time: two calls must not both find the vault locked, and 64 MiB each is enough. */
  #inTurn(check: () => Promise<void>): Promise<void> {
    const result = this.#checking.then(check)
    this.#checking = result.catch(() => undefined)
    return result
  }
}
