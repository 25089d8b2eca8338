import type { AuditLog } from '../audit/audit-log.ts'
import type { Approvals } from '../approvals/approvals.ts'
import type { Clock } from '../clock.ts'
import type { ApiKeys } from '../mcp/api-keys.ts'
import type { OpenRoute } from '../mcp/open-route.ts'
import { sendJson } from '../mcp/respond.ts'
import type { PolicyStore } from '../policy/policy-store.ts'
import type { Items } from '../vault/items.ts'
import type { Records } from '../vault/records.ts'
import type { Vault } from '../vault/vault.ts'
import { answering } from './answers.ts'
import { Authorize } from './authorize.ts'
import { ClientDocuments } from './client-metadata.ts'
import { Codes } from './codes.ts'
import { type Elsewhere, resourceMetadata, serverMetadata } from './metadata.ts'
import { OAuthError } from './oauth-error.ts'
import { registrationAnswer, Registrations } from './registration.ts'
import type { SignIns } from './sign-ins.ts'
import { revocationEndpoint, tokenEndpoint } from './token-endpoint.ts'

type Deps = {
  readonly vault: Pick<Vault, 'state' | 'onUnlock' | 'onLock'>
  readonly items: Pick<Items, 'list'>
  readonly policy: Pick<PolicyStore, 'get'>
  readonly approvals: Pick<Approvals, 'ask' | 'redeem'>
  readonly audit: Pick<AuditLog, 'event' | 'around'>
  readonly clock: Clock
  readonly signIns: SignIns
  readonly apiKeys: Pick<ApiKeys, 'list'>
  readonly records: Records
  /** The provider whose tokens are taken too; null: none, or none that says where it is. */
  readonly elsewhere?: () => Elsewhere | null
}

/** The built-in OAuth 2.1 authorization server: its routes, for the door to serve. */
export function createOAuthRoutes(deps: Deps): ReadonlyArray<OpenRoute> {
  const { audit, clock, items, records, vault } = deps
  const registrations = new Registrations({ records, vault, clock })
  const documents = new ClientDocuments({ network: () => deps.policy.get().network, clock })
  const codes = new Codes(clock)
  const knownHosts = () => items.list().flatMap(({ hosts }) => hosts)
  const elsewhere = (): Elsewhere | null => deps.elsewhere?.() ?? null
  const scopeMap = () => elsewhere()?.scopeMap ?? {}
  const authorize = new Authorize({ ...deps, registrations, documents, codes, knownHosts, scopeMap })
  const token = tokenEndpoint({ ...deps, registrations, codes, scopeMap })
  const revoke = revocationEndpoint(deps)
  const read = (path: string, answer: (origin: string) => object): OpenRoute => ({
    path,
    methods: ['GET', 'HEAD'],
    handle: ({ response, origin }) => sendJson(response, 200, answer(origin)),
  })
  const resource = (origin: string): object => resourceMetadata(origin, elsewhere())
  const form = { methods: ['POST'], bodyType: 'application/x-www-form-urlencoded' } as const
  return [
    read('/.well-known/oauth-protected-resource', resource),
    read('/.well-known/oauth-protected-resource/mcp', resource),
    read('/.well-known/oauth-authorization-server', serverMetadata),
    { path: '/authorize', methods: ['GET'], forBrowsers: true, handle: (exchange) => authorize.handle(exchange) },
    { path: '/token', ...form, handle: (exchange) => answering(exchange, 200, () => token(exchange)) },
    { path: '/revoke', ...form, handle: (exchange) => answering(exchange, 200, () => revoke(exchange)) },
    {
      path: '/register',
      methods: ['POST'],
      bodyType: 'application/json',
      handle: (exchange) =>
        answering(exchange, 201, async () => {
          const registration = registrations.register(parseJson(exchange.body), exchange.source)
          const asker = { kind: 'client', id: registration.clientId } as const
          await audit.event({ kind: 'client.register', asker, target: registration.clientId, outcome: 'ok' })
          return registrationAnswer(registration)
        }),
    },
  ]
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new OAuthError('invalid_client_metadata', 'The body is not JSON.')
  }
}
