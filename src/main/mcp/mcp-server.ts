import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError } from '../../shared/app-error.ts'
import { DoorSettings } from '../../shared/models/door.ts'
import type { Clock } from '../clock.ts'
import { reportBug } from '../report-bug.ts'
import { Authenticator } from './authenticate.ts'
import { readMessage, readText, requestId } from './body.ts'
import { ClientExchanges } from './client-exchanges.ts'
import { Connections } from './connections.ts'
import type { DoorServerDeps } from './door-servers.ts'
import { Doors, type NetworkState } from './doors.ts'
import { type Arrival, type TrustedProxies, type Via, readForwarded, sourceOf, trustedProxies } from './forwarded.ts'
import { type Refusal, guard, refuse } from './guard.ts'
import { type Limits, RateLimit, defaultLimits } from './limits.ts'
import { rawSocket } from './listener.ts'
import type { OpenRoute } from './open-route.ts'
import { Patience } from './patience.ts'
import { sendJson, sendPreflight, sendRefusal, sendRefusalPage, setCommonHeaders, tooMany } from './respond.ts'
import { SdkEndpoint } from './sdk-endpoint.ts'
import { Sessions } from './sessions.ts'
import { stepUp } from './step-up.ts'
import type { EndedFamily, TokenVerifier } from './token-verifier.ts'

type McpServerOptions = Omit<DoorServerDeps, 'limits'> & {
  /** Ways to tell whose a token is, asked in this order. */
  readonly verifiers: ReadonlyArray<TokenVerifier>
  /** Routes beside `/mcp` that need no token. */
  readonly openRoutes?: ReadonlyArray<OpenRoute>
  readonly clock: Clock
  readonly onLock: (listener: () => void) => () => void
  /** Told when programs connect, call or go; at most twice a second. */
  readonly onSessions?: () => void
  /** Who may come from where, beside loopback; by default nobody. */
  readonly door?: DoorSettings
  /** Where a certificate made by Clawkeep is kept. */
  readonly certificateFolder: string
  /** Told when the address on the network changed by itself. */
  readonly onDoorChange?: () => void
  readonly limits?: Partial<Limits>
}

/** The MCP server: Streamable HTTP at `/mcp` on loopback and where the person opened it, every request authenticated. */
export class McpServer {
  /** Who is connected. */
  readonly sessions: Sessions
  readonly #limits: Limits
  readonly #sdk: SdkEndpoint
  readonly #stepUp: Pick<Parameters<typeof stepUp>[2], 'tools' | 'verifiers'>
  readonly #audit: McpServerOptions['audit']
  readonly #authenticator: Authenticator
  readonly #rate: RateLimit
  readonly #openRoutes: ReadonlyArray<OpenRoute>
  readonly #openRate: RateLimit
  readonly #exchanges: ClientExchanges
  readonly #sourceRate: RateLimit
  readonly #patience: Patience
  readonly #connections: Connections
  readonly #doors: Doors
  readonly #subscriptions: ReadonlyArray<() => void>
  #origins: ReadonlySet<string>
  #trusted: TrustedProxies

  constructor(options: McpServerOptions) {
    const { verifiers, audit, clock } = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.sessions = new Sessions(clock, this.#limits, options.onSessions)
    this.#sdk = new SdkEndpoint({ ...options, limits: this.#limits, sessions: this.sessions })
    this.#stepUp = { tools: options.offer.tools, verifiers }
    this.#audit = audit
    this.#authenticator = new Authenticator({ verifiers, audit, clock, limits: this.#limits })
    this.#rate = new RateLimit(clock, this.#limits)
    this.#openRoutes = options.openRoutes ?? []
    this.#openRate = new RateLimit(clock, { perSecond: this.#limits.openPerSecond, burst: this.#limits.openBurst })
    this.#exchanges = new ClientExchanges({ clock, sdk: this.#sdk, sessions: this.sessions, limits: this.#limits })
    this.#sourceRate = new RateLimit(clock, {
      perSecond: this.#limits.sourcePerSecond,
      burst: this.#limits.sourceBurst,
    })
    this.#patience = new Patience(clock, this.#limits)
    const door = options.door ?? DoorSettings.parse({})
    this.#origins = new Set(door.origins)
    this.#trusted = trustedProxies(door.trustedProxies)
    this.#connections = new Connections(this.#limits, (address) => this.#trusted(address))
    this.#doors = new Doors(
      {
        parts: {
          limits: this.#limits,
          connections: this.#connections,
          onRequest: (request, response) => this.#onRequest(request, response),
        },
        clock,
        certificateFolder: options.certificateFolder,
        onChange: options.onDoorChange ?? (() => undefined),
      },
      door,
    )
    const cutOff = (id: string): void => {
      this.#exchanges.end(id, new AppError('unauthorized', 'This key was revoked.'))
      options.offer.resources?.forget?.(id)
    }
    const endFamily = (ended: EndedFamily): void =>
      this.#exchanges.endFamily(ended, new AppError('unauthorized', 'This sign-in was revoked.'))
    const endLater = (id: string, untilMs: number): void => this.#exchanges.endLater(id, untilMs)
    this.#subscriptions = [
      ...verifiers.map((verifier) => verifier.onRevoked?.(cutOff) ?? (() => undefined)),
      ...verifiers.map((verifier) => verifier.onFamilyEnded?.(endFamily) ?? (() => undefined)),
      ...verifiers.map((verifier) => verifier.onReplaced?.(endLater) ?? (() => undefined)),
      options.onLock(() => this.#sdk.forgetAnswers()),
    ]
  }

  /**
   * Opens the port, or with `exact: false` the next free one; a port that was open is closed once the new one is. Throws
   * AppError in_use, no_permission.
   */
  async listen(port: number, { exact }: { exact: boolean }): Promise<{ url: string; port: number }> {
    const bound = await this.#doors.open(port, { exact })
    return { url: `http://127.0.0.1:${bound}/mcp`, port: bound }
  }

  /** From the next request on. Throws AppError, and leaves what was in force, when an address or a certificate cannot be used. */
  async admit(door: DoorSettings): Promise<void> {
    await this.#doors.apply(door)
    this.#origins = new Set(door.origins)
    this.#trusted = trustedProxies(door.trustedProxies)
  }

  /** How the address on the network stands; null when none is wanted. */
  network(): NetworkState | null {
    return this.#doors.network()
  }

  /** Stops what runs, then closes every connection. Safe to call twice. */
  async close(): Promise<void> {
    for (const unsubscribe of this.#subscriptions) unsubscribe()
    this.#exchanges.end(
      null,
      new AppError('unavailable', 'Clawkeep is closing.', { hint: 'Start it again and repeat the call.' }),
    )
    this.sessions.dispose()
    await this.#doors.close()
    await this.#sdk.close()
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    void this.#handle(request, response).catch((error: unknown) => {
      if (!response.destroyed && !response.writableEnded) {
        reportBug('mcp request', error)
        sendRefusal(response, refuse(500, 'internal', 'Something unexpected went wrong.', 'Try again.'))
      }
    })
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const settings = {
      hosts: this.#doors.hosts,
      origins: this.#origins,
      maxBodyBytes: this.#limits.maxBodyBytes,
      open: this.#openRoutes,
    }
    const via = readForwarded(arrival(request), this.#trusted, settings.hosts)
    const head = { method: request.method ?? '', target: request.url ?? '', rawHeaders: request.rawHeaders }
    const verdict = guard(head, settings)
    const { corsOrigin } = verdict
    setCommonHeaders(response, corsOrigin)
    const refusal = via.refusal ?? wrongVersion(request) ?? (verdict.kind === 'refuse' ? verdict.refusal : null)
    if (refusal !== null || verdict.kind === 'preflight' || verdict.kind === 'health') {
      const rate = this.#sourceRate.take(sourceOf(via.source))
      if (!rate.ok) return this.#slowDown(sourceOf(via.source), 'Too many requests came from here.', rate, response)
    }
    if (refusal !== null) {
      const isPage = verdict.kind === 'refuse' && verdict.onPage === true
      return (isPage ? sendRefusalPage : sendRefusal)(response, refusal)
    }
    if (verdict.kind === 'preflight') return sendPreflight(response)
    if (verdict.kind === 'health') return sendJson(response, 200, { ok: true })
    if (verdict.kind === 'open') return this.#serveOpen(verdict.route, via, request, response)
    if (verdict.kind === 'mcp') await this.#serveClient(via, request, response)
  }

  async #serveClient(via: Via, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const who = await this.#authenticator.check({
      authorization: request.headers.authorization,
      address: via.source,
      origin: via.base,
      signal: goneSignal(response),
    })
    if (!who.ok) return this.#refuseClient(via, who.refusal, response)
    const { client } = who
    const rate = this.#rate.take(client.id)
    if (!rate.ok) return this.#slowDown(client.id, 'Too many requests.', rate, response)

    this.#occupy(request, response, { known: true })
    if (request.method !== 'POST') return this.#exchanges.serve({ request, response, client, message: null })
    if (request.headers.expect !== undefined) response.writeContinue()
    const body = await readMessage(request, this.#limits)
    if (!body.ok) return sendRefusal(response, body.refusal)
    const more = stepUp(body.value, client, { ...this.#stepUp, origin: via.base })
    if (more === null) return this.#exchanges.serve({ request, response, client, message: body.value })
    await this.#audit.event(more.facts)
    sendRefusal(response, more.refusal, requestId(body.value))
  }

  async #refuseClient(via: Via, refusal: Refusal, response: ServerResponse): Promise<void> {
    const source = sourceOf(via.source)
    const rate = this.#sourceRate.take(source)
    if (!rate.ok) return this.#slowDown(source, 'Too many requests came from here.', rate, response)
    if (refusal.status !== 429 || (await this.#patience.wait(source, response))) sendRefusal(response, refusal)
  }

  async #slowDown(
    who: string,
    message: string,
    { retryAfterMs }: { retryAfterMs: number },
    response: ServerResponse,
  ): Promise<void> {
    if (await this.#patience.wait(who, response)) sendRefusal(response, tooMany(message, retryAfterMs))
  }

  /** Until its answer has ended, this connection is not closed to make room for others. */
  #occupy(request: IncomingMessage, response: ServerResponse, state: { known: boolean }): void {
    const socket = rawSocket(request.socket)
    this.#connections.work(socket, state)
    response.once('close', () => this.#connections.rest(socket))
  }

  async #serveOpen(route: OpenRoute, via: Via, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const source = sourceOf(via.source)
    const rate = this.#openRate.take(`${source} ${route.path}`)
    if (!rate.ok) return this.#slowDown(source, 'Too many requests came from here.', rate, response)
    this.#occupy(request, response, { known: false })
    if (request.headers.expect !== undefined) response.writeContinue()
    const limits = { maxBodyBytes: this.#limits.maxOpenBodyBytes, bodyTimeoutMs: this.#limits.bodyTimeoutMs }
    const body = await readText(request, limits)
    if (!body.ok) return sendRefusal(response, body.refusal)
    const { searchParams: query } = new URL(request.url ?? '', via.base)
    const method = request.method ?? ''
    await route.handle({ method, query, body: body.text, origin: via.base, source, response })
  }
}

function arrival({ socket, rawHeaders }: IncomingMessage): Arrival {
  return { peer: socket.remoteAddress ?? '', secure: 'encrypted' in socket, rawHeaders }
}

/** Node's parser also takes HTTP/0.9 and a request that calls itself HTTP/2.0; a proxy before us may read those differently. */
function wrongVersion({ httpVersion }: IncomingMessage): Refusal | null {
  if (httpVersion === '1.1' || httpVersion === '1.0') return null
  return refuse(505, 'invalid', 'This version of HTTP is not spoken here.', 'Use HTTP/1.1.')
}

/** Fires when the client goes away before its answer. */
function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => {
    // Not for every answered request: a reason is an error with a stack.
    if (!response.writableFinished) gone.abort()
  })
  return gone.signal
}
