import { type Scope, scopes as allScopes } from '../../shared/models/api-key.ts'
import type { Provider } from '../../shared/models/provider.ts'

type Names = Pick<Provider, 'requiredScopes' | 'scopeMap'>

/** What the provider's scopes allow here: those of our own names, and those the person has mapped. */
export function scopesHere(granted: ReadonlyArray<string>, scopeMap: Provider['scopeMap']): ReadonlyArray<Scope> {
  const mapped = new Set(granted.flatMap((name) => (Object.hasOwn(scopeMap, name) ? (scopeMap[name] ?? []) : [])))
  return allScopes.filter((scope) => mapped.has(scope) || granted.includes(scope))
}

/**
 * What a program should ask the provider for to begin with. Where the person has mapped scopes, only those: a provider
 * refuses a sign-in that names one it does not know (RFC 6749, 5.2).
 */
export function offeredNames({ requiredScopes, scopeMap }: Names): ReadonlyArray<string> {
  const mapped = Object.keys(scopeMap)
  return [...new Set([...requiredScopes, ...(mapped.length > 0 ? mapped : allScopes)])]
}

/**
 * Our scopes in the provider's words, with those that every token needs: programs ask for exactly what a challenge names,
 * and the next token should not lack the other half. None wanted: the least that opens anything.
 */
export function wantedNames({ requiredScopes, scopeMap }: Names, wanted: ReadonlyArray<Scope>): ReadonlyArray<string> {
  const least = allScopes.find((scope) => nameOf(scope, scopeMap) !== undefined) ?? allScopes[0]
  const scopes = wanted.length > 0 ? wanted : [least]
  return [...new Set([...requiredScopes, ...scopes.map((scope) => nameOf(scope, scopeMap) ?? scope)])]
}

/** Of several names the one that opens least. */
function nameOf(scope: Scope, scopeMap: Provider['scopeMap']): string | undefined {
  const names = Object.entries(scopeMap).filter(([, opens]) => opens.includes(scope))
  return names.toSorted(([, a], [, b]) => a.length - b.length)[0]?.[0]
}
