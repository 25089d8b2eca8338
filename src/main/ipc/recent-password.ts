import { AppError } from '../../shared/app-error.ts'
import type { Clock } from '../clock.ts'
import type { Vault } from '../vault/vault.ts'
import type { Caller } from './router.ts'

/** How long the password counts for opening secrets. */
const validMs = 5 * 60_000

/**
 * Remembers when the password was last given in the window. Secrets are opened there for five minutes after that, so that whoever
 * finds an unlocked screen cannot read them; a lock ends it. It looks at the wall clock and at the monotonic one, like the idle lock.
 */
export class RecentPassword {
  readonly #clock: Clock
  #given: { readonly wallMs: number; readonly monotonicMs: number } | null = null

  constructor(clock: Clock, vault: Pick<Vault, 'onLock'>) {
    this.#clock = clock
    vault.onLock(() => (this.#given = null))
  }

  /** The password was given and was right. The command line gives it with each call, which says nothing about the window. */
  given(caller: Caller): void {
    if (caller.kind === 'window') this.#given = { wallMs: this.#clock.now(), monotonicMs: this.#clock.monotonicMs() }
  }

  /** Throws AppError password_needed. */
  check(caller: Caller): void {
    if (caller.kind === 'cli') return
    const given = this.#given
    const since = (now: number, then: number): boolean => now >= then && now - then <= validMs
    if (given !== null && since(this.#clock.now(), given.wallMs) && since(this.#clock.monotonicMs(), given.monotonicMs))
      return
    throw new AppError('password_needed', 'Type the vault password again to open secrets.', {
      hint: 'It is asked for again five minutes after it was last given.',
    })
  }
}
