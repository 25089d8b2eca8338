import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type AuthInfo,
  CLIENT_INFO_META_KEY,
  InMemoryServerEventBus,
  PROTOCOL_VERSION_META_KEY,
  type Server,
  type ServerEvent,
  createMcpHandler,
} from '@modelcontextprotocol/server'
import { type DoorServerDeps, DoorServers, type Sender } from './door-servers.ts'
import type { Limits } from './limits.ts'
import type { ListKind } from './list-changes.ts'
import type { Offer } from './offer.ts'
import { sendError } from './respond.ts'
import { type Exchange, SessionLeg, toolOf } from './session-leg.ts'
import type { Program, Sessions } from './sessions.ts'
import { sendWhenThere, toWebRequest } from './web-exchange.ts'

type EndpointDeps = DoorServerDeps & {
  readonly sessions: Sessions
  readonly limits: Pick<Limits, 'resumeWithinMs' | 'keepAliveMs'>
}

/**
 * The MCP protocol, both eras, by the official SDK: 2026-07-28 and programs that ignore their session are served by the
 * stateless handler, sessions by a leg beside it.
 */
export class SdkEndpoint {
  readonly #sessions: Sessions
  readonly #keepAliveMs: number
  readonly #leg: SessionLeg
  readonly #handler: ReturnType<typeof createMcpHandler>
  readonly #stopChanges: () => void

  constructor(deps: EndpointDeps) {
    const servers = new DoorServers(deps)
    const forRequest = (extra: Record<string, unknown> | undefined): Server => {
      if (extra === undefined) throw new Error('A request reached the SDK without a client')
      return servers.forRequest(extra['method'], (extra as Sender).client)
    }
    const changes = new ChangeBus(deps.offer)
    this.#stopChanges = changes.stop
    this.#sessions = deps.sessions
    this.#keepAliveMs = deps.limits.keepAliveMs
    this.#handler = createMcpHandler(({ authInfo }) => forRequest(authInfo?.extra), {
      legacy: 'stateless',
      bus: changes.bus,
    })
    this.#leg = new SessionLeg({
      makeServer: () => servers.forSession(),
      sessions: deps.sessions,
      offer: deps.offer,
      resumeWithinMs: deps.limits.resumeWithinMs,
    })
  }

  /** Answers one authenticated request; resolves when the answer is out, or nobody wants it any more. */
  async serve(exchange: Exchange): Promise<void> {
    const { request, message } = exchange
    const modern = claimedRevision(message)
    if (modern === null) {
      const sessionId = request.headers['mcp-session-id']
      if (typeof sessionId === 'string') return this.#leg.serve(sessionId, exchange)
      if (message?.['method'] === 'initialize') return this.#leg.open(exchange)
    }
    await this.#serveStateless(exchange, modern)
  }

  /** Drops what is kept to be sent again, as a lock does; sessions go on and hear "locked". */
  forgetAnswers(): void {
    this.#leg.forgetAnswers()
  }

  /** Stops what runs. The HTTP connections are closed by whoever opened them. */
  async close(): Promise<void> {
    this.#stopChanges()
    this.#leg.dispose()
    await this.#handler.close()
  }

  async #serveStateless({ request, response, message, client, call }: Exchange, modern: string | null): Promise<void> {
    const revision = modern ?? headerOf(request.headers['mcp-protocol-version']) ?? ''
    const entry = this.#sessions.stateless(client.id, programOf(message), revision)
    if (entry === null) {
      return sendError(response, 429, { code: -32000, message: 'Too many programs use this key at once.' }, null)
    }
    this.#sessions.touch(entry, toolOf(message))
    entry.open.add(call)
    const method = message?.['method']
    const extra = { client, call, method }
    const authInfo: AuthInfo = { token: '', clientId: client.id, scopes: [...client.scopes], extra }
    const fetch = (): Promise<Response> =>
      this.#handler.fetch(toWebRequest(request, call.exchangeSignal), { parsedBody: message, authInfo })
    try {
      const coming = method === 'subscriptions/listen' ? listener.run(client.id, fetch) : fetch()
      await sendWhenThere(coming, response, this.#keepAliveMs)
    } finally {
      entry.open.delete(call)
    }
  }
}

/** Whose `subscriptions/listen` is being set up: the SDK's bus knows no clients. */
const listener = new AsyncLocalStorage<string>()

/** Carries changes to the clients of 2026-07-28 that listen, each its own. */
class ChangeBus {
  readonly bus = new OwnEventsBus()
  readonly stop: () => void

  constructor({ changes, resources }: Offer) {
    const ends = [
      changes?.subscribe((kind, clientId) => this.bus.publishTo(clientId, { kind: eventOf[kind] })),
      resources?.onUpdated?.((uri, clientId) => this.bus.publishTo(clientId, { kind: 'resource_updated', uri })),
    ]
    this.stop = () => ends.forEach((end) => end?.())
  }
}

class OwnEventsBus extends InMemoryServerEventBus {
  #to: string | null = null

  publishTo(clientId: string | null, event: ServerEvent): void {
    this.#to = clientId
    this.publish(event)
  }

  override subscribe(listen: (event: ServerEvent) => void): () => void {
    const own = listener.getStore()
    return super.subscribe((event) => {
      if (this.#to === null || this.#to === own) listen(event)
    })
  }
}

const eventOf = {
  tools: 'tools_list_changed',
  prompts: 'prompts_list_changed',
  resources: 'resources_list_changed',
} as const satisfies Record<ListKind, ServerEvent['kind']>

/** The revision that a message of 2026-07-28 or later carries in its envelope. */
function claimedRevision(message: Exchange['message']): string | null {
  const meta = metaOf(message)
  const revision = meta?.[PROTOCOL_VERSION_META_KEY]
  if (typeof revision === 'string') return revision
  return meta !== undefined && PROTOCOL_VERSION_META_KEY in meta ? '' : null
}

function programOf(message: Exchange['message']): Program | null {
  const info = metaOf(message)?.[CLIENT_INFO_META_KEY] as { name?: unknown; version?: unknown } | null | undefined
  if (typeof info?.name !== 'string') return null
  return { name: info.name, version: typeof info.version === 'string' ? info.version : '' }
}

function metaOf(message: Exchange['message']): Record<string, unknown> | undefined {
  const meta = (message?.['params'] as { _meta?: unknown } | null | undefined)?._meta
  return typeof meta === 'object' && meta !== null ? (meta as Record<string, unknown>) : undefined
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
