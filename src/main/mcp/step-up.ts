import { type Scope, scopes } from '../../shared/models/api-key.ts'
import type { AuditFacts } from '../audit/audit-log.ts'
import { challenge } from './authenticate.ts'
import { type Refusal, refuse } from './guard.ts'
import type { Client, TokenVerifier } from './token-verifier.ts'
import type { Tool } from './tool.ts'

/** A call that needs a scope which the token lacks, and that its client can ask the person for. */
export type StepUp = { readonly facts: AuditFacts; readonly refusal: Refusal }

type StepUpDoor = {
  readonly tools: ReadonlyArray<Tool>
  readonly origin: string
  readonly verifiers: ReadonlyArray<Pick<TokenVerifier, 'scopeNames'>>
}

/**
 * Finds a call that a signed-in client may not make yet, and answers it with the standard challenge (RFC 6750, 3.1): the
 * client can authorize again for more. An API key cannot grow, so its call gets a tool error instead; null then.
 */
export function stepUp(message: Record<string, unknown>, client: Client, door: StepUpDoor): StepUp | null {
  if (client.kind === 'key' || message['method'] !== 'tools/call') return null
  const name = (message['params'] as { name?: unknown } | null | undefined)?.name
  const missing = door.tools.find((tool) => tool.name === name)?.scope ?? null
  if (missing === null || client.scopes.includes(missing)) return null
  const asker = { kind: 'client', id: client.id } as const
  return {
    facts: { kind: 'tool.call', asker, tool: String(name), outcome: 'refused', code: 'forbidden_scope' },
    refusal: refusalFor(missing, client, door),
  }
}

function refusalFor(missing: Scope, { kind, scopes: held }: Client, { verifiers, origin }: StepUpDoor): Refusal {
  // With those it has: clients ask for exactly what stands here, and a new token should not do less than the old one.
  const needed = scopes.filter((scope) => scope === missing || held.includes(scope))
  const elsewhere = kind === 'introspected' ? verifiers.find(({ scopeNames }) => scopeNames !== undefined) : undefined
  const wanted = (elsewhere?.scopeNames?.(needed) ?? needed).join(' ')
  const description = `error="insufficient_scope", scope="${wanted}", error_description="The scope ${missing} is needed."`
  return refuse(
    403,
    'forbidden_scope',
    `This sign-in does not have the scope ${missing}.`,
    kind === 'introspected'
      ? 'Authorize again where this sign-in comes from, and ask for it there.'
      : 'Authorize again and ask for it; the person decides in Clawkeep.',
    { 'www-authenticate': challenge(origin, description) },
  )
}
