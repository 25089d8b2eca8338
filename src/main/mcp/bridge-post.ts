import { type Agent, type IncomingMessage, request as httpRequest } from 'node:http'
import { StringDecoder } from 'node:string_decoder'
import { SseReader } from '../assistants/openclaw/sse.ts'

/** One JSON-RPC message, not looked into further than needed. */
export type Message = Readonly<Record<string, unknown>>

/** An answer holds its body twice, as text and as structure. */
const maxAnswerChars = 32 * 1024 * 1024
const revisionKey = 'io.modelcontextprotocol/protocolVersion'

/** What a message is sent with. */
export type Sending = {
  readonly url: string
  readonly key: string
  readonly agent: Agent
  /** What `initialize` agreed on; absent in the era that has none. */
  readonly sessionRevision: string | undefined
  readonly signal: AbortSignal
}

/** Plain node:http: `fetch` gives up on an answer after five minutes, and a person may take longer to decide. */
export function post(
  message: Message,
  { url, key, agent, sessionRevision, signal }: Sending,
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

/** Ends a session that nobody will use; nothing depends on its success. */
export function closeSession(sessionId: string, { url, key, agent }: Pick<Sending, 'url' | 'key' | 'agent'>): void {
  const headers = { authorization: `Bearer ${key}`, 'mcp-session-id': sessionId }
  httpRequest(url, { method: 'DELETE', headers, agent })
    .on('response', (answer) => answer.resume())
    .on('error', () => undefined)
    .end()
}

/** Hands on every message of an answer; false when none of them was the one for `id`. */
export async function deliver(
  answer: IncomingMessage,
  id: string | number | null,
  receive: (message: Message) => void,
): Promise<boolean> {
  let answered = false
  const hand = (text: string): void => {
    const message = parseMessage(text)
    if (message === null) return
    // A refusal at the door (401, 429) carries no id: it is the answer to this request all the same.
    const isRefusal = message['error'] !== undefined && idOf(message) === null
    if (isRefusal && id === null) return
    const own = isRefusal ? { ...message, id } : message
    if (idOf(own) === id && own['method'] === undefined) answered = true
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

/** The id of a request or an answer; null where there is none. */
export function idOf(message: Message): string | number | null {
  const id = message['id']
  return typeof id === 'string' || typeof id === 'number' ? id : null
}

/** A text as one message; null when it is none. */
export function parseMessage(text: string): Message | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Message) : null
  } catch {
    return null
  }
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
