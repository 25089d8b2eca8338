import type { IncomingMessage } from 'node:http'
import { AppError } from '../../shared/app-error.ts'
import type { HttpRequestInput } from '../broker/broker.ts'

const maxBodyBytes = 1024 * 1024
const maxReasonChars = 500

/** Headers that speak to a proxy or about one connection only (RFC 9110, 7.6.1), or that the broker sets itself. */
const notForwarded = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'content-length',
  'x-clawkeep-reason',
])

/**
 * The body of a request through the hatch, null when it has none. Rejects with `too_large` beyond 1 MiB, `timeout` when it is
 * not there in time (Node's own time limits do not reach into a CONNECT tunnel), `cancelled` when the sender left.
 */
export function readBody(request: IncomingMessage, timeoutMs: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Array<Buffer> = []
    let bytes = 0
    const end = (settle: () => void): void => {
      clearTimeout(deadline)
      request.off('data', onData).off('end', onEnd).off('close', onLeft)
      settle()
    }
    const fail = (error: AppError): void => end(() => reject(error))
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length
      if (bytes <= maxBodyBytes) chunks.push(chunk)
      else fail(new AppError('too_large', 'A request body through the hatch has at most 1 MiB.'))
    }
    const onEnd = (): void => end(() => resolve(bytes === 0 ? null : Buffer.concat(chunks)))
    const onLeft = (): void => fail(new AppError('cancelled', 'The sender left before its request was whole.'))
    const deadline = setTimeout(
      () => fail(new AppError('timeout', 'The request body did not arrive in time.', { hint: 'Send it again.' })),
      timeoutMs,
    )
    request.on('data', onData).on('end', onEnd).on('close', onLeft)
    // Stays: `close` follows it, and one after the end is of no interest.
    request.on('error', () => undefined)
  })
}

/** Why the assistant asks, from its own header. Node reads header bytes as latin1; programs mean UTF-8. */
export function reasonOf(header: string | ReadonlyArray<string> | undefined): string {
  const text = typeof header === 'string' ? header : (header ?? []).join(', ')
  return Buffer.from(text, 'latin1').toString('utf8').slice(0, maxReasonChars)
}

/** Whether a header goes on through the hatch, either way. */
export function isForwarded(name: string): boolean {
  return !notForwarded.has(name.toLowerCase())
}

/** The headers of a request, as Node gives them, that go on. */
export function forwardable(raw: ReadonlyArray<string>): HttpRequestInput['headers'] {
  const headers: Array<{ name: string; value: string }> = []
  for (let at = 0; at + 1 < raw.length; at += 2) headers.push({ name: raw[at] ?? '', value: raw[at + 1] ?? '' })
  const named = headers
    .filter(({ name }) => name.toLowerCase() === 'connection')
    .flatMap(({ value }) => value.toLowerCase().split(/\s*,\s*/))
  return headers.filter(({ name }) => isForwarded(name) && !named.includes(name.toLowerCase()))
}
