import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { AppError, toWireError } from '../../shared/app-error.ts'
import type { HttpAnswer, HttpRequestInput } from '../broker/broker.ts'
import type { Clock } from '../clock.ts'
import { RateLimit } from '../mcp/limits.ts'
import type { CertificateAuthority } from './certificate-authority.ts'
import { refuseUpgrade, sendAnswer, sendError, statusOf } from './hatch-answer.ts'
import { forwardable, readBody, reasonOf } from './hatch-request.ts'

const maxHeaderBytes = 32 * 1024
const maxConnections = 256
const maxInFlight = 32
/** Each request that is let through costs two audit entries; an `npm install` with its hundreds of requests must pass. */
const egressRate = { perSecond: 30, burst: 200 }
const headersTimeoutMs = 30_000
const requestTimeoutMs = 60_000
const defaultBodyTimeoutMs = 30_000

/** The name under which the hatch itself answers. */
const hatchHost = 'hatch'
/** One hatch serves one assistant: its bucket needs no other name. */
const egressBucket = 'assistant'

export type HatchProxyOptions = {
  readonly clock: Clock
  readonly authority: CertificateAuthority
  /** What `GET http://hatch/v1/start` tells the script inside. */
  readonly start: unknown
  /** How long a request's body may take to arrive. */
  readonly bodyTimeoutMs?: number
  readonly egress: (request: HttpRequestInput & { readonly reason: string }, signal: AbortSignal) => Promise<HttpAnswer>
}

/**
 * The assistant's only way out: an HTTP/1.1 forward proxy (RFC 9110, 7.6) that opens no connection. Each request, plain or
 * inside a CONNECT tunnel whose TLS ends here, becomes one call of `egress`.
 */
export class HatchProxy {
  readonly server: Server
  readonly #options: HatchProxyOptions
  /** Tunnels by their decrypted socket: the origin that CONNECT named, whatever `Host` says inside (no domain fronting). */
  readonly #tunnels = new WeakMap<Duplex, string>()
  readonly #inner: Server
  readonly #rate: RateLimit
  /** Requests that hold a place, from their header to their answer. */
  #admitted = 0
  #inFlight = 0

  constructor(options: HatchProxyOptions) {
    this.#options = options
    this.#rate = new RateLimit(options.clock, egressRate)
    const limits = { maxHeaderSize: maxHeaderBytes, headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs }
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      this.#handle(request, response).catch(() => response.destroy())
    }
    const onUpgrade = (_request: IncomingMessage, socket: Duplex): void => refuseUpgrade(socket)
    this.server = createServer(limits, onRequest)
    this.server.maxConnections = maxConnections
    this.server.on('upgrade', onUpgrade)
    this.server.on('connect', (request, socket, head) => {
      // A client may begin TLS without waiting for our answer; Node's limit of one read is the limit of this.
      if (head.length > 0) socket.unshift(head)
      this.#tunnel(request.url ?? '', socket as Socket)
    })
    this.#inner = createServer(limits, onRequest)
    this.#inner.on('upgrade', onUpgrade)
  }

  /** Requests that came whole and wait for their answer now; one whose body stays away explains no silence. */
  get inFlight(): number {
    return this.#inFlight
  }

  #tunnel(target: string, socket: Socket): void {
    socket.on('error', () => socket.destroy())
    const origin = parseUrl(`https://${target}/`)
    if (origin === null || origin.pathname !== '/' || origin.username !== '' || origin.search !== '') {
      socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      return
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    const { key, cert } = this.#options.authority.leafFor(origin.hostname.replaceAll(/^\[|\]$/g, ''))
    const secure = new TLSSocket(socket, { isServer: true, key, cert, ALPNProtocols: ['http/1.1'] })
    secure.on('error', () => socket.destroy())
    this.#tunnels.set(secure, origin.origin)
    this.#inner.emit('connection', secure)
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const leaving = new AbortController()
    response.on('close', () => leaving.abort())
    const url = this.#urlOf(request)
    if (url === null)
      return sendError(response, 400, { code: 'invalid', message: 'The hatch takes http and https URLs only.' })
    if (url.hostname === hatchHost && url.protocol === 'http:') return this.#control(url, request, response)
    if (this.#admitted >= maxInFlight) {
      return sendError(response, 429, {
        code: 'throttled',
        message: `${maxInFlight} requests are waiting already.`,
        hint: 'Wait for one of them.',
      })
    }
    // Before anything is written: a refusal here must cost a hostile container's host no disk.
    const turn = this.#rate.take(egressBucket)
    if (!turn.ok) {
      response.setHeader('retry-after', String(Math.ceil(turn.retryAfterMs / 1000)))
      return sendError(response, 429, {
        code: 'throttled',
        message: `More than ${egressRate.perSecond} requests a second.`,
        hint: 'Send fewer requests at once.',
        retryAfterMs: turn.retryAfterMs,
      })
    }
    this.#admitted += 1
    try {
      const body = await readBody(request, this.#options.bodyTimeoutMs ?? defaultBodyTimeoutMs)
      const headers = forwardable(request.rawHeaders)
      const asked = {
        method: request.method ?? 'GET',
        url: url.href,
        headers,
        body,
        reason: reasonOf(request.headers['x-clawkeep-reason']),
      }
      const answer = await this.#ask(asked, leaving.signal)
      if (!response.destroyed) sendAnswer(response, request.method, answer)
    } catch (error) {
      if (response.destroyed) return
      const wire = toWireError(error)
      sendError(response, error instanceof AppError ? statusOf[wire.code] : 500, wire)
    } finally {
      this.#admitted -= 1
    }
  }

  async #ask(...question: Parameters<HatchProxyOptions['egress']>): Promise<HttpAnswer> {
    this.#inFlight += 1
    try {
      return await this.#options.egress(...question)
    } finally {
      this.#inFlight -= 1
    }
  }

  #urlOf(request: IncomingMessage): URL | null {
    const target = request.url ?? ''
    const tunnel = this.#tunnels.get(request.socket)
    if (tunnel !== undefined) return target.startsWith('/') ? parseUrl(tunnel + target) : null
    return target.startsWith('/') ? parseUrl(`http://${hatchHost}${target}`) : parseUrl(target)
  }

  #control(url: URL, request: IncomingMessage, response: ServerResponse): void {
    if (url.pathname !== '/v1/start' || request.method !== 'GET') {
      return sendError(response, 404, { code: 'not_found', message: 'The hatch has no such page.' })
    }
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(JSON.stringify(this.#options.start))
  }
}

function parseUrl(text: string): URL | null {
  try {
    const url = new URL(text)
    return url.protocol === 'http:' || url.protocol === 'https:' ? url : null
  } catch {
    return null
  }
}
