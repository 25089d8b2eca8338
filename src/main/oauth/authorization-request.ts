import type { Scope } from '../../shared/models/api-key.ts'
import type { Provider } from '../../shared/models/provider.ts'
import type { Consent } from '../../shared/models/sign-in.ts'
import { resourceOf } from '../mcp/authenticate.ts'
import { type ClientDocuments, isDocumentId } from './client-metadata.ts'
import { OAuthError } from './oauth-error.ts'
import { parameter, required } from './parameters.ts'
import { isChallenge } from './pkce.ts'
import { isRegistered, readRedirectUri, type RedirectUri } from './redirect-uri.ts'
import type { Registrations } from './registration.ts'
import { readScopes } from './scopes.ts'

/** Who asks and where the answer goes: both must be known before anything is sent anywhere. */
export type KnownClient = {
  readonly clientId: string
  readonly name: string
  readonly identity: Consent['identity']
  readonly redirect: RedirectUri
}

/** A request to sign in, in order. */
export type AuthorizationRequest = {
  readonly client: KnownClient
  readonly scopes: ReadonlyArray<Scope>
  readonly resource: string
  readonly challenge: string
}

/**
 * Finds the program and checks the redirect address. Throws OAuthError for a page: an answer must never be sent to an
 * address that is not known to be the program's own (open redirector).
 */
export async function readClient(
  query: URLSearchParams,
  known: { readonly registrations: Registrations; readonly documents: ClientDocuments },
): Promise<KnownClient> {
  const clientId = required(query, 'client_id')
  const redirectUri = required(query, 'redirect_uri')
  const isDocument = isDocumentId(clientId)
  const client = isDocument ? await known.documents.get(clientId) : known.registrations.find(clientId)
  if (client === undefined)
    throw new OAuthError(
      'invalid_client',
      'This program is not registered any more. Let it forget its sign-in, or remove Clawkeep from it and add it again.',
    )
  const redirect = readRedirectUri(redirectUri)
  if ('problem' in redirect) throw new OAuthError('invalid_request', redirect.problem)
  if (!isRegistered(redirectUri, client.redirectUris))
    throw new OAuthError('invalid_request', 'The redirect address is not one that this program registered.')
  return { clientId, name: client.name, identity: isDocument ? 'document' : 'registration', redirect }
}

/** Reads the rest. Throws OAuthError whose code is told to the program at its redirect address. */
export function readRequest(
  query: URLSearchParams,
  client: KnownClient,
  { origin, scopeMap }: { readonly origin: string; readonly scopeMap: Provider['scopeMap'] },
): AuthorizationRequest {
  if (parameter(query, 'request') !== null) throw new OAuthError('request_not_supported', 'Send plain parameters.')
  if (parameter(query, 'request_uri') !== null)
    throw new OAuthError('request_uri_not_supported', 'Send plain parameters.')
  if (required(query, 'response_type') !== 'code')
    throw new OAuthError('unsupported_response_type', 'Only response_type=code is served.')
  if ((parameter(query, 'response_mode') ?? 'query') !== 'query')
    throw new OAuthError('invalid_request', 'Only response_mode=query is served.')
  if (parameter(query, 'prompt')?.split(' ').includes('none') === true)
    throw new OAuthError('consent_required', 'The person has to be asked each time.')
  const challenge = required(query, 'code_challenge')
  // Absent means "plain" (RFC 7636, 4.3): a downgrade.
  if (parameter(query, 'code_challenge_method') !== 'S256' || !isChallenge(challenge))
    throw new OAuthError('invalid_request', 'Send a code_challenge with code_challenge_method=S256.')
  const resource = resourceOf(origin)
  const wanted = query.getAll('resource')
  if (wanted.some((name) => name !== resource))
    throw new OAuthError('invalid_target', `Tokens are given for ${resource} only.`)
  return { client, scopes: readScopes(parameter(query, 'scope'), scopeMap), resource, challenge }
}
