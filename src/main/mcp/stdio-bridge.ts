import { Agent, type IncomingMessage, request as httpRequest } from 'node:http'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { SseReader } from '../assistants/openclaw/sse.ts'

export type StdioBridgeOptions = {
  /** The running core's MCP address. */
  readonly url: string
  /** The API key of the client that speaks on stdin. */
  readonly key: string
  readonly stdin: Readable
  readonly stdout: Writable
  readonly signal: AbortSignal
}

type Message = Record<string, unknown>

/** After stdin ends, what is still running may finish for this long; then it is cancelled. */
const drainMs = 2000
const maxLineLength = 2 * 1024 * 1024
/** An answer holds its body twice, as text and as structure. */
const maxAnswerChars = 32 * 1024 * 1024
const revisionKey = 'io.modelcontextprotocol/protocolVersion'

/**
 * Carries MCP between standard input and output (one JSON-RPC message per line) and the HTTP server. It passes messages
 * through unchanged in both protocol eras: answers, progress as it comes, and cancellation by closing the one request it
 * belongs to. Nothing but protocol is written to stdout. Resolves when stdin ends or the signal aborts.
 */
export async function runStdioBridge({ url, key, stdin, stdout, signal }: StdioBridgeOptions): Promise<void> {
  const agent = new Agent({ keepAlive: true })
  const running = new Map<string | number, AbortController>()
  const pending = new Set<Promise<void>>()
  let sessionRevision: string | undefined

  const write = (message: unknown): void => {
    if (stdout.writable) stdout.write(`${JSON.stringify(message)}\n`)
  }

  const receive = (message: Message, initializeId: unknown): void => {
    const { id, result } = message as { id?: unknown; result?: { protocolVersion?: unknown } }
    if (initializeId !== undefined && id === initializeId && typeof result?.protocolVersion === 'string') {
      sessionRevision = result.protocolVersion
    }
    write(message)
  }

  const forward = async (message: Message): Promise<void> => {
    const id = idOf(message)
    const stop = new AbortController()
    if (id !== null) running.set(id, stop)
    try {
      const answer = await post(url, key, message, sessionRevision, agent, AbortSignal.any([signal, stop.signal]))
      const initializeId = message['method'] === 'initialize' ? id : undefined
      const answered = await deliver(answer, id, (received) => receive(received, initializeId))
      if (id !== null && !answered && !stop.signal.aborted)
        write(failure(id, 'Clawkeep closed the connection before it answered.'))
    } catch {
      if (id !== null && !stop.signal.aborted && !signal.aborted) {
        write(failure(id, 'Clawkeep cannot be reached. Start it and try again.'))
      }
    } finally {
      if (id !== null && running.get(id) === stop) running.delete(id)
    }
  }

  const take = (line: string): void => {
    if (line.trim() === '') return
    const message = line.length > maxLineLength ? null : parse(line)
    if (message === null) {
      write({ jsonrpc: '2.0', id: null, error: { code: -32700, message: 'This line is not one JSON-RPC message.' } })
      return
    }
    if (message['method'] === 'notifications/cancelled') {
      const named = (message['params'] as { requestId?: unknown } | undefined)?.requestId
      // Closing the request is how a stream is cancelled in both eras; the notification itself has nothing left to name.
      if (typeof named === 'string' || typeof named === 'number') running.get(named)?.abort()
      return
    }
    const done: Promise<void> = forward(message).finally(() => pending.delete(done))
    pending.add(done)
  }

  const lines = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY })
  lines.on('line', take)
  await new Promise<void>((resolve) => {
    lines.once('close', resolve)
    stdout.once('error', () => resolve())
    signal.addEventListener('abort', () => resolve(), { once: true })
    if (signal.aborted) resolve()
  })
  lines.close()
  await drain(pending, running)
  agent.destroy()
}

async function drain(pending: Set<Promise<void>>, running: Map<string | number, AbortController>): Promise<void> {
  const giveUp = setTimeout(() => running.forEach((stop) => stop.abort()), drainMs)
  await Promise.allSettled(pending)
  clearTimeout(giveUp)
}

/** Plain node:http: `fetch` gives up on an answer after five minutes, and a person may take longer to decide. */
function post(
  url: string,
  key: string,
  message: Message,
  sessionRevision: string | undefined,
  agent: Agent,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const body = Buffer.from(JSON.stringify(message))
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'content-length': body.length,
    ...protocolHeaders(message, sessionRevision),
  }
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method: 'POST', headers, agent })
    // Not by the option `signal`: that one also stays on the pooled socket, which outlives this request.
    const stop = (): void => void sent.destroy()
    signal.addEventListener('abort', stop, { once: true })
    sent.on('response', (answer) => {
      // Whoever reads it sees the error too; one that comes when nobody reads any more is of no interest.
      answer.on('error', () => undefined)
      resolve(answer)
    })
    sent.on('error', reject)
    sent.on('close', () => signal.removeEventListener('abort', stop))
    sent.end(body)
    if (signal.aborted) stop()
  })
}

/** What HTTP repeats from the body: the revision in both eras, method and name since 2026-07-28. */
function protocolHeaders(message: Message, sessionRevision: string | undefined): Record<string, string> {
  const params = (message['params'] ?? {}) as { _meta?: Record<string, unknown>; name?: unknown; uri?: unknown }
  const revision = params._meta?.[revisionKey]
  if (typeof revision !== 'string')
    return sessionRevision === undefined ? {} : { 'mcp-protocol-version': sessionRevision }
  const name = params.name ?? params.uri
  return {
    'mcp-protocol-version': revision,
    ...(typeof message['method'] === 'string' ? { 'mcp-method': headerSafe(message['method']) } : {}),
    ...(typeof name === 'string' ? { 'mcp-name': headerSafe(name) } : {}),
  }
}

/** Text outside printable ASCII travels as `=?base64?…?=` (2026-07-28, Streamable HTTP, header values). */
function headerSafe(value: string): string {
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value)
    ? value
    : `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`
}

/** Hands on every message of an answer; false when none of them was the one for `id`. */
async function deliver(
  answer: IncomingMessage,
  id: string | number | null,
  receive: (message: Message) => void,
): Promise<boolean> {
  let answered = false
  const hand = (text: string): void => {
    const message = parse(text)
    if (message === null) return
    // A refusal at the door (401, 429) carries no id: it is the answer to this request all the same.
    const isRefusal = message['error'] !== undefined && idOf(message) === null
    if (isRefusal && id === null) return
    const own = isRefusal ? { ...message, id } : message
    if (idOf(own) === id) answered = true
    receive(own)
  }
  if (answer.headers['content-type']?.startsWith('text/event-stream') === true) {
    const decoder = new StringDecoder('utf8')
    const reader = new SseReader({ maxLineChars: maxAnswerChars, maxEventChars: maxAnswerChars }, hand)
    for await (const chunk of answer as AsyncIterable<Buffer>) reader.push(decoder.write(chunk))
    return answered
  }
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  if (chunks.length > 0) hand(Buffer.concat(chunks).toString('utf8'))
  return answered
}

function failure(id: string | number, message: string): Message {
  return { jsonrpc: '2.0', id, error: { code: -32000, message } }
}

function idOf(message: Message): string | number | null {
  const id = message['id']
  return typeof id === 'string' || typeof id === 'number' ? id : null
}

function parse(text: string): Message | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Message) : null
  } catch {
    return null
  }
}
