import {
  type AuthInfo,
  type JSONRPCRequest,
  type RequestId,
  type Server,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResponse,
} from '@modelcontextprotocol/server'
import { AppError } from '../../shared/app-error.ts'
import { requestId } from './body.ts'
import type { Sender } from './door-servers.ts'
import type { ListKind } from './list-changes.ts'
import type { OpenCall } from './open-calls.ts'
import { sendError } from './respond.ts'
import type { Exchange } from './session-leg.ts'
import type { SessionStream } from './session-stream.ts'
import { SessionTransport } from './session-transport.ts'
import type { Entry } from './sessions.ts'

/** A request that is not answered yet, or whose answer is not out. */
type Running = {
  readonly stream: SessionStream
  readonly call: OpenCall
  /** Set while the client may come back. */
  lost: NodeJS.Timeout | undefined
}

type SessionParts = {
  readonly id: string
  readonly clientId: string
  readonly entry: Entry
  readonly server: Server
  /** A client whose connection broke may come back for its answer within this. */
  readonly resumeWithinMs: number
}

const maxWatched = 100

/** One session of one client: its requests, the streams their answers go to, and the resources it watches. */
export class Session {
  readonly id: string
  readonly clientId: string
  readonly entry: Entry
  readonly #server: Server
  readonly #transport: SessionTransport
  readonly #resumeWithinMs: number
  readonly #watched = new Set<string>()
  /** By stream. */
  readonly #running = new Map<string, Running>()
  /** Not to be used any more; what runs may still say how it ended. */
  #dead = false

  constructor({ id, clientId, entry, server, resumeWithinMs }: SessionParts) {
    this.id = id
    this.clientId = clientId
    this.entry = entry
    this.#server = server
    this.#transport = new SessionTransport(id)
    this.#resumeWithinMs = resumeWithinMs
  }

  /** Opens it by its `initialize`. `watches`: resources can be subscribed to. */
  async begin(request: JSONRPCRequest, exchange: Exchange, revision: string, watches: boolean): Promise<void> {
    if (watches) this.#letWatch()
    await this.#server.connect(this.#transport)
    await this.#during(exchange, () => this.#answer(request, exchange, revision))
  }

  /** Answers a POST or a GET; resolves when the answer is out and its work done. */
  async serve(exchange: Exchange, revision: string): Promise<void> {
    await this.#during(exchange, () =>
      exchange.request.method === 'GET' ? this.#listen(exchange) : this.#take(exchange, revision),
    )
  }

  async tellListChanged(kind: ListKind): Promise<void> {
    if (kind === 'tools') await this.#server.sendToolListChanged()
    else if (kind === 'prompts') await this.#server.sendPromptListChanged()
    else await this.#server.sendResourceListChanged()
  }

  async tellUpdated(uri: string): Promise<void> {
    if (this.#watched.has(uri)) await this.#server.sendResourceUpdated({ uri })
  }

  /** Answers that the client could still have asked for again are gone. */
  forgetAnswers(): void {
    this.#transport.replay.clear()
  }

  /** The id is worth nothing from now on; answers that are under way still go out. */
  retire(): void {
    this.#dead = true
    this.forgetAnswers()
    this.#transport.news.close()
    if (this.entry.open.size === 0) void this.end()
  }

  /** Stops what runs. */
  async end(): Promise<void> {
    for (const { lost, call } of this.#running.values()) {
      clearTimeout(lost)
      call.stopWork(new AppError('cancelled', 'The session was closed.'))
    }
    await this.#server.close().catch(() => undefined)
  }

  async #during({ call }: Exchange, run: () => Promise<void> | void): Promise<void> {
    const { open } = this.entry
    open.add(call)
    try {
      await run()
    } finally {
      open.delete(call)
      if (this.#dead && open.size === 0) await this.end()
    }
  }

  /** A stream of its own, or one that broke off and is taken up again. */
  async #listen({ request, response, call }: Exchange): Promise<void> {
    const { news, replay } = this.#transport
    const eventId = request.headers['last-event-id']
    if (typeof eventId !== 'string') {
      if (!news.isConnected) return news.listenOn(response, null)
      const message = 'A stream of this session is open already.'
      return sendError(response, 409, { code: -32000, message }, null)
    }
    const streamId = replay.streamToResume(eventId)
    if (streamId === undefined) {
      const message = 'What came after this event is not kept any more. Make the call again.'
      return sendError(response, 400, { code: -32000, message }, null)
    }
    if (streamId === news.id) return news.listenOn(response, eventId)
    const running = this.#running.get(streamId)
    // 405 says "no stream here": anything else would make clients of the first SDK ask again and again.
    if (running?.stream.isDone !== false && replay.after(eventId).length === 0) {
      response.setHeader('allow', 'POST, DELETE')
      const message = 'The answer on this stream is complete.'
      return sendError(response, 405, { code: -32000, message }, null)
    }
    if (running === undefined) return this.#transport.completed(streamId).listenOn(response, eventId)
    clearTimeout(running.lost)
    call.onLost(() => this.#mayComeBack(running))
    return running.stream.listenOn(response, eventId)
  }

  #take(exchange: Exchange, revision: string): Promise<void> | void {
    const { message, response } = exchange
    if (message?.['method'] === 'initialize') {
      const error = 'This session is open already. Leave its id away to open another one.'
      return sendError(response, 400, { code: -32600, message: error }, requestId(message))
    }
    if (isJSONRPCRequest(message)) return this.#answer(message, exchange, revision)
    if (!isJSONRPCNotification(message) && !isJSONRPCResponse(message)) {
      return sendError(response, 400, { code: -32600, message: 'This is not a JSON-RPC message.' }, requestId(message))
    }
    this.#transport.onmessage?.(message, { authInfo: this.#authInfo(exchange) })
    if (isCancellation(message)) this.#cancel(message.params.requestId)
    response.writeHead(202).end()
  }

  async #answer(request: JSONRPCRequest, exchange: Exchange, revision: string): Promise<void> {
    const { response, call } = exchange
    const stream = this.#transport.streamFor(request, revision)
    if (stream === null) {
      const message = 'A request with this id is not answered yet.'
      return sendError(response, 400, { code: -32600, message }, request.id)
    }
    const running: Running = { stream, call, lost: undefined }
    this.#running.set(stream.id, running)
    call.onLost(() => {
      if (stream.canBeResumed) this.#mayComeBack(running)
      else call.cancel(new AppError('cancelled', 'The client closed the connection.'))
    })
    try {
      const answered = stream.answerOn(response)
      this.#transport.onmessage?.(request, {
        authInfo: this.#authInfo(exchange),
        closeSSEStream: () => stream.pause(),
        closeStandaloneSSEStream: () => this.#transport.news.close(),
      })
      await answered
      await call.workDone()
    } finally {
      this.#running.delete(stream.id)
      clearTimeout(running.lost)
    }
  }

  /** No answer will come: the work stops, and the stream of the request ends. */
  #cancel(id: RequestId): void {
    const stream = this.#transport.drop(id)
    if (stream === undefined) return
    this.#running.get(stream.id)?.call.stopWork(new AppError('cancelled', 'The client cancelled this call.'))
  }

  /** A broken connection does not cancel (2025-11-25), but nobody may leave work behind for good. */
  #mayComeBack(running: Running): void {
    const cancel = (): void => running.call.cancel(new AppError('cancelled', 'The client closed the connection.'))
    if (this.#dead) return cancel()
    running.lost = setTimeout(cancel, this.#resumeWithinMs).unref()
  }

  #authInfo({ client, call }: Exchange): AuthInfo {
    const extra: Sender & Record<string, unknown> = { client, call }
    return { token: '', clientId: client.id, scopes: [...client.scopes], extra }
  }

  #letWatch(): void {
    this.#server.setRequestHandler('resources/subscribe', ({ params }) => {
      if (this.#watched.size >= maxWatched) throw new AppError('refused', 'Too many resources are watched.')
      this.#watched.add(params.uri)
      return {}
    })
    this.#server.setRequestHandler('resources/unsubscribe', ({ params }) => {
      this.#watched.delete(params.uri)
      return {}
    })
  }
}

function isCancellation(message: object): message is { params: { requestId: RequestId } } {
  const { method, params } = message as { method?: unknown; params?: { requestId?: unknown } }
  return method === 'notifications/cancelled' && ['string', 'number'].includes(typeof params?.requestId)
}
