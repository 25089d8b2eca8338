import type { IncomingMessage, ServerResponse } from 'node:http'
import { StringDecoder } from 'node:string_decoder'
import { GatheredWrites } from './gathered-writes.ts'

/** Hands on what the protocol needs and no more: the key stays outside. */
export function toWebRequest(request: IncomingMessage, signal: AbortSignal): Request {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  }
  for (const [name, value] of Object.entries(request.headers)) {
    if ((name.startsWith('mcp-') || name === 'last-event-id') && typeof value === 'string') headers[name] = value
  }
  const parts: Pick<Request, 'url' | 'method' | 'headers' | 'signal'> = {
    url: 'http://127.0.0.1/mcp',
    method: request.method ?? 'POST',
    headers: { get: (name: string) => headers[name.toLowerCase()] ?? null } as Headers,
    signal,
  }
  // The body is handed on parsed, and no more is looked at; a real one follows the signal by a second one, at twice the cost.
  return parts as Request
}

/** So long the head of a stream may wait for what follows it at once: most answers are one message. */
const headWaitMs = 5

/** Sends an answer of the SDK; resolves when it is out or the client is gone. */
export async function sendWebResponse(answer: Response, response: ServerResponse): Promise<void> {
  answer.headers.forEach((value, name) => {
    // Ours say no-store; and Node decides about the connection.
    if (name !== 'cache-control' && name !== 'connection') response.setHeader(name, value)
  })
  if (answer.body === null || answer.headers.get('content-type') !== 'text/event-stream') {
    const text = await answer.text()
    if (text !== '') response.setHeader('content-length', Buffer.byteLength(text))
    response.writeHead(answer.status).end(text)
    return
  }
  response.statusCode = answer.status
  const gathered = new GatheredWrites(response, headWaitMs)
  const decoder = new StringDecoder('utf8')
  const reader = answer.body.getReader()
  // A stream may be silent for long; the transport must know at once that nobody reads it any more.
  const onGone = (): void => void reader.cancel().catch(() => undefined)
  response.once('close', onGone)
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done || response.destroyed) break
      if (!gathered.write(decoder.write(value))) await drained(response)
    }
  } finally {
    response.off('close', onGone)
    onGone()
    gathered.end()
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}
