import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { AppError } from '../../shared/app-error.ts'
import type { Clock } from '../clock.ts'
import { reportBug } from '../report-bug.ts'
import { Authenticator } from './authenticate.ts'
import { readMessage, readText } from './body.ts'
import { guard, refuse } from './guard.ts'
import { type Limits, RateLimit, defaultLimits, sourceOf } from './limits.ts'
import { OpenCalls } from './open-calls.ts'
import type { OpenRoute } from './open-route.ts'
import { sendJson, sendPreflight, sendRefusal, sendRefusalPage, setCommonHeaders } from './respond.ts'
import { type SdkEndpoint, type SdkEndpointOptions, createSdkEndpoint } from './sdk-endpoint.ts'
import type { Client, TokenVerifier } from './token-verifier.ts'

type McpServerOptions = SdkEndpointOptions & {
  /** Ways to tell whose a token is, asked in this order. */
  readonly verifiers: ReadonlyArray<TokenVerifier>
  /** Routes beside `/mcp` that need no token. */
  readonly openRoutes?: ReadonlyArray<OpenRoute>
  readonly clock: Clock
  /** Exact origins of web pages that may call; none by default. */
  readonly allowedOrigins?: ReadonlyArray<string>
  readonly limits?: Partial<Limits>
}

/** Ports tried one after another when the wanted one is taken. */
const portsToTry = 20
const closeGraceMs = 1500
const maxTimeoutMs = 2 ** 31 - 1
const unusableAddress = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'])

/** The localhost MCP server: Streamable HTTP at `/mcp` on 127.0.0.1 and ::1, every request authenticated. */
export class McpServer {
  readonly #limits: Limits
  readonly #clock: Clock
  readonly #sdk: SdkEndpoint
  readonly #authenticator: Authenticator
  readonly #rate: RateLimit
  readonly #openRoutes: ReadonlyArray<OpenRoute>
  readonly #openRate: RateLimit
  readonly #open: OpenCalls
  readonly #origins: ReadonlySet<string>
  readonly #subscriptions: ReadonlyArray<() => void>
  #hosts: ReadonlySet<string> = new Set()
  #servers: ReadonlyArray<Server> = []

  constructor(options: McpServerOptions) {
    const { verifiers, audit, clock } = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#clock = clock
    this.#sdk = createSdkEndpoint(options)
    this.#authenticator = new Authenticator({ verifiers, audit, clock, limits: this.#limits })
    this.#rate = new RateLimit(clock, this.#limits)
    this.#openRoutes = options.openRoutes ?? []
    this.#openRate = new RateLimit(clock, { perSecond: this.#limits.openPerSecond, burst: this.#limits.openBurst })
    this.#open = new OpenCalls(this.#limits.concurrent)
    this.#origins = new Set(options.allowedOrigins)
    const cutOff = (id: string): void => this.#open.end(id, new AppError('unauthorized', 'This key was revoked.'))
    this.#subscriptions = verifiers.map((verifier) => verifier.onRevoked?.(cutOff) ?? (() => undefined))
  }

  /** Opens the port, or with `exact: false` the next free one. Throws AppError in_use, no_permission. */
  async listen(port: number, { exact }: { exact: boolean }): Promise<{ url: string; port: number }> {
    if (this.#servers.length > 0) throw new Error('The MCP server listens already')
    for (let tried = 0; ; tried++) {
      const servers = await this.#bind(port === 0 ? 0 : port + tried)
      if (servers !== null) {
        this.#servers = servers
        const bound = (servers[0].address() as AddressInfo).port
        this.#hosts = new Set([`127.0.0.1:${bound}`, `localhost:${bound}`, `[::1]:${bound}`])
        return { url: `http://127.0.0.1:${bound}/mcp`, port: bound }
      }
      if ((exact && port !== 0) || tried + 1 >= portsToTry || port + tried + 1 > 65_535) {
        throw new AppError('in_use', `Port ${port} is taken by another program.`, {
          hint: 'Choose another port in the settings, or end that program.',
        })
      }
    }
  }

  /** Stops what runs, then closes every connection. Safe to call twice. */
  async close(): Promise<void> {
    for (const unsubscribe of this.#subscriptions) unsubscribe()
    this.#open.end(
      null,
      new AppError('unavailable', 'Clawkeep is closing.', { hint: 'Start it again and repeat the call.' }),
    )
    const servers = this.#servers
    this.#servers = []
    const cut = setTimeout(() => servers.forEach((server) => server.closeAllConnections()), closeGraceMs)
    await Promise.all(servers.map((server) => closeServer(server)))
    clearTimeout(cut)
    await this.#sdk.close()
  }

  /** Both loopback addresses on one port, or null: a stranger on [::1] would get the keys sent to "localhost". */
  async #bind(port: number): Promise<readonly [Server, ...Server[]] | null> {
    const v4 = this.#createServer()
    try {
      await listenOn(v4, port, '127.0.0.1')
    } catch (error) {
      if (errorCode(error) === 'EADDRINUSE') return null
      if (errorCode(error) === 'EACCES') {
        throw new AppError('no_permission', `Port ${port} may not be opened.`, {
          hint: 'Choose a port above 1024.',
          cause: error,
        })
      }
      throw error
    }
    const v6 = this.#createServer()
    try {
      await listenOn(v6, (v4.address() as AddressInfo).port, '::1')
      return [v4, v6]
    } catch (error) {
      if (unusableAddress.has(errorCode(error))) return [v4]
      await closeServer(v4)
      if (errorCode(error) === 'EADDRINUSE') return null
      throw error
    }
  }

  #createServer(): Server {
    const limits = this.#limits
    const server = createServer({
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: 2000,
    })
    server.maxConnections = limits.maxConnections
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      void this.#handle(request, response).catch((error: unknown) => {
        if (!response.destroyed && !response.writableEnded) {
          reportBug('mcp request', error)
          sendRefusal(response, refuse(500, 'internal', 'Something unexpected went wrong.', 'Try again.'))
        }
      })
    }
    server.on('request', listener)
    // A client that asks before it sends its body is told to go on only when the body is wanted.
    server.on('checkContinue', listener)
    server.on('clientError', refuseBroken)
    return server
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const limits = this.#limits
    const settings = {
      hosts: this.#hosts,
      origins: this.#origins,
      maxBodyBytes: limits.maxBodyBytes,
      open: this.#openRoutes,
    }
    const head = { method: request.method ?? '', target: request.url ?? '', rawHeaders: request.rawHeaders }
    const verdict = guard(head, settings)
    const { corsOrigin } = verdict
    setCommonHeaders(response, corsOrigin)
    if (verdict.kind === 'refuse') {
      return (verdict.onPage === true ? sendRefusalPage : sendRefusal)(response, verdict.refusal)
    }
    if (verdict.kind === 'preflight') return sendPreflight(response)
    if (verdict.kind === 'health') return sendJson(response, 200, { ok: true })
    if (verdict.kind === 'open') return this.#serveOpen(verdict.route, request, response)

    const who = await this.#authenticator.check({
      authorization: request.headers.authorization,
      address: addressOf(request),
      origin: originOf(request),
      signal: goneSignal(response),
    })
    if (!who.ok) return sendRefusal(response, who.refusal)
    const { client } = who
    const rate = this.#rate.take(client.id)
    if (!rate.ok) return sendRefusal(response, tooMany('Too many requests.', rate.retryAfterMs))

    if (request.headers.expect !== undefined) response.writeContinue()
    const body = await readMessage(request, limits)
    if (!body.ok) return sendRefusal(response, body.refusal)
    await this.#serve(request, response, client, body.value)
  }

  async #serveOpen(route: OpenRoute, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const source = sourceOf(addressOf(request))
    const rate = this.#openRate.take(`${source} ${route.path}`)
    if (!rate.ok) return sendRefusal(response, tooMany('Too many requests came from here.', rate.retryAfterMs))
    if (request.headers.expect !== undefined) response.writeContinue()
    const limits = { maxBodyBytes: this.#limits.maxOpenBodyBytes, bodyTimeoutMs: this.#limits.bodyTimeoutMs }
    const body = await readText(request, limits)
    if (!body.ok) return sendRefusal(response, body.refusal)
    const { searchParams: query } = new URL(request.url ?? '', originOf(request))
    const method = request.method ?? ''
    await route.handle({ method, query, body: body.text, origin: originOf(request), source, response })
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    client: Client,
    message: Record<string, unknown>,
  ): Promise<void> {
    const id = typeof message['id'] === 'string' || typeof message['id'] === 'number' ? message['id'] : null
    if (message['method'] === 'notifications/cancelled') {
      this.#open.cancel(client.id, (message['params'] as { requestId?: unknown } | undefined)?.requestId)
    }
    const call = this.#open.open(client.id, id, response)
    if (call === null) return sendRefusal(response, tooMany('Too many calls of this client are open.', 1000), id)
    const onGone = (): void => {
      if (!response.writableFinished) call.cancel(new AppError('cancelled', 'The client closed the connection.'))
    }
    response.once('close', onGone)
    const expiry = this.#whenExpired(client, () => call.end(new AppError('unauthorized', 'This key has expired.')))
    try {
      await this.#sdk.serve({ request, response, message, client, call })
    } finally {
      clearTimeout(expiry)
      response.off('close', onGone)
      this.#open.close(call)
    }
  }

  #whenExpired(client: Client, run: () => void): NodeJS.Timeout | undefined {
    if (client.expiresAtMs === null) return undefined
    return setTimeout(run, Math.min(client.expiresAtMs - this.#clock.now(), maxTimeoutMs)).unref()
  }
}

/** As the client called this server; the guard has matched the Host against those that are served. */
function originOf(request: IncomingMessage): string {
  return `http://${(request.headers.host ?? '').toLowerCase()}`
}

function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? ''
}

/** Fires when the client goes away before its answer. */
function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  return gone.signal
}

function tooMany(message: string, retryAfterMs: number): ReturnType<typeof refuse> {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000))
  return refuse(429, 'throttled', message, `Wait ${seconds} s and try again.`, { 'retry-after': String(seconds) })
}

function refuseBroken(error: Error, socket: Duplex): void {
  const code = errorCode(error)
  if (code === 'ECONNRESET' || !socket.writable) socket.destroy()
  else if (code === 'HPE_HEADER_OVERFLOW')
    endRaw(socket, '431 Request Header Fields Too Large', 'The headers are too large.')
  else if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    endRaw(socket, '408 Request Timeout', 'The request did not arrive in time.')
  else endRaw(socket, '400 Bad Request', 'This is not HTTP.')
}

function endRaw(socket: Duplex, status: string, message: string): void {
  const body = JSON.stringify({ jsonrpc: '2.0', error: { code: -32000, message }, id: null })
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\n` +
      `connection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  )
}

function listenOn(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
