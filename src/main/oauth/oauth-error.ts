/** An answer of the sign-in that the standards name (RFC 6749, 7591, 8707); the text is for whoever builds the client. */
export class OAuthError extends Error {
  readonly code: string
  readonly status: number
  readonly retryAfterS: number | undefined

  constructor(code: string, description: string, more: { status?: number; retryAfterS?: number } = {}) {
    super(description)
    this.name = 'OAuthError'
    this.code = code
    this.status = more.status ?? 400
    this.retryAfterS = more.retryAfterS
  }
}

/** While the vault is locked nothing can be issued and nothing is lost: the client keeps what it has and comes again. */
export function lockedError(): OAuthError {
  return new OAuthError('temporarily_unavailable', 'The vault is locked. Ask the person to unlock Clawkeep.', {
    status: 503,
    retryAfterS: 10,
  })
}
