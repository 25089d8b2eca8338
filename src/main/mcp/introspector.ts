import { createHash } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import type { Scope } from '../../shared/models/api-key.ts'
import type { Provider } from '../../shared/models/provider.ts'
import type { Clock } from '../clock.ts'
import { askProvider } from './ask-provider.ts'
import { challengeFor } from './authenticate.ts'
import { type Refusal, refuse } from './guard.ts'
import { type IntrospectedToken, readAnswer } from './introspected-token.ts'
import { RateLimit } from './limits.ts'
import { scopesHere, wantedNames } from './provider-scopes.ts'
import { type Known, TokenMemory } from './token-memory.ts'
import type { KeyCheck, TokenUse, TokenVerifier } from './token-verifier.ts'

/** Whom to ask; `locked`: there is one, but only the open vault knows it. */
export type ProviderSource = {
  current(): Provider | 'locked' | null
  /** Told when a person changed or removed it. */
  onChange(listener: () => void): void
  /** Why the last question failed; null when it did not. */
  failed(problem: string | null): void
}

const maxAsking = 32
/** Questions per source: whoever makes up tokens must not make us flood the provider. */
const asks = { perSecond: 5, burst: 20 }
/** Questions about one token that was good; more than one a minute only while the provider fails. */
const asksAgain = { perSecond: 1, burst: 5 }
const tokenForm = /^[A-Za-z0-9._~+/-]+=*$/
const maxTokenLength = 4096

/**
 * Tokens that another server vouches for (RFC 7662). What it says is remembered for a minute at most and never past the
 * token's end; the same token is asked about once at a time. When it cannot be asked, nobody gets in.
 */
export class Introspector implements TokenVerifier {
  readonly #source: ProviderSource
  readonly #clock: Clock
  readonly #asks: RateLimit
  readonly #asksAgain: RateLimit
  readonly #memory: TokenMemory
  readonly #asking = new Map<string, Promise<Known>>()
  readonly #onRevoked = new Set<(clientId: string) => void>()
  #turn = 0

  constructor({ source, clock }: { source: ProviderSource; clock: Clock }) {
    this.#source = source
    source.onChange(() => this.#forget())
    this.#clock = clock
    this.#asks = new RateLimit(clock, asks)
    this.#asksAgain = new RateLimit(clock, asksAgain)
    this.#memory = new TokenMemory(clock)
  }

  accepts(token: string): boolean {
    return this.#source.current() !== null && tokenForm.test(token) && token.length <= maxTokenLength
  }

  async check(token: string, use: TokenUse): Promise<KeyCheck> {
    const provider = this.#source.current()
    if (provider === null) return unknown
    if (provider === 'locked') return no(lockedNow())
    const hash = createHash('sha256').update(token).digest('hex')
    const known = this.#memory.get(hash)
    if (known !== undefined) return this.#judge(known, provider, use)
    const tooSoon = this.#asking.has(hash) ? null : this.#tooSoon(hash, use.source)
    if (tooSoon !== null) return no(tooSoon)
    try {
      return this.#judge(await this.#ask(hash, token, provider), provider, use)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return no(notNow(error.message, error.hint ?? 'Try again.'))
    }
  }

  /** How a program asks the provider for scopes of ours. */
  scopeNames(wanted: ReadonlyArray<Scope>): ReadonlyArray<string> {
    const provider = this.#source.current()
    return provider === null || provider === 'locked' ? wanted : wantedNames(provider, wanted)
  }

  onRevoked(listener: (clientId: string) => void): () => void {
    this.#onRevoked.add(listener)
    return () => this.#onRevoked.delete(listener)
  }

  /** What was good a minute ago has a budget of its own: made-up tokens from the same address must not keep it out. */
  #tooSoon(hash: string, source: string): Refusal | null {
    const wasGood = this.#memory.wasGood(hash)
    const rate = wasGood ? this.#asksAgain.take(hash) : this.#asks.take(source)
    if (!rate.ok) return tooMany(rate.retryAfterMs)
    if (wasGood || this.#asking.size < maxAsking) return null
    return notNow('Too many tokens are being checked.', 'Try again.')
  }

  #ask(hash: string, token: string, provider: Provider): Promise<Known> {
    const asking = this.#asking.get(hash)
    if (asking !== undefined) return asking
    const asked = this.#askNow(hash, token, provider).finally(() => {
      if (this.#asking.get(hash) === asked) this.#asking.delete(hash)
    })
    this.#asking.set(hash, asked)
    return asked
  }

  async #askNow(hash: string, token: string, provider: Provider): Promise<Known> {
    const turn = this.#turn
    try {
      const answer = readAnswer(await askProvider(provider, token), provider, this.#clock.now())
      this.#source.failed(null)
      // The person may have changed the provider meanwhile; what the old one said counts for nothing then.
      return turn === this.#turn ? this.#remember(hash, answer) : answer
    } catch (error) {
      if (error instanceof AppError) this.#source.failed(error.message)
      throw error
    }
  }

  #judge(known: Known, provider: Provider, use: TokenUse): KeyCheck {
    const nowMs = this.#clock.now()
    if (known !== null && 'endedOf' in known) return ended(known.endedOf)
    if (known === null || nowMs < known.notBeforeMs) return unknown
    const { clientId: id, clientName: name, granted, audience, expiresAtMs } = known
    if (nowMs >= expiresAtMs) return ended(id)
    // A token for another server must not work here: that server could replay it (RFC 8707; confused deputy).
    if (!audience.includes(provider.audience ?? use.resource)) return { ok: false, reason: 'unknown', keyId: id }
    const missing = provider.requiredScopes.filter((scope) => !granted.includes(scope))
    const scopes = scopesHere(granted, provider.scopeMap)
    if (missing.length > 0 || scopes.length === 0) return no(lacking(wantedNames(provider, scopes), use))
    return { ok: true, client: { kind: 'introspected', id, name, scopes, expiresAtMs } }
  }

  #remember(hash: string, answer: IntrospectedToken | null): Known {
    const { known, revoked } = this.#memory.remember(hash, answer)
    if (revoked !== null) this.#cutOff(revoked)
    return known
  }

  #forget(): void {
    this.#turn++
    this.#asking.clear()
    for (const clientId of this.#memory.forget()) this.#cutOff(clientId)
  }

  #cutOff(clientId: string): void {
    for (const listener of this.#onRevoked) listener(clientId)
  }
}

const unknown: KeyCheck = { ok: false, reason: 'unknown', keyId: null }

/** An ordinary end: the client renews its token and comes again. */
function ended(keyId: string): KeyCheck {
  return { ok: false, reason: 'expired', keyId, routine: true }
}

function no(refusal: Refusal): KeyCheck {
  return { ok: false, reason: 'refused', refusal }
}

function lockedNow(): Refusal {
  return refuse(503, 'locked', 'The vault is locked.', 'Ask the person to unlock Clawkeep, then try again.', retry(10))
}

function notNow(message: string, hint: string): Refusal {
  return refuse(503, 'unavailable', `The token could not be checked. ${message}`, hint, retry(5))
}

function tooMany(retryAfterMs: number): Refusal {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000))
  return refuse(429, 'throttled', 'Too many tokens came from here.', `Wait ${seconds} s.`, retry(seconds))
}

function lacking(wanted: ReadonlyArray<string>, { resource }: TokenUse): Refusal {
  const scope = wanted.join(' ')
  const more = `error="insufficient_scope", error_description="This token lacks a scope.", scope="${scope}"`
  return refuse(403, 'forbidden_scope', 'This token lacks a scope.', `Get one with the scope ${scope}.`, {
    'www-authenticate': challengeFor(resource, more),
  })
}

function retry(seconds: number): Record<string, string> {
  return { 'retry-after': String(seconds) }
}
