import { type Scope, scopes } from '../../shared/models/api-key.ts'
import type { Provider } from '../../shared/models/provider.ts'
import { scopesHere } from '../mcp/provider-scopes.ts'
import { OAuthError } from './oauth-error.ts'

/**
 * The scopes that a request names, in Clawkeep's own order. None named: all, for the person to untick. The metadata names
 * scopes as the provider elsewhere does, so a program may ask for those here too (`scopeMap`). Names of others
 * (`offline_access`, `openid`) are passed over, as RFC 6749 3.3 allows; nothing known left is an error.
 */
export function readScopes(text: string | null, scopeMap: Provider['scopeMap']): ReadonlyArray<Scope> {
  const named = (text ?? '').split(' ').filter((name) => name !== '')
  if (named.length === 0) return scopes
  const known = scopesHere(named, scopeMap)
  if (known.length > 0) return known
  throw new OAuthError('invalid_scope', `The scopes are ${scopes.join(' ')}.`)
}
