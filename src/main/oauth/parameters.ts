import { OAuthError } from './oauth-error.ts'

const maxValueChars = 2048

/**
 * Reads one parameter; null when it is absent or empty (RFC 6749, 3.1). One that is there twice could be read differently
 * on the way, so it is refused. Throws OAuthError invalid_request.
 */
export function parameter(from: URLSearchParams, name: string): string | null {
  const values = from.getAll(name)
  if (values.length > 1) throw new OAuthError('invalid_request', `${name} is there twice.`)
  const [value = ''] = values
  if (value.length > maxValueChars) throw new OAuthError('invalid_request', `${name} is too long.`)
  return value === '' ? null : value
}

/** The same for one that must be there. */
export function required(from: URLSearchParams, name: string): string {
  const value = parameter(from, name)
  if (value === null) throw new OAuthError('invalid_request', `${name} is missing.`)
  return value
}
