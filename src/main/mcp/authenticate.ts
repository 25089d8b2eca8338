import type { AuditFacts } from '../audit/audit-log.ts'
import type { Clock } from '../clock.ts'
import type { ApiKeys, Client, KeyCheck } from './api-keys.ts'
import { type Refusal, refuse } from './guard.ts'
import { BadCredentials, type Limits, sourceOf } from './limits.ts'

type AuthenticatorDeps = {
  readonly apiKeys: Pick<ApiKeys, 'check'>
  readonly audit: { event(facts: AuditFacts): Promise<void> }
  readonly clock: Clock
  readonly limits: Limits
}

export type Authenticated =
  | { readonly ok: true; readonly client: Client }
  | { readonly ok: false; readonly refusal: Refusal }

const howTo = 'Send the header "Authorization: Bearer oc_sk_…". The person makes keys in Clawkeep, under Clients.'
const whyDead = {
  unknown: 'This key is not known.',
  expired: 'This key has expired.',
  revoked: 'This key was revoked.',
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
  check(authorization: string | undefined, address: string): Authenticated {
    if (authorization === undefined) {
      return no(
        refuse(401, 'unauthorized', 'A key is needed.', howTo, { 'www-authenticate': 'Bearer realm="clawkeep"' }),
      )
    }
    const token = /^bearer +(\S+)$/i.exec(authorization)?.[1]
    const checked: KeyCheck =
      token === undefined ? { ok: false, reason: 'unknown', keyId: null } : this.#deps.apiKeys.check(token)
    return checked.ok ? checked : this.#refuse(checked, address)
  }

  #refuse(checked: Extract<KeyCheck, { ok: false }>, address: string): Authenticated {
    const { blockedForMs, report } = this.#badCredentials.add(address)
    if (report) {
      const code = blockedForMs > 0 ? 'throttled' : checked.reason
      const asker = { kind: 'client', id: checked.keyId ?? 'unknown' } as const
      // A refusal gives nothing away, so it does not wait for the log; a log that fails is shown in the window.
      void this.#deps.audit
        .event({ kind: 'client.refused', asker, host: sourceOf(address), outcome: 'refused', code })
        .catch(() => undefined)
    }
    if (blockedForMs > 0) {
      const retryAfter = String(Math.ceil(blockedForMs / 1000))
      return no(
        refuse(429, 'throttled', `${whyDead[checked.reason]} Too many wrong keys came from here.`, howTo, {
          'retry-after': retryAfter,
        }),
      )
    }
    const challenge = `Bearer realm="clawkeep", error="invalid_token", error_description="${whyDead[checked.reason]}"`
    return no(refuse(401, 'unauthorized', whyDead[checked.reason], howTo, { 'www-authenticate': challenge }))
  }
}

function no(refusal: Refusal): Authenticated {
  return { ok: false, refusal }
}
