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

/**
 * Sends an answer of the SDK when it is there; resolves when it is out or the client is gone. One that takes longer than
 * `keepAliveMs` becomes a stream with a sign of life that often: Node's fetch gives up on a silent answer after five minutes,
 * proxies after one.
 */
export async function sendWhenThere(
  coming: Promise<Response>,
  response: ServerResponse,
  keepAliveMs: number,
): Promise<void> {
  const signs = setInterval(() => {
    if (!response.headersSent) {
      response.setHeader('x-accel-buffering', 'no')
      response.writeHead(200, { 'content-type': eventStream })
    }
    response.write(': keepalive\n\n')
  }, keepAliveMs)
  let answer: Response
  try {
    answer = await coming
  } finally {
    clearInterval(signs)
  }
  if (!response.headersSent) return sendWebResponse(answer, response)
  const events = new GatheredWrites(response)
  if (isStream(answer)) return sendEvents(answer.body, response, events)
  events.write(`event: message\ndata: ${await answer.text()}\n\n`)
  events.end()
}

async function sendWebResponse(answer: Response, response: ServerResponse): Promise<void> {
  answer.headers.forEach((value, name) => {
    // Ours say no-store; and Node decides about the connection.
    if (name !== 'cache-control' && name !== 'connection') response.setHeader(name, value)
  })
  if (!isStream(answer)) {
    const text = await answer.text()
    if (text !== '') response.setHeader('content-length', Buffer.byteLength(text))
    response.writeHead(answer.status).end(text)
    return
  }
  response.statusCode = answer.status
  await sendEvents(answer.body, response, new GatheredWrites(response, headWaitMs))
}

const eventStream = 'text/event-stream'

function isStream(answer: Response): answer is Response & { readonly body: ReadableStream<Uint8Array> } {
  return answer.body !== null && answer.headers.get('content-type') === eventStream
}

async function sendEvents(
  body: ReadableStream<Uint8Array>,
  response: ServerResponse,
  gathered: GatheredWrites,
): Promise<void> {
  const decoder = new StringDecoder('utf8')
  const reader = body.getReader()
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
