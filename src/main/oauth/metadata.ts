import { scopes } from '../../shared/models/api-key.ts'
import type { Provider } from '../../shared/models/provider.ts'
import { resourceOf } from '../mcp/authenticate.ts'
import { offeredNames } from '../mcp/provider-scopes.ts'

/** Where programs may sign in instead, and what its scopes are called. */
export type Elsewhere = Pick<Provider, 'requiredScopes' | 'scopeMap'> & { readonly issuer: string }

/** What this server is and who issues tokens for it (RFC 9728). */
export function resourceMetadata(origin: string, elsewhere: Elsewhere | null) {
  return {
    resource: resourceOf(origin),
    // Whoever named a provider elsewhere wants programs to sign in there first; most clients take the first.
    authorization_servers: elsewhere === null ? [origin] : [elsewhere.issuer, origin],
    scopes_supported: elsewhere === null ? scopes : offeredNames(elsewhere),
    bearer_methods_supported: ['header'],
    resource_name: 'Clawkeep',
  }
}

/** How to get tokens (RFC 8414). The issuer is the address as the client called it, the same string everywhere. */
export function serverMetadata(origin: string) {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
    revocation_endpoint: `${origin}/revoke`,
    scopes_supported: scopes,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['none'],
    revocation_endpoint_auth_methods_supported: ['none'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
  }
}
