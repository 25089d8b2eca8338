import type { ServerResponse } from 'node:http'
import { AppError } from '../../shared/app-error.ts'
import type { OpenExchange } from '../mcp/open-route.ts'
import { sendJson } from '../mcp/respond.ts'
import { OAuthError } from './oauth-error.ts'

/** Runs an endpoint that answers in JSON; what the standards name as an error becomes that error. */
export async function answering(
  exchange: OpenExchange,
  status: number,
  run: () => object | Promise<object>,
): Promise<void> {
  const { response } = exchange
  response.setHeader('pragma', 'no-cache')
  try {
    sendJson(response, status, await run())
  } catch (error) {
    sendOAuthError(response, toOAuthError(error))
  }
}

/** What anything thrown means to a client; unexpected errors are thrown on. */
export function toOAuthError(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error
  if (!(error instanceof AppError)) throw error
  // The log or the disk refuses: nothing was issued.
  return new OAuthError('temporarily_unavailable', error.message, { status: 503, retryAfterS: 10 })
}

function sendOAuthError(response: ServerResponse, error: OAuthError): void {
  if (error.retryAfterS !== undefined) response.setHeader('retry-after', String(error.retryAfterS))
  sendJson(response, error.status, { error: error.code, error_description: plainAscii(error.message) })
}

/** Text in the characters that RFC 6749 lets stand in a description. */
export function plainAscii(text: string): string {
  return text
    .replace(/[“”"]/g, "'")
    .replace(/[^\x20-\x7e]|\\/g, ' ')
    .slice(0, 300)
}
