import type { ServerResponse } from 'node:http'
import { GatheredWrites } from './gathered-writes.ts'
import type { ReplayBuffer } from './replay-buffer.ts'

/** An answer that is there within this goes out whole; a longer one becomes a stream. */
const wholeWithinMs = 5
/** What stands between us and the client may close a connection that is silent for longer. */
const keepAliveMs = 15_000

type StreamOptions = {
  readonly id: string
  readonly sessionId: string
  readonly replay: ReplayBuffer
  /** Opens with an event that carries nothing but its id (2025-11-25), so that the client can come back before the first message. */
  readonly opens: boolean
  /** An answer that is there at once goes out as JSON; not to who asked for progress, and so for a stream. */
  readonly mayBeWhole: boolean
}

/**
 * What one request of a session is answered with, or what the server says by itself: over one connection, and over the
 * next when that broke and the client came back.
 */
export class SessionStream {
  readonly id: string
  readonly #options: StreamOptions
  #connection: Connection | null = null
  #decision: NodeJS.Timeout | null = null
  #hasEvents = false
  #isDone = false

  constructor(options: StreamOptions) {
    this.id = options.id
    this.#options = options
  }

  /** Whether the client may know the id of an event, with which it can come back. */
  get canBeResumed(): boolean {
    return this.#hasEvents
  }

  /** Whether its last message was sent. */
  get isDone(): boolean {
    return this.#isDone
  }

  get isConnected(): boolean {
    return this.#connection !== null
  }

  /** Answers on the connection of the request itself. Resolves when nothing more goes out on it. */
  answerOn(response: ServerResponse): Promise<void> {
    this.#decision = setTimeout(() => this.#becomeStream(), wholeWithinMs)
    return this.#connect(response)
  }

  /** A stream from its start: what came after this event, then what comes. Resolves when nothing more goes out on this connection. */
  listenOn(response: ServerResponse, lastEventId: string | null): Promise<void> {
    const ended = this.#connect(response)
    this.#connection?.startEvents()
    if (lastEventId !== null)
      for (const { id, json } of this.#options.replay.after(lastEventId)) this.#connection?.event(id, json)
    if (this.#isDone) this.close()
    return ended
  }

  /** `isLast`: nothing comes after it. */
  send(json: string, isLast: boolean): void {
    if (isLast && this.#options.mayBeWhole && this.#decision !== null && this.#connection !== null) {
      clearTimeout(this.#decision)
      this.#isDone = true
      return this.#connection.endWhole(json)
    }
    this.#becomeStream()
    this.#hasEvents = true
    const id = this.#options.replay.keep(this.id, json)
    this.#connection?.event(id, json)
    if (isLast) this.end()
  }

  /** Nothing more comes. */
  end(): void {
    this.#isDone = true
    this.close()
  }

  /** Ends the connection of a client that can come back for the rest. */
  pause(): void {
    if (this.#options.opens || this.#hasEvents) this.close()
  }

  /** Ends the connection. */
  close(): void {
    this.#becomeStream()
    this.#connection?.endEvents()
  }

  #connect(response: ServerResponse): Promise<void> {
    this.#connection?.endEvents()
    response.setHeader('mcp-session-id', this.#options.sessionId)
    return new Promise((resolve) => {
      const connection = new Connection(response, () => {
        if (this.#connection === connection) this.#connection = null
        resolve()
      })
      this.#connection = connection
    })
  }

  /** Only once: what comes back is a stream already. */
  #becomeStream(): void {
    if (this.#decision === null) return
    clearTimeout(this.#decision)
    this.#decision = null
    this.#connection?.startEvents()
    if (!this.#options.opens) return
    this.#hasEvents = true
    const id = this.#options.replay.open(this.id)
    this.#connection?.event(id, '')
  }
}

/** One HTTP answer: a JSON message, or a stream of events. */
class Connection {
  readonly #response: ServerResponse
  readonly #onEnd: () => void
  #events: GatheredWrites | null = null
  #keepAlive: NodeJS.Timeout | null = null
  #ended = false

  /** `onEnd`: all of it is out, or the client is gone. */
  constructor(response: ServerResponse, onEnd: () => void) {
    this.#response = response
    this.#onEnd = onEnd
    response.once('close', () => this.#end())
  }

  endWhole(json: string): void {
    if (this.#ended) return
    this.#response.setHeader('content-type', 'application/json')
    this.#response.setHeader('content-length', Buffer.byteLength(json))
    this.#response.end(json)
    this.#end()
  }

  startEvents(): void {
    if (this.#ended) return
    this.#response.setHeader('content-type', 'text/event-stream')
    this.#response.setHeader('x-accel-buffering', 'no')
    const events = new GatheredWrites(this.#response)
    this.#events = events
    this.#keepAlive = setInterval(() => events.write(': keepalive\n\n'), keepAliveMs).unref()
  }

  /** `data` is one line. */
  event(id: string, data: string): void {
    if (!this.#ended) this.#events?.write(`${data === '' ? '' : 'event: message\n'}id: ${id}\ndata: ${data}\n\n`)
  }

  endEvents(): void {
    if (this.#ended) return
    this.#events?.end()
    this.#end()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    if (this.#keepAlive !== null) clearInterval(this.#keepAlive)
    this.#onEnd()
  }
}
