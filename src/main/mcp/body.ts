import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { type Refusal, bodyTooLarge, refuse } from './guard.ts'

export type BodyLimits = { readonly maxBodyBytes: number; readonly bodyTimeoutMs: number }

export type Body =
  | { readonly ok: true; readonly value: Record<string, unknown> }
  | { readonly ok: false; readonly refusal: Refusal }

/** Deeper nesting than any real call has; a recursive walk over a hostile body must not run out of stack. */
const maxDepth = 64

/**
 * Reads one JSON-RPC message. The whole body must arrive within the deadline (a slow sender holds nothing for long) and
 * stay under the cap, however it declared itself. Rejects only when the connection breaks.
 */
export async function readMessage(request: IncomingMessage, limits: BodyLimits): Promise<Body> {
  const bytes = await readBytes(request, limits)
  if (!Buffer.isBuffer(bytes)) return { ok: false, refusal: bytes }
  const value = isUtf8(bytes) ? parse(bytes.toString('utf8')) : undefined
  if (value === undefined) return no('The body is not JSON.', 'Send one JSON-RPC message in UTF-8.')
  // The session-era leg would run an array item by item, past every limit and the audit that count requests.
  if (Array.isArray(value))
    return no('Several messages in one request are not accepted.', 'Send one JSON-RPC message per request.')
  if (typeof value !== 'object' || value === null)
    return no('The body is not a JSON-RPC message.', 'Send one JSON-RPC message.')
  return { ok: true, value: value as Record<string, unknown> }
}

/** Reads a body of UTF-8 text under the same limits. Rejects only when the connection breaks. */
export async function readText(
  request: IncomingMessage,
  limits: BodyLimits,
): Promise<{ readonly ok: true; readonly text: string } | { readonly ok: false; readonly refusal: Refusal }> {
  const bytes = await readBytes(request, limits)
  if (!Buffer.isBuffer(bytes)) return { ok: false, refusal: bytes }
  if (isUtf8(bytes)) return { ok: true, text: bytes.toString('utf8') }
  return { ok: false, refusal: refuse(400, 'invalid', 'The body is not UTF-8.', 'Send it in UTF-8.') }
}

/** The id under which a message wants its answer; null when it wants none, or names it in no known way. */
export function requestId(message: Readonly<Record<string, unknown>> | null): string | number | null {
  const id = message?.['id']
  return typeof id === 'string' || typeof id === 'number' ? id : null
}

function readBytes(request: IncomingMessage, limits: BodyLimits): Promise<Buffer | Refusal> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const end = (settle: () => void): void => {
      clearTimeout(deadline)
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onError)
      settle()
    }
    const onData = (chunk: Buffer): void => {
      size += chunk.length
      if (size > limits.maxBodyBytes) end(() => resolve(bodyTooLarge(limits.maxBodyBytes)))
      else chunks.push(chunk)
    }
    const onEnd = (): void => end(() => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    const onError = (): void => end(() => reject(new Error('The connection broke while the body was read')))
    const deadline = setTimeout(
      () => end(() => resolve(refuse(408, 'timeout', 'The body did not arrive in time.', 'Send it again.'))),
      limits.bodyTimeoutMs,
    )
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onError)
  })
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return isTooDeep(value, maxDepth) ? undefined : value
  } catch {
    return undefined
  }
}

function isTooDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  return Object.values(value).some((inner) => isTooDeep(inner, levels - 1))
}

function no(message: string, hint: string): Body {
  return { ok: false, refusal: refuse(400, 'invalid', message, hint) }
}
