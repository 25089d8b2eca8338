import type { Vault } from '../vault/vault.ts'

/**
 * Lets a CLI call through with the vault password. On a locked vault the password opens it for the length of the call and
 * it locks again afterwards, unless the person has unlocked it for good meanwhile.
 */
export class PasswordDoor {
  readonly #vault: Pick<Vault, 'state' | 'unlock' | 'lock' | 'verifyPassword'>
  #checking: Promise<unknown> = Promise.resolve()
  #borrowers = 0
  #borrowed = false

  constructor(vault: Pick<Vault, 'state' | 'unlock' | 'lock' | 'verifyPassword'>) {
    this.#vault = vault
  }

  /** The person has unlocked the vault: it stays open when the calls that borrowed it end. */
  keepOpen(): void {
    this.#borrowed = false
  }

  /** Throws AppError wrong_password or throttled; whatever `run` throws passes through. */
  async through<T>(password: string, run: () => Promise<T>): Promise<T> {
    await this.#inTurn(() => this.#check(password))
    this.#borrowers += 1
    try {
      return await run()
    } finally {
      this.#borrowers -= 1
      if (this.#borrowers === 0 && this.#borrowed) {
        this.#borrowed = false
        this.#vault.lock()
      }
    }
  }

  async #check(password: string): Promise<void> {
    if (this.#vault.state === 'unlocked') return this.#vault.verifyPassword(password)
    await this.#vault.unlock(password)
    this.#borrowed = true
  }

  /** One derivation at a time: two calls must not both find the vault locked, and 64 MiB each is enough. */
  #inTurn(check: () => Promise<void>): Promise<void> {
    const result = this.#checking.then(check)
    this.#checking = result.catch(() => undefined)
    return result
  }
}
