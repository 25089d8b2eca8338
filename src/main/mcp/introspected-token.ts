import { createHash } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import type { Provider } from '../../shared/models/provider.ts'
import { presentMembers } from '../present-members.ts'

/** What a provider said about a live token, checked and in our terms. */
export type IntrospectedToken = {
  readonly clientId: string
  readonly clientName: string
  /** As the provider names them. */
  readonly granted: ReadonlyArray<string>
  readonly audience: ReadonlyArray<string>
  /** When what the provider said is too old, whatever the token's own end. */
  readonly expiresAtMs: number
  /** The token's own end; Infinity when it names none. */
  readonly endsAtMs: number
  readonly notBeforeMs: number
}

const Seconds = z.number().nonnegative().max(8.64e12)
const Text = z.string().max(2000)
const ActiveAnswer = z.object({
  scope: z.string().max(10_000).optional(),
  client_id: Text.optional(),
  sub: Text.optional(),
  username: Text.optional(),
  iss: Text.optional(),
  token_type: Text.optional(),
  exp: Seconds.optional(),
  nbf: Seconds.optional(),
  aud: z.union([Text, z.array(Text).max(100)]).optional(),
  cnf: z.unknown().optional(),
})

/** A token that does not say when it ends is taken to end after this; a call cannot outlive it. */
const longestLifeMs = 3_600_000
/** Two clocks never agree to the second. */
export const leewayMs = 5000

/**
 * Reads a provider's answer (RFC 7662, 2.2). Null: the token is not live, or not one that may be used as a bearer token
 * here. Throws AppError unavailable for an answer that makes no sense: then nothing is known, and nobody gets in.
 */
export function readAnswer(
  answer: Readonly<Record<string, unknown>>,
  provider: Pick<Provider, 'introspectionEndpoint' | 'issuer'>,
  nowMs: number,
): IntrospectedToken | null {
  if (answer['active'] === false) return null
  if (answer['active'] !== true) throw senseless()
  const parsed = ActiveAnswer.safeParse(presentMembers(answer))
  if (!parsed.success) throw senseless()
  const { scope, client_id: client, sub, username, iss, token_type: type, exp, nbf, aud, cnf } = parsed.data
  const identity = client ?? sub
  // Bound to a key of the client (DPoP, mTLS): whoever shows it as a bearer token has stolen it.
  if (identity === undefined || cnf !== undefined || (type !== undefined && type.toLowerCase() !== 'bearer'))
    return null
  if (provider.issuer !== null && iss !== undefined && iss !== provider.issuer) return null
  const endsAtMs = exp === undefined ? Number.POSITIVE_INFINITY : exp * 1000
  const expiresAtMs = Math.min(endsAtMs, nowMs + longestLifeMs)
  const notBeforeMs = nbf === undefined ? 0 : nbf * 1000 - leewayMs
  if (nowMs >= expiresAtMs) return null
  const host = new URL(provider.introspectionEndpoint).host
  return {
    clientId: idOf(provider.introspectionEndpoint, client, sub),
    clientName: `${visible(client ?? username ?? identity)} (via ${host})`,
    granted: (scope ?? '').split(' ').filter((name) => name !== ''),
    audience: aud === undefined ? [] : [aud].flat(),
    expiresAtMs,
    endsAtMs,
    notBeforeMs,
  }
}

/** Stable for one client and one account there; says nothing about either. */
function idOf(endpoint: string, client: string | undefined, sub: string | undefined): string {
  const text = JSON.stringify([endpoint, client ?? null, sub ?? null])
  return `ext_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`
}

function visible(name: string): string {
  return name.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').slice(0, 60) || 'unnamed'
}

function senseless(): AppError {
  return new AppError('unavailable', 'The provider’s answer about the token makes no sense.', {
    hint: 'Check its introspection address in Settings.',
  })
}
