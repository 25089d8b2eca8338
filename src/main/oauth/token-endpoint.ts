import type { Provider } from '../../shared/models/provider.ts'
import type { AuditFacts } from '../audit/audit-log.ts'
import type { AuditOp } from '../audit/audit-op.ts'
import type { OpenExchange } from '../mcp/open-route.ts'
import type { Codes } from './codes.ts'
import type { Issued } from './family.ts'
import { lockedError, OAuthError } from './oauth-error.ts'
import { parameter, required } from './parameters.ts'
import { provesChallenge } from './pkce.ts'
import type { Registrations } from './registration.ts'
import { readScopes } from './scopes.ts'
import type { SignIns } from './sign-ins.ts'

type Deps = {
  readonly codes: Codes
  readonly signIns: SignIns
  readonly registrations: Registrations
  /** Of the provider elsewhere. */
  readonly scopeMap: () => Provider['scopeMap']
  readonly audit: {
    event(facts: AuditFacts): Promise<void>
    around<T>(facts: AuditFacts, run: (op: Pick<AuditOp, 'note'>) => Promise<T>): Promise<T>
  }
  readonly vault: { readonly state: 'absent' | 'locked' | 'unlocked' }
}

/** The token endpoint: a code or a refresh token for new tokens, each written down before it is given. Throws OAuthError, AppError. */
export function tokenEndpoint(deps: Deps): (exchange: Pick<OpenExchange, 'body'>) => Promise<object> {
  return async ({ body }) => {
    const form = new URLSearchParams(body)
    const grantType = required(form, 'grant_type')
    const clientId = required(form, 'client_id')
    if (deps.vault.state !== 'unlocked') throw lockedError()
    const grant = grants.get(grantType)
    if (grant === undefined) throw new OAuthError('unsupported_grant_type', 'Use authorization_code or refresh_token.')
    try {
      return answerOf(await grant(form, clientId, deps))
    } catch (error) {
      const isRefused = error instanceof OAuthError && error.code === 'invalid_grant'
      throw isRefused && deps.registrations.isGone(clientId) ? unregistered() : error
    }
  }
}

/** The revocation endpoint (RFC 7009): an unknown token is as good as revoked; a known one ends with all of its family. */
export function revocationEndpoint({
  signIns,
  audit,
  vault,
}: Pick<Deps, 'signIns' | 'audit' | 'vault'>): (exchange: OpenExchange) => Promise<object> {
  return async ({ body }) => {
    const form = new URLSearchParams(body)
    const token = required(form, 'token')
    const clientId = required(form, 'client_id')
    if (vault.state !== 'unlocked') throw lockedError()
    const whose = signIns.whose(token)
    if (whose === null) return {}
    if (whose.clientId !== clientId) throw new OAuthError('invalid_grant', 'This token was issued to another program.')
    if (!whose.live) return {}
    const facts = { kind: 'client.sign-out', asker: { kind: 'client', id: whose.id }, target: whose.id } as const
    return audit.around(facts, async () => {
      signIns.giveBack(token)
      return {}
    })
  }
}

const grants: ReadonlyMap<string, (form: URLSearchParams, clientId: string, deps: Deps) => Promise<Issued>> = new Map([
  ['authorization_code', fromCode],
  ['refresh_token', fromRefresh],
])

/** The one answer at which a program forgets its client id and registers anew (RFC 6749, 5.2). */
function unregistered(): OAuthError {
  return new OAuthError('invalid_client', 'This program is not registered any more. Register it anew.', { status: 401 })
}

async function fromCode(form: URLSearchParams, clientId: string, deps: Deps): Promise<Issued> {
  const code = required(form, 'code')
  const verifier = required(form, 'code_verifier')
  const redirectUri = parameter(form, 'redirect_uri')
  const resource = parameter(form, 'resource')
  const taken = deps.codes.take(code)
  if ('replayed' in taken) {
    if (taken.replayed !== null) await endReplayed(taken.replayed, deps)
    throw new OAuthError('invalid_grant', 'This code is not known, was used, or is too old.')
  }
  const { grant, opened } = taken
  if (grant.clientId !== clientId) throw new OAuthError('invalid_grant', 'This code was issued to another program.')
  if (redirectUri !== null && redirectUri !== grant.redirectUri)
    throw new OAuthError('invalid_grant', 'The redirect address is not that of the authorization request.')
  if (resource !== null && resource !== grant.resource)
    throw new OAuthError('invalid_target', 'The code was issued for another resource.')
  if (!provesChallenge(verifier, grant.challenge))
    throw new OAuthError('invalid_grant', 'The code_verifier does not fit the code_challenge.')
  const { id, approvalId, redirectHost } = grant
  const asker = { kind: 'client', id } as const
  const facts = { kind: 'client.sign-in', asker, target: id, rule: approvalId, host: redirectHost } as const
  return deps.audit.around(facts, async () => {
    const { familyId, issued } = deps.signIns.open(grant)
    opened(familyId)
    deps.registrations.consented(clientId)
    return issued
  })
}

async function endReplayed(familyId: string, { signIns, audit }: Deps): Promise<void> {
  const id = signIns.endFamily(familyId)
  if (id === null) return
  const facts = { kind: 'client.sign-in', asker: { kind: 'client', id }, target: id } as const
  await audit.event({ ...facts, outcome: 'refused', code: 'code_replayed' })
}

async function fromRefresh(form: URLSearchParams, clientId: string, deps: Deps): Promise<Issued> {
  const token = required(form, 'refresh_token')
  const scope = parameter(form, 'scope')
  const scopes = scope === null ? null : readScopes(scope, deps.scopeMap())
  const use = { clientId, resource: parameter(form, 'resource'), scopes }
  const whose = deps.signIns.whose(token)
  // Nobody's, or long over: nothing changes, so there is nothing to write down.
  if (whose === null || !whose.live) return deps.signIns.refresh(token, use)
  const facts = { kind: 'client.refresh', asker: { kind: 'client', id: whose.id }, target: whose.id } as const
  return deps.audit.around(facts, async (op) => {
    try {
      const issued = deps.signIns.refresh(token, use)
      deps.registrations.used(clientId)
      return issued
    } catch (error) {
      if (error instanceof OAuthError) op.note({ outcome: 'refused', code: error.code })
      throw error
    }
  })
}

function answerOf({ accessToken, refreshToken, scopes, expiresInS }: Issued): object {
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: expiresInS,
    refresh_token: refreshToken,
    scope: scopes.join(' '),
  }
}
