import { type ApiKey, scopes as allScopes, type Scope } from '../../shared/models/api-key.ts'
import type { Approval, Risk } from '../../shared/models/approval.ts'
import type { Consented } from '../../shared/models/sign-in.ts'
import type { Approvals } from '../approvals/approvals.ts'
import { looksLike } from '../approvals/look-alike.ts'
import { hashArgs, type Question } from '../approvals/question.ts'
import { requestRisks } from '../approvals/risks.ts'
import { newId } from '../ids.ts'
import type { ApiKeys } from '../mcp/api-keys.ts'
import type { AuthorizationRequest } from './authorization-request.ts'
import { OAuthError } from './oauth-error.ts'
import type { SignIns } from './sign-ins.ts'

/** The person's yes: who the program is from now on, and what it may. */
export type Agreed = { readonly signInId: string; readonly approvalId: string; readonly consented: Consented }

type Deps = {
  readonly approvals: Pick<Approvals, 'ask' | 'redeem'>
  readonly signIns: Pick<SignIns, 'of'>
  /** Hosts of the items in the vault, to find a host that only looks like one of them. */
  readonly knownHosts: () => ReadonlyArray<string>
  /** Clients that the person named, to find a program that calls itself like one of them. */
  readonly apiKeys: Pick<ApiKeys, 'list'>
}

const definition = 'clawkeep/sign-in/1'

/**
 * Asks the person in the Clawkeep window. No rule, grant or earlier consent answers instead.
 * Throws OAuthError access_denied, temporarily_unavailable, or AppError.
 */
export async function askConsent(
  request: AuthorizationRequest,
  state: string | null,
  signal: AbortSignal,
  { approvals, signIns, knownHosts, apiKeys }: Deps,
): Promise<Agreed> {
  const { client, scopes, resource, challenge } = request
  const signIn = signIns.of(client.clientId)
  const signInId = signIn?.id ?? newId('sgn')
  const held: ReadonlyArray<Scope> = signIn?.scopes ?? []
  const { redirect } = client
  const question: Question = {
    asker: { kind: 'client', id: signInId, name: client.name },
    tool: 'sign_in',
    definitionHash: definition,
    argsHash: hashArgs({ client: client.clientId, redirect: redirect.uri, scopes, resource, challenge, state }),
    policyVersion: '',
    request: { method: 'GET', url: redirect.uri, host: redirect.host, headers: [], body: null },
    secrets: [],
    reason: '',
    risks: [...nameRisks(client.name, apiKeys.list()), ...risksOf(request, knownHosts())],
    consent: {
      clientId: client.clientId,
      identity: client.identity,
      redirectUri: redirect.uri,
      redirectTo: redirect.to,
      scopes: allScopes
        .filter((scope) => scopes.includes(scope))
        .map((scope) => ({ scope, held: held.includes(scope) })),
    },
  }
  const approval = await approvals.ask(question, signal)
  if (approval.state !== 'allowed') throw refusalOf(approval)
  if (approval.consented === null || approvals.redeem(approval.id, question) !== 'ok')
    throw new OAuthError('access_denied', 'This answer was used already. Start again.')
  return { signInId, approvalId: approval.id, consented: approval.consented }
}

/** A program that calls itself like a client of the person's looks like it in every question that follows. */
function nameRisks(name: string, keys: ReadonlyArray<ApiKey>): Risk[] {
  const other = keys.find((key) => key.state === 'active' && looksLike(key.name.trim(), name))
  if (other === undefined) return []
  return [
    { id: 'look-alike-name', text: `It calls itself like your client “${other.name}”, but did not come with its key.` },
  ]
}

function risksOf({ client }: AuthorizationRequest, knownHosts: ReadonlyArray<string>): Risk[] {
  const urls = [
    ...(client.redirect.to === 'web' ? [new URL(client.redirect.uri)] : []),
    ...(client.identity === 'document' ? [new URL(client.clientId)] : []),
  ]
  const texts = [client.name, client.clientId, client.redirect.uri]
  const about = urls.length === 0 ? [new URL('https://localhost/')] : urls
  return about
    .flatMap((url) => requestRisks({ method: 'GET', url, texts, local: false, knownHosts }))
    .filter(({ id }) => id === 'look-alike-host' || id === 'hidden-text')
}

function refusalOf({ state, answer }: Approval): OAuthError {
  if (state === 'denied')
    return new OAuthError('access_denied', answer === '' ? 'The person at the machine denied this.' : answer)
  if (state === 'expired') return new OAuthError('access_denied', 'Nobody answered in time.')
  // Locked, or about to close: not a decision.
  return new OAuthError('temporarily_unavailable', answer)
}
