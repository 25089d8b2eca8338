import { createHash } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import type { Provider } from '../../shared/models/provider.ts'
import type { Clock } from '../clock.ts'
import { askProvider } from './ask-provider.ts'
import { challengeFor } from './authenticate.ts'
import { type Refusal, refuse } from './guard.ts'
import { type IntrospectedToken, readAnswer, scopesHere } from './introspected-token.ts'
import { RateLimit } from './limits.ts'
import type { KeyCheck, TokenUse, TokenVerifier } from './token-verifier.ts'

/** Whom to ask; `locked`: there is one, but only the open vault knows it. */
export type ProviderSource = {
  current(): Provider | 'locked' | null
  /** Told when a person changed or removed it. */
  onChange(listener: () => void): void
  /** Why the last question failed; null when it did not. */
  failed(problem: string | null): void
}

type Known = { readonly token: IntrospectedToken | null; readonly untilMs: number }

/** A revoked token works for at most this long. */
const liveForMs = 60_000
const deadForMs = 15_000
const maxKnown = 1000
const maxAsking = 32
/** Questions per source: whoever makes up tokens must not make us flood the provider. */
const asks = { perSecond: 5, burst: 20 }
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
  readonly #live = new Map<string, Known>()
  readonly #dead = new Map<string, Known>()
  readonly #asking = new Map<string, Promise<IntrospectedToken | null>>()
  readonly #onRevoked = new Set<(clientId: string) => void>()
  #turn = 0

  constructor({ source, clock }: { source: ProviderSource; clock: Clock }) {
    this.#source = source
    source.onChange(() => this.#forget())
    this.#clock = clock
    this.#asks = new RateLimit(clock, asks)
  }

  accepts(token: string): boolean {
    return this.#source.current() !== null && tokenForm.test(token) && token.length <= maxTokenLength
  }

  async check(token: string, use: TokenUse): Promise<KeyCheck> {
    const provider = this.#source.current()
    if (provider === null) return unknown
    if (provider === 'locked') return no(lockedNow())
    const hash = createHash('sha256').update(token).digest('hex')
    const known = this.#known(hash)
    if (known !== undefined) return this.#judge(known.token, provider, use)
    if (!this.#asking.has(hash)) {
      const rate = this.#asks.take(use.source)
      if (!rate.ok) return no(tooMany(rate.retryAfterMs))
      if (this.#asking.size >= maxAsking) return no(notNow('Too many tokens are being checked.', 'Try again.'))
    }
    try {
      return this.#judge(await this.#ask(hash, token, provider), provider, use)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return no(notNow(error.message, error.hint ?? 'Try again.'))
    }
  }

  onRevoked(listener: (clientId: string) => void): () => void {
    this.#onRevoked.add(listener)
    return () => this.#onRevoked.delete(listener)
  }

  #ask(hash: string, token: string, provider: Provider): Promise<IntrospectedToken | null> {
    const asking = this.#asking.get(hash)
    if (asking !== undefined) return asking
    const asked = this.#askNow(hash, token, provider).finally(() => {
      if (this.#asking.get(hash) === asked) this.#asking.delete(hash)
    })
    this.#asking.set(hash, asked)
    return asked
  }

  async #askNow(hash: string, token: string, provider: Provider): Promise<IntrospectedToken | null> {
    const turn = this.#turn
    try {
      const answer = readAnswer(await askProvider(provider, token), provider, this.#clock.now())
      // The person may have changed the provider meanwhile; what the old one said counts for nothing then.
      if (turn === this.#turn) this.#remember(hash, answer)
      this.#source.failed(null)
      return answer
    } catch (error) {
      if (error instanceof AppError) this.#source.failed(error.message)
      throw error
    }
  }

  #judge(token: IntrospectedToken | null, provider: Provider, use: TokenUse): KeyCheck {
    const nowMs = this.#clock.now()
    if (token === null || nowMs < token.notBeforeMs) return unknown
    const { clientId: id, clientName: name, granted, audience, expiresAtMs } = token
    if (nowMs >= expiresAtMs) return { ok: false, reason: 'expired', keyId: id, routine: true }
    // A token for another server must not work here: that server could replay it (RFC 8707; confused deputy).
    if (!audience.includes(provider.audience ?? use.resource)) return { ok: false, reason: 'unknown', keyId: id }
    const missing = provider.requiredScopes.filter((scope) => !granted.includes(scope))
    const scopes = scopesHere(granted, provider.scopeMap)
    if (missing.length > 0 || scopes.length === 0) return no(lacking(missing, provider, use))
    return { ok: true, client: { kind: 'introspected', id, name, scopes, expiresAtMs } }
  }

  #known(hash: string): Known | undefined {
    const known = this.#live.get(hash) ?? this.#dead.get(hash)
    return known !== undefined && this.#clock.monotonicMs() < known.untilMs ? known : undefined
  }

  /** Kept apart, so that made-up tokens never push out good ones. */
  #remember(hash: string, token: IntrospectedToken | null): void {
    const before = this.#live.get(hash)?.token
    if (token === null && before) this.#cutOff(before)
    const [known, forMs] = token === null ? [this.#dead, deadForMs] : [this.#live, liveForMs]
    this.#live.delete(hash)
    this.#dead.delete(hash)
    const oldest = known.keys().next()
    if (known.size >= maxKnown && oldest.done !== true) known.delete(oldest.value)
    known.set(hash, { token, untilMs: this.#clock.monotonicMs() + forMs })
  }

  #forget(): void {
    this.#turn++
    for (const { token } of this.#live.values()) if (token !== null) this.#cutOff(token)
    this.#live.clear()
    this.#dead.clear()
    this.#asking.clear()
  }

  #cutOff({ clientId }: IntrospectedToken): void {
    for (const listener of this.#onRevoked) listener(clientId)
  }
}

const unknown: KeyCheck = { ok: false, reason: 'unknown', keyId: null }

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
  return refuse(429, 'throttled', 'Too many new tokens came from here.', `Wait ${seconds} s.`, retry(seconds))
}

function lacking(missing: ReadonlyArray<string>, provider: Provider, { resource }: TokenUse): Refusal {
  const needed = missing.length > 0 ? provider.requiredScopes : ['openclaw:read']
  const scope = needed.join(' ')
  const more = `error="insufficient_scope", error_description="This token lacks a scope.", scope="${scope}"`
  return refuse(403, 'forbidden_scope', 'This token lacks a scope.', `Get one with the scope ${scope}.`, {
    'www-authenticate': challengeFor(resource, more),
  })
}

function retry(seconds: number): Record<string, string> {
  return { 'retry-after': String(seconds) }
}
