import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  SUPPORTED_PROTOCOL_VERSIONS,
  type Server,
  isInitializeRequest,
  isJSONRPCRequest,
} from '@modelcontextprotocol/server'
import { requestId } from './body.ts'
import type { Offer } from './offer.ts'
import type { OpenCall } from './open-calls.ts'
import { sendError } from './respond.ts'
import { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { Client } from './token-verifier.ts'

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

/** The revision of a request that names none (2025-03-26). */
const defaultRevision = '2025-03-26'

/**
 * The session era (2025-03-26 to 2025-11-25) beside the stateless handler, by the SDK's server: `GET` streams, resumption,
 * questions of the server to the client. Why not by the SDK's transport: docs/decisions/0023. A session id is no credential:
 * every request is authenticated, and a session of another client is answered as one that never was.
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
        for (const session of this.#of(clientId)) void session.tellListChanged(kind).catch(() => undefined)
      }) ?? (() => undefined),
      resources?.onUpdated?.((uri, clientId) => {
        for (const session of this.#of(clientId)) void session.tellUpdated(uri).catch(() => undefined)
      }) ?? (() => undefined),
    ]
  }

  /** Opens a session with `initialize`. */
  async open(exchange: Exchange): Promise<void> {
    const { message, response, client } = exchange
    if (!isJSONRPCRequest(message) || !isInitializeRequest(message)) {
      const error = { code: -32602, message: 'The parameters of initialize do not fit.' }
      return sendError(response, 400, error, requestId(message))
    }
    const { protocolVersion, clientInfo } = message.params
    const facts = { clientId: client.id, program: clientInfo, era: 'session', revision: protocolVersion } as const
    const id = randomBytes(24).toString('base64url')
    const entry = this.#deps.sessions.open(facts, () => this.#retire(id))
    if (entry === null) {
      response.setHeader('retry-after', '60')
      const error = { code: -32000, message: 'Too many sessions of this client are open. Close one, or wait.' }
      return sendError(response, 429, error, message.id)
    }
    const { makeServer, resumeWithinMs, offer } = this.#deps
    const session = new Session({ id, clientId: client.id, entry, server: makeServer(), resumeWithinMs })
    this.#byId.set(id, session)
    await session.begin(message, exchange, protocolVersion, offer.resources?.onUpdated !== undefined)
  }

  /** Answers a request that names a session. */
  async serve(sessionId: string, exchange: Exchange): Promise<void> {
    const { request, response, message, client } = exchange
    const session = this.#byId.get(sessionId)
    if (session === undefined || session.clientId !== client.id) {
      const error = 'Session not found. It ends with a restart of Clawkeep and when it is idle for long: connect again.'
      return sendError(response, 404, { code: -32001, message: error }, requestId(message))
    }
    const revision = request.headers['mcp-protocol-version'] ?? defaultRevision
    if (typeof revision !== 'string' || !SUPPORTED_PROTOCOL_VERSIONS.includes(revision)) {
      const error = `This revision is not spoken here. Use one of ${SUPPORTED_PROTOCOL_VERSIONS.join(', ')}.`
      return sendError(response, 400, { code: -32000, message: error }, requestId(message))
    }
    this.#deps.sessions.touch(session.entry, toolOf(message))
    if (request.method !== 'DELETE') return session.serve(exchange, revision)
    this.#deps.sessions.forget(session.entry)
    this.#retire(sessionId)
    await session.end()
    response.writeHead(200).end()
  }

  /** Answers that a client could still have asked for again are gone. */
  forgetAnswers(): void {
    for (const session of this.#byId.values()) session.forgetAnswers()
  }

  dispose(): void {
    for (const end of this.#subscriptions) end()
  }

  #of(clientId: string | null): ReadonlyArray<Session> {
    return [...this.#byId.values()].filter((session) => clientId === null || session.clientId === clientId)
  }

  #retire(sessionId: string): void {
    const session = this.#byId.get(sessionId)
    if (session === undefined) return
    this.#byId.delete(sessionId)
    session.retire()
  }
}

/** The tool that a message calls. */
export function toolOf(message: Readonly<Record<string, unknown>> | null): string | null {
  if (message?.['method'] !== 'tools/call') return null
  const name = (message['params'] as { name?: unknown } | undefined)?.name
  return typeof name === 'string' ? name : null
}
