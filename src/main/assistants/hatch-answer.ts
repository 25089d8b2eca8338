import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ErrorCode, WireError } from '../../shared/app-error.ts'
import type { HttpAnswer } from '../broker/broker.ts'
import { isForwarded } from './hatch-request.ts'

/** HTTP status of each code. */
export const statusOf: Readonly<Record<ErrorCode, number>> = {
  locked: 503,
  wrong_password: 403,
  password_needed: 403,
  throttled: 429,
  not_found: 404,
  refused: 403,
  invalid: 400,
  conflict: 409,
  in_use: 503,
  damaged: 503,
  rolled_back: 503,
  too_new: 503,
  read_only: 503,
  disk_full: 503,
  no_permission: 503,
  unavailable: 502,
  timeout: 504,
  cancelled: 503,
  unauthorized: 403,
  forbidden_scope: 403,
  too_large: 413,
  audit_failed: 503,
  internal: 500,
}

/** Headers by which the hatch speaks for Clawkeep; an upstream that sent one could pass its own refusal off as the person's. */
function isOurs(name: string): boolean {
  return name.toLowerCase().startsWith('x-clawkeep-')
}

/** Sends the answer of an upstream on. */
export function sendAnswer(response: ServerResponse, method: string | undefined, answer: HttpAnswer): void {
  const named = answer.headers.filter(({ name }) => isForwarded(name) && !isOurs(name))
  const raw = named.flatMap(({ name, value }) => [name, value])
  if (method !== 'HEAD') raw.push('content-length', String(answer.body.length))
  if (answer.truncated) raw.push('x-clawkeep-truncated', 'true')
  response.writeHead(answer.status, raw)
  response.end(method === 'HEAD' ? undefined : answer.body)
}

/** Answers in Clawkeep's own name. */
export function sendError(response: ServerResponse, status: number, error: WireError): void {
  const body = JSON.stringify({ error })
  // The header tells Clawkeep's own refusals from those of the upstream. After a body that was not read the line is closed.
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-clawkeep-error': error.code,
    ...(response.req.complete ? {} : { connection: 'close' }),
  })
  response.end(body)
}

/** Says no to what is not one request and one answer. */
export function refuseUpgrade(socket: Duplex): void {
  const body = JSON.stringify({
    error: { code: 'refused', message: 'The hatch carries HTTP requests only: no WebSocket, no other upgrade.' },
  })
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 501 Not Implemented\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
