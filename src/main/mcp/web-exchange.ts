import type { IncomingMessage, ServerResponse } from 'node:http'

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

/** Sends an answer of the SDK; resolves when it is out or the client is gone. `onChunk` sees each piece of a stream. */
export async function sendWebResponse(
  answer: Response,
  response: ServerResponse,
  onChunk?: (chunk: Uint8Array) => void,
): Promise<void> {
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
  const gathered = new GatheredWrites(response)
  const reader = answer.body.getReader()
  // A stream may be silent for long; the transport must know at once that nobody reads it any more.
  const onGone = (): void => void reader.cancel().catch(() => undefined)
  response.once('close', onGone)
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done || response.destroyed) break
      onChunk?.(value)
      if (!gathered.write(value)) await drained(response)
    }
  } finally {
    response.off('close', onGone)
    onGone()
    gathered.end()
  }
}

/** So long the head of a stream may wait for what follows it at once: most answers are one message. */
const headWaitMs = 5
const mostGatheredBytes = 64 * 1024

/** Sends what comes at once in one piece: each write is a system call and wakes the client. */
class GatheredWrites {
  readonly #response: ServerResponse
  #parts: Uint8Array[] = []
  #bytes = 0
  #head: NodeJS.Timeout | null
  #turn: NodeJS.Immediate | null = null

  constructor(response: ServerResponse) {
    this.#response = response
    this.#head = setTimeout(() => {
      this.#head = null
      response.flushHeaders()
      this.#flush()
    }, headWaitMs)
  }

  /** False when the client reads too slowly: wait for `drain`. */
  write(chunk: Uint8Array): boolean {
    this.#parts.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes > mostGatheredBytes) return this.#flush()
    if (this.#head === null) this.#turn ??= setImmediate(() => this.#flush())
    return !this.#response.writableNeedDrain
  }

  end(): void {
    const bytes = this.#take()
    if (this.#response.headersSent) return void this.#response.end(bytes)
    // All of it is here: with its length and as text it is one write with the head, instead of one of five parts.
    this.#response.setHeader('content-length', bytes.length)
    this.#response.end(bytes.toString('utf8'))
  }

  #flush(): boolean {
    const bytes = this.#take()
    return bytes.length === 0 || this.#response.destroyed || this.#response.write(bytes)
  }

  #take(): Buffer {
    if (this.#head !== null) clearTimeout(this.#head)
    if (this.#turn !== null) clearImmediate(this.#turn)
    this.#head = null
    this.#turn = null
    const bytes = Buffer.concat(this.#parts)
    this.#parts = []
    this.#bytes = 0
    return bytes
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
