import { randomBytes } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import { Provider, type ProviderInput, type ProviderView } from '../../shared/models/provider.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { Records } from '../vault/records.ts'
import type { Vault } from '../vault/vault.ts'
import { askProvider } from './ask-provider.ts'
import { readAnswer } from './introspected-token.ts'
import type { ProviderSource } from './introspector.ts'

const kind = 'token-provider'
const id = 'current'

/**
 * The provider that vouches for tokens: a sealed record, whole. Not only its secret: who could change its address in a
 * file could let himself in. While locked it is only known whether there is one.
 */
export class ProviderStore implements ProviderSource {
  readonly #records: Pick<Records, 'get' | 'put' | 'remove' | 'listClear'>
  readonly #vault: Pick<Vault, 'state' | 'onLock' | 'onUnlock'>
  readonly #events: ChangeEvents
  readonly #fixed: Provider | null
  readonly #onChange = new Set<() => void>()
  #opened: Provider | null | undefined
  #isThere: boolean
  #problem: string | null = null

  /** `fixed` is what the environment of `serve` says; it stands before the record. */
  constructor(parts: {
    records: Pick<Records, 'get' | 'put' | 'remove' | 'listClear'>
    vault: Pick<Vault, 'state' | 'onLock' | 'onUnlock'>
    events: ChangeEvents
    fixed?: Provider | null
  }) {
    this.#records = parts.records
    this.#vault = parts.vault
    this.#events = parts.events
    this.#fixed = parts.fixed ?? null
    this.#isThere = this.#vault.state !== 'absent' && this.#records.listClear(kind).length > 0
    const drop = (): void => {
      this.#opened = undefined
    }
    parts.vault.onLock(drop)
    parts.vault.onUnlock(drop)
  }

  current(): Provider | 'locked' | null {
    if (this.#fixed !== null) return this.#fixed
    if (this.#vault.state !== 'unlocked') return this.#isThere ? 'locked' : null
    if (this.#opened === undefined) {
      // One that cannot be read vouches for nobody.
      this.#opened = Provider.safeParse(this.#records.get(kind, id)).data ?? null
      this.#isThere = this.#opened !== null
    }
    return this.#opened
  }

  /** The provider, if it is known where programs may sign in there; null while locked. */
  elsewhere(): (Provider & { issuer: string }) | null {
    const provider = this.current()
    if (provider === null || provider === 'locked' || provider.issuer === null) return null
    return { ...provider, issuer: provider.issuer }
  }

  onChange(listener: () => void): void {
    this.#onChange.add(listener)
  }

  failed(problem: string | null): void {
    if (problem === this.#problem) return
    this.#problem = problem
    this.#events.emit('provider')
  }

  /** Null when there is none. Throws AppError locked. */
  view(): ProviderView | null {
    const provider = this.current()
    if (provider === 'locked' || this.#vault.state !== 'unlocked') throw locked()
    if (provider === null) return null
    const { clientSecret: _, ...rest } = provider
    return { ...rest, isFixed: this.#fixed !== null, problem: this.#problem }
  }

  /**
   * Asks the provider about a token that cannot exist, and keeps it only when the answer makes sense. Throws AppError invalid
   * when a secret is needed, and what was wrong with the answer.
   */
  async set({ clientSecret, ...input }: ProviderInput): Promise<void> {
    this.#mustBeOurs()
    const before = this.current()
    const known = before === null || before === 'locked' ? undefined : before
    const isSamePlace = known?.introspectionEndpoint === input.introspectionEndpoint
    // The secret of one server is never sent to another one.
    const secret = clientSecret ?? (isSamePlace ? known?.clientSecret : undefined)
    if (secret === undefined) {
      throw new AppError('invalid', 'The client secret is missing.', {
        hint: 'Write the secret that belongs to this address.',
      })
    }
    const provider = Provider.parse({ ...input, clientSecret: secret })
    const madeUp = randomBytes(24).toString('base64url')
    if (readAnswer(await askProvider(provider, madeUp), provider, Date.now()) !== null)
      throw new AppError('refused', 'This provider vouches for a token that was just made up.', {
        hint: 'Check that the address is its introspection endpoint.',
      })
    // The vault may have been locked while the provider was asked.
    this.#mustBeOurs()
    this.#records.put(kind, id, provider, {})
    this.#changed(provider)
  }

  remove(): void {
    this.#mustBeOurs()
    this.#records.remove(kind, id)
    this.#changed(null)
  }

  #changed(provider: Provider | null): void {
    this.#opened = provider
    this.#isThere = provider !== null
    this.#problem = null
    for (const listener of this.#onChange) listener()
    this.#events.emit('provider')
  }

  #mustBeOurs(): void {
    if (this.#vault.state !== 'unlocked') throw locked()
    if (this.#fixed !== null)
      throw new AppError('refused', 'The provider was given when Clawkeep was started.', {
        hint: 'Change the variables OAUTH_… and start it again.',
      })
  }
}

function locked(): AppError {
  return new AppError('locked', 'The vault is locked.', { hint: 'Unlock it first.' })
}
