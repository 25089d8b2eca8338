/**
 * The one byte form of a JSON value (RFC 8785, JSON Canonicalization Scheme): keys sorted by UTF-16 code units, no
 * white space, ECMAScript numbers. Keys whose value is `undefined` are left out.
 * Throws TypeError for what has no such form: NaN, infinities, bigint, functions, lone surrogates.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('A number without a JSON form')
    return String(value)
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new TypeError('A string with a lone surrogate')
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map((entry) => canonicalJson(entry)).join(',')}]`
  if (typeof value === 'object') {
    const record = value as Record<string, unknown>
    let members = ''
    // No arrays in between: every audited call comes through here twice.
    for (const key of Object.keys(record).toSorted()) {
      const member = record[key]
      if (member === undefined) continue
      members += `${members === '' ? '' : ','}${canonicalJson(key)}:${canonicalJson(member)}`
    }
    return `{${members}}`
  }
  throw new TypeError(`A ${typeof value} has no JSON form`)
}
