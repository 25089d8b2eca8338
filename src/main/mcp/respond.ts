import type { ServerResponse } from 'node:http'
import { type Refusal, refuse } from './guard.ts'

const securityHeaders: ReadonlyArray<readonly [string, string]> = [
  ['cache-control', 'no-store'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['cross-origin-resource-policy', 'same-origin'],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
]

const corsRequestHeaders =
  'authorization, content-type, accept, mcp-protocol-version, mcp-method, mcp-name, mcp-session-id, last-event-id'
const corsAnswerHeaders = 'mcp-session-id, mcp-protocol-version, www-authenticate, retry-after'

/** Sets what every answer carries; with an allowed origin it is named, never a wildcard. */
export function setCommonHeaders(response: ServerResponse, corsOrigin: string | null): void {
  for (const [name, value] of securityHeaders) response.setHeader(name, value)
  if (corsOrigin === null) return
  response.setHeader('access-control-allow-origin', corsOrigin)
  response.setHeader('access-control-expose-headers', corsAnswerHeaders)
  response.setHeader('cross-origin-resource-policy', 'cross-origin')
  response.setHeader('vary', 'Origin')
}

/** Answers a browser's question whether an allowed page may call; it carries no credentials, so it comes before them. */
export function sendPreflight(response: ServerResponse): void {
  response.setHeader('access-control-allow-methods', 'GET, POST, DELETE')
  response.setHeader('access-control-allow-headers', corsRequestHeaders)
  response.setHeader('access-control-max-age', '600')
  response.writeHead(204).end()
}

/** Ends the request with what was wrong and what to do, as a JSON-RPC error so that every MCP client can show it. */
export function sendRefusal(response: ServerResponse, refusal: Refusal, id: string | number | null = null): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  for (const [name, value] of Object.entries(refusal.headers ?? {})) response.setHeader(name, value)
  sendJson(response, refusal.status, {
    jsonrpc: '2.0',
    error: {
      code: -32000,
      message: `${refusal.message} ${refusal.hint}`,
      data: { code: refusal.code, hint: refusal.hint },
    },
    id,
  })
}

/** Ends the request with an error of the protocol itself. */
export function sendError(
  response: ServerResponse,
  status: number,
  error: { readonly code: number; readonly message: string },
  id: string | number | null,
): void {
  sendJson(response, status, { jsonrpc: '2.0', error, id })
}

/** The same for a person in a browser: plain text on a page that can do nothing. */
export function sendRefusalPage(response: ServerResponse, refusal: Refusal): void {
  for (const [name, value] of Object.entries(refusal.headers ?? {})) response.setHeader(name, value)
  const text = `${refusal.message}\n\n${refusal.hint}\n`
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  response.setHeader('content-length', Buffer.byteLength(text))
  response.writeHead(refusal.status).end(text)
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value)
  response.setHeader('content-type', 'application/json')
  response.setHeader('content-length', Buffer.byteLength(text))
  response.writeHead(status).end(text)
}

/** A refusal that says when to come back. */
export function tooMany(message: string, retryAfterMs: number): Refusal {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000))
  return refuse(429, 'throttled', message, `Wait ${seconds} s and try again.`, { 'retry-after': String(seconds) })
}
