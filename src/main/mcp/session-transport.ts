import { randomUUID } from 'node:crypto'
import type {
  JSONRPCMessage,
  JSONRPCRequest,
  RequestId,
  Transport,
  TransportSendOptions,
} from '@modelcontextprotocol/server'
import { ReplayBuffer } from './replay-buffer.ts'
import { SessionStream } from './session-stream.ts'

/** The revision from which on a stream may open with an event that carries nothing: older clients take that for a message. */
const opensStreamsSince = '2025-11-25'

/**
 * Carries the messages of one session between the server of the SDK and HTTP: each answer goes to the stream of its
 * request, everything else to the one that the client listens on. Who may ask, and what is answered otherwise, is decided before.
 */
export class SessionTransport implements Transport {
  readonly sessionId: string
  readonly replay = new ReplayBuffer()
  /** What the server says by itself; a client listens on it with a plain GET. */
  readonly news: SessionStream
  onclose?: Transport['onclose']
  onerror?: Transport['onerror']
  onmessage?: Transport['onmessage']
  readonly #asked = new Map<RequestId, SessionStream>()

  constructor(sessionId: string) {
    this.sessionId = sessionId
    this.news = this.#stream('_GET_stream')
  }

  async start(): Promise<void> {}

  /** The stream of a new request; null when one of its id is not answered yet. */
  streamFor({ id, params }: JSONRPCRequest, revision: string): SessionStream | null {
    if (this.#asked.has(id)) return null
    const mayBeWhole = params?._meta?.progressToken === undefined
    const stream = this.#stream(randomUUID(), { opens: revision >= opensStreamsSince, mayBeWhole })
    this.#asked.set(id, stream)
    return stream
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    const json = JSON.stringify(message)
    const isAnswer = !('method' in message)
    const about = isAnswer ? message.id : options?.relatedRequestId
    const stream = about === undefined && !isAnswer ? this.news : this.#asked.get(about ?? '')
    if (stream === undefined) throw new Error('Nobody waits for this message')
    if (isAnswer) this.#asked.delete(about ?? '')
    stream.send(json, isAnswer)
  }

  /** A stream that nothing more comes on, for what is kept of it. */
  completed(id: string): SessionStream {
    const stream = this.#stream(id)
    stream.end()
    return stream
  }

  /** Ends the stream of a request that no answer will come for, and gives it; undefined when there is none. */
  drop(id: RequestId): SessionStream | undefined {
    const stream = this.#asked.get(id)
    stream?.end()
    this.#asked.delete(id)
    return stream
  }

  async close(): Promise<void> {
    for (const stream of [this.news, ...this.#asked.values()]) stream.end()
    this.#asked.clear()
    this.onclose?.()
  }

  #stream(id: string, form = { opens: false, mayBeWhole: false }): SessionStream {
    const { sessionId, replay } = this
    return new SessionStream({ id, sessionId, replay, ...form })
  }
}
