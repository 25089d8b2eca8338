import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type AuthInfo,
  type Server,
  WebStandardStreamableHTTPServerTransport,
  isInitializeRequest,
} from '@modelcontextprotocol/server'
import { AppError } from '../../shared/app-error.ts'
import { requestId } from './body.ts'
import type { Offer } from './offer.ts'
import type { OpenCall } from './open-calls.ts'
import { ReplayBuffer } from './replay-buffer.ts'
import { sendError } from './respond.ts'
import type { Sender } from './door-servers.ts'
import type { Entry, Sessions } from './sessions.ts'
import type { Client } from './token-verifier.ts'
import { sendWebResponse, toWebRequest } from './web-exchange.ts'

/** One authenticated request; `message` is null for GET and DELETE. */
export type Exchange = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly message: Readonly<Record<string, unknown>> | null
  readonly client: Client
  readonly call: OpenCall
}

type Deps = {
  readonly makeServer: () => Server
  readonly sessions: Sessions
  readonly offer: Pick<Offer, 'changes' | 'resources'>
  /** A client whose connection broke may come back for its answer within this. */
  readonly resumeWithinMs: number
}

type Session = {
  readonly id: string
  readonly clientId: string
  readonly entry: Entry
  readonly server: Server
  readonly transport: WebStandardStreamableHTTPServerTransport
  readonly replay: ReplayBuffer
  readonly watched: Set<string>
  /** By stream: the call whose answer goes there. */
  readonly streams: Map<string, OpenCall>
  readonly lost: Map<string, NodeJS.Timeout>
  /** Not to be used any more; what runs may still say how it ended. */
  dead: boolean
}

/**
 * The session era (2025-03-26 to 2025-11-25) beside the stateless handler, by the SDK's own transport: `GET` streams,
 * resumption, questions of the server to the client. A session id is no credential: every request is authenticated, and a
 * session of another client is answered as one that never was.
 */
export class SessionLeg {
  readonly #deps: Deps
  readonly #byId = new Map<string, Session>()
  readonly #subscriptions: ReadonlyArray<() => void>

  constructor(deps: Deps) {
    this.#deps = deps
    const { changes, resources } = deps.offer
    this.#subscriptions = [
      changes?.subscribe((kind, clientId) => {
        for (const session of this.#of(clientId)) void tellListChanged(session.server, kind).catch(() => undefined)
      }) ?? (() => undefined),
      resources?.onUpdated?.((uri, clientId) => {
        for (const { server, watched } of this.#of(clientId))
          if (watched.has(uri)) void server.sendResourceUpdated({ uri }).catch(() => undefined)
      }) ?? (() => undefined),
    ]
  }

  /** Opens a session with `initialize`. */
  async open(exchange: Exchange): Promise<void> {
    const { message, response, client } = exchange
    const id = requestId(message)
    if (!isInitializeRequest(message)) {
      return sendError(response, 400, { code: -32602, message: 'The parameters of initialize do not fit.' }, id)
    }
    const { protocolVersion, clientInfo } = message.params
    const facts = { clientId: client.id, program: clientInfo, era: 'session', revision: protocolVersion } as const
    const sessionId = randomBytes(24).toString('base64url')
    const entry = this.#deps.sessions.open(facts, () => this.#retire(sessionId))
    if (entry === null) {
      response.setHeader('retry-after', '60')
      return sendError(
        response,
        429,
        { code: -32000, message: 'Too many sessions of this client are open. Close one, or wait.' },
        id,
      )
    }
    const session = this.#make(sessionId, client.id, entry)
    await session.server.connect(session.transport)
    this.#byId.set(sessionId, session)
    await this.#exchange(session, exchange)
    if (response.statusCode !== 200) this.#deps.sessions.end(entry.id)
  }

  /** Answers a request that names a session. */
  async serve(sessionId: string, exchange: Exchange): Promise<void> {
    const session = this.#byId.get(sessionId)
    if (session === undefined || session.clientId !== exchange.client.id) {
      const message =
        'Session not found. It ends with a restart of Clawkeep and when it is idle for long: connect again.'
      return sendError(exchange.response, 404, { code: -32001, message }, requestId(exchange.message))
    }
    this.#deps.sessions.touch(session.entry, toolOf(exchange.message))
    if (exchange.request.method === 'GET') return this.#listen(session, exchange)
    return this.#exchange(session, exchange)
  }

  /** Answers that a client could still have asked for again are gone. */
  forgetAnswers(): void {
    for (const { replay } of this.#byId.values()) replay.clear()
  }

  dispose(): void {
    for (const end of this.#subscriptions) end()
  }

  #of(clientId: string | null): ReadonlyArray<Session> {
    return [...this.#byId.values()].filter((session) => clientId === null || session.clientId === clientId)
  }

  #make(id: string, clientId: string, entry: Entry): Session {
    const replay = new ReplayBuffer()
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => id,
      eventStore: replay,
      onsessionclosed: () => {
        this.#deps.sessions.forget(entry)
        this.#retire(id)
      },
    })
    const server = this.#deps.makeServer()
    const watched = new Set<string>()
    if (this.#deps.offer.resources?.onUpdated !== undefined) watch(server, watched)
    return {
      id,
      clientId,
      entry,
      server,
      transport,
      replay,
      watched,
      streams: new Map(),
      lost: new Map(),
      dead: false,
    }
  }

  /** A stream of its own, or one that broke off and is taken up again. */
  async #listen(session: Session, exchange: Exchange): Promise<void> {
    const eventId = exchange.request.headers['last-event-id']
    if (typeof eventId === 'string') {
      const streamId = session.replay.streamToResume(eventId)
      if (streamId === undefined) {
        const message = 'What came after this event is not kept any more. Make the call again.'
        return sendError(exchange.response, 400, { code: -32000, message }, null)
      }
      const call = session.streams.get(streamId)
      // 405 says "no stream here": anything else would make clients of the first SDK ask again and again.
      if (call === undefined && streamId !== standaloneStream && !session.replay.hasMore(eventId)) {
        exchange.response.setHeader('allow', 'POST, DELETE')
        const message = 'The answer on this stream is complete.'
        return sendError(exchange.response, 405, { code: -32000, message }, null)
      }
      if (call !== undefined) {
        clearTimeout(session.lost.get(streamId))
        session.lost.delete(streamId)
        exchange.call.onLost(() => this.#mayComeBack(session, streamId, call))
      }
    }
    await this.#exchange(session, exchange)
  }

  async #exchange(session: Session, { request, response, message, client, call }: Exchange): Promise<void> {
    const { entry, transport, streams } = session
    entry.open.add(call)
    let streamId: string | null = null
    if (message !== null) {
      call.onLost(() => {
        if (streamId !== null) this.#mayComeBack(session, streamId, call)
        else call.cancel(new AppError('cancelled', 'The client closed the connection.'))
      })
    }
    const endStream = (requestId: string | number): void => endCancelled(session, requestId)
    const extra: Sender & Record<string, unknown> = { client, call, endStream }
    const authInfo: AuthInfo = { token: '', clientId: client.id, scopes: [...client.scopes], extra }
    try {
      const answer = await transport.handleRequest(toWebRequest(request, call.exchangeSignal), {
        ...(message === null ? {} : { parsedBody: message }),
        authInfo,
      })
      await sendWebResponse(answer, response, (chunk) => {
        if (message === null || streamId !== null) return
        streamId = streamIn(chunk)
        if (streamId !== null) streams.set(streamId, call)
      })
      await call.workDone()
    } finally {
      if (streamId !== null) {
        streams.delete(streamId)
        clearTimeout(session.lost.get(streamId))
        session.lost.delete(streamId)
      }
      entry.open.delete(call)
      if (session.dead && entry.open.size === 0) await close(session)
    }
  }

  /** A broken connection does not cancel (2025-11-25), but nobody may leave work behind for good. */
  #mayComeBack(session: Session, streamId: string, call: OpenCall): void {
    const cancel = (): void => call.cancel(new AppError('cancelled', 'The client closed the connection.'))
    if (session.dead) return cancel()
    session.lost.set(streamId, setTimeout(cancel, this.#deps.resumeWithinMs).unref())
  }

  /** The id is worth nothing from now on; answers that are under way still go out. */
  #retire(sessionId: string): void {
    const session = this.#byId.get(sessionId)
    if (session === undefined) return
    this.#byId.delete(sessionId)
    session.dead = true
    session.replay.clear()
    session.transport.closeStandaloneSSEStream()
    if (session.entry.open.size === 0) void close(session)
  }
}

/** The SDK's name for the stream that a plain GET opens. */
const standaloneStream = '_GET_stream'

async function close(session: Session): Promise<void> {
  for (const timer of session.lost.values()) clearTimeout(timer)
  await session.server.close().catch(() => undefined)
}

/** No answer will come for a cancelled request: its stream is closed and the transport forgets it. */
function endCancelled({ transport }: Session, requestId: string | number): void {
  transport.closeSSEStream(requestId)
  const error = { code: -32000, message: 'Cancelled.' }
  void transport.send({ jsonrpc: '2.0', id: requestId, error }).catch(() => undefined)
}

function watch(server: Server, watched: Set<string>): void {
  server.setRequestHandler('resources/subscribe', ({ params }) => {
    if (watched.size >= maxWatched) throw new AppError('refused', 'Too many resources are watched.')
    watched.add(params.uri)
    return {}
  })
  server.setRequestHandler('resources/unsubscribe', ({ params }) => {
    watched.delete(params.uri)
    return {}
  })
}

const maxWatched = 100

async function tellListChanged(server: Server, kind: 'tools' | 'prompts' | 'resources'): Promise<void> {
  if (kind === 'tools') await server.sendToolListChanged()
  else if (kind === 'prompts') await server.sendPromptListChanged()
  else await server.sendResourceListChanged()
}

/** The stream that an event on the wire belongs to, as the replay buffer named it. */
function streamIn(chunk: Uint8Array): string | null {
  return /^id: ([\w-]+)\/\d+$/m.exec(Buffer.from(chunk).toString('utf8'))?.[1] ?? null
}

/** The tool that a message calls. */
export function toolOf(message: Readonly<Record<string, unknown>> | null): string | null {
  if (message?.['method'] !== 'tools/call') return null
  const name = (message['params'] as { name?: unknown } | undefined)?.name
  return typeof name === 'string' ? name : null
}
