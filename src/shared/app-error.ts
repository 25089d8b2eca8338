/** Everything that can be expected to go wrong. The wire, the CLI's exit code and the window's words all follow from it. */
export const errorCodes = [
  'locked',
  'wrong_password',
  'password_needed',
  'throttled',
  'not_found',
  'refused',
  'invalid',
  'conflict',
  'in_use',
  'damaged',
  'rolled_back',
  'too_new',
  'read_only',
  'disk_full',
  'no_permission',
  'unavailable',
  'timeout',
  'cancelled',
  'unauthorized',
  'forbidden_scope',
  'too_large',
  'audit_failed',
  'internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** The part of an error that may cross a process border: no stack, no values. */
export type WireError = {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string
  readonly retryAfterMs?: number
}

/**
 * An expected failure, written for the person who reads it: `message` says what happened, `hint` what to do next.
 * Anything that is not an `AppError` is a bug and is shown as "internal" without its text.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode, message: string, more: { hint?: string; retryAfterMs?: number; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'AppError'
    this.code = code
    this.hint = more.hint
    this.retryAfterMs = more.retryAfterMs
  }

  toWire(): WireError {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
    }
  }
}

/** Turns anything thrown into what may be shown; the text of an unexpected error is dropped because it may hold values. */
export function toWireError(error: unknown): WireError {
  if (error instanceof AppError) return error.toWire()
  return {
    code: 'internal',
    message: 'Something unexpected went wrong.',
    hint: 'Try again. If it happens again, report it with the log.',
  }
}
