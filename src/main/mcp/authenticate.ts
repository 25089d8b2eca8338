import type { AuditFacts } from '../audit/audit-log.ts'
import type { Clock } from '../clock.ts'
import { sourceOf } from './forwarded.ts'
import { type Refusal, refuse } from './guard.ts'
import { BadCredentials, type Limits } from './limits.ts'
import type { Client, KeyCheck, TokenUse, TokenVerifier } from './token-verifier.ts'

type AuthenticatorDeps = {
  /** Asked in this order. */
  readonly verifiers: ReadonlyArray<TokenVerifier>
  readonly audit: { event(facts: AuditFacts): Promise<void> }
  readonly clock: Clock
  readonly limits: Limits
}

export type Authenticated =
  | { readonly ok: true; readonly client: Client }
  | { readonly ok: false; readonly refusal: Refusal }

/** One HTTP request, as far as it matters who sends it. */
export type Presented = {
  readonly authorization: string | undefined
  readonly address: string
  /** Scheme, host and port as the client called them. */
  readonly origin: string
  readonly signal: AbortSignal
}

const howTo =
  'Sign in (OAuth), or send the header "Authorization: Bearer oc_sk_…". The person makes keys in Clawkeep, under Clients.'
const whyDead = {
  unknown: 'This key is not known.',
  expired: 'This key has expired.',
  revoked: 'This key was revoked.',
  replaced: 'This key was replaced by a new one.',
} as const

/** Turns the Authorization header of a request into a client (RFC 6750), and counts wrong keys per source. */
export class Authenticator {
  readonly #deps: AuthenticatorDeps
  readonly #badCredentials: BadCredentials

  constructor(deps: AuthenticatorDeps) {
    this.#deps = deps
    this.#badCredentials = new BadCredentials(deps.clock, deps.limits)
  }

  /** A request without any key is refused but not counted: clients probe first. */
  async check({ authorization, address, origin, signal }: Presented): Promise<Authenticated> {
    if (authorization === undefined) {
      return no(refuse(401, 'unauthorized', 'A key is needed.', howTo, { 'www-authenticate': challenge(origin) }))
    }
    const token = /^bearer +(\S+)$/i.exec(authorization)?.[1]
    const use = { resource: resourceOf(origin), source: sourceOf(address), signal }
    const checked = token === undefined ? unknown : await this.#whose(token, use)
    if (checked.ok) return checked
    return checked.reason === 'refused' ? no(checked.refusal) : this.#refuse(checked, address, origin)
  }

  #whose(token: string, use: TokenUse): KeyCheck | Promise<KeyCheck> {
    return this.#deps.verifiers.find((verifier) => verifier.accepts(token))?.check(token, use) ?? unknown
  }

  #refuse(checked: Extract<KeyCheck, { keyId: unknown }>, address: string, origin: string): Authenticated {
    const { reason, keyId } = checked
    const { blockedForMs, report } =
      checked.routine === true ? { blockedForMs: 0, report: false } : this.#badCredentials.add(address)
    if (report) {
      const code = blockedForMs > 0 ? 'throttled' : reason
      const asker = { kind: 'client', id: keyId ?? 'unknown' } as const
      // A refusal gives nothing away, so it does not wait for the log; a log that fails is shown in the window.
      void this.#deps.audit
        .event({ kind: 'client.refused', asker, host: sourceOf(address), outcome: 'refused', code })
        .catch(() => undefined)
    }
    if (blockedForMs > 0) {
      const retryAfter = String(Math.ceil(blockedForMs / 1000))
      return no(
        refuse(429, 'throttled', `${whyDead[reason]} Too many wrong keys came from here.`, howTo, {
          'retry-after': retryAfter,
        }),
      )
    }
    const description = `error="invalid_token", error_description="${whyDead[reason]}"`
    return no(
      refuse(401, 'unauthorized', whyDead[reason], howTo, { 'www-authenticate': challenge(origin, description) }),
    )
  }
}

/** What tokens are for at this address (RFC 8707). */
export function resourceOf(origin: string): string {
  return `${origin}/mcp`
}

/** The same for a verifier, which knows the resource only. */
export function challengeFor(resource: string, more?: string): string {
  return challenge(new URL(resource).origin, more)
}

/** The challenge of RFC 6750 with the place of the metadata that tells a client how to sign in (RFC 9728, 5.1). */
export function challenge(origin: string, more?: string): string {
  const metadata = `resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`
  return `Bearer realm="clawkeep", ${more === undefined ? '' : `${more}, `}${metadata}`
}

const unknown: KeyCheck = { ok: false, reason: 'unknown', keyId: null }

function no(refusal: Refusal): Authenticated {
  return { ok: false, refusal }
}
