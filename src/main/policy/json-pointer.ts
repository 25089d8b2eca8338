/** What a pointer found: a value, or nothing there. */
export type Found = { readonly there: true; readonly value: unknown } | { readonly there: false }

const nothing: Found = { there: false }
const arrayIndex = /^(0|[1-9]\d{0,8})$/

/**
 * Looks up a JSON pointer (RFC 6901) in a JSON value; `''` is the whole. Own members only, so `/__proto__` finds nothing.
 * Throws TypeError for a pointer that is not one.
 */
export function findByPointer(document: unknown, pointer: string): Found {
  if (pointer === '') return { there: true, value: document }
  if (!pointer.startsWith('/')) throw new TypeError('A JSON pointer starts with /')
  let at: unknown = document
  for (const raw of pointer.slice(1).split('/')) {
    if (/~(?![01])/.test(raw)) throw new TypeError('A JSON pointer escapes only ~0 and ~1')
    const key = raw.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(at)) {
      if (!arrayIndex.test(key) || Number(key) >= at.length) return nothing
      at = at[Number(key)]
    } else if (typeof at === 'object' && at !== null && Object.hasOwn(at, key)) {
      at = (at as Record<string, unknown>)[key]
    } else {
      return nothing
    }
    if (at === undefined) return nothing
  }
  return { there: true, value: at }
}
