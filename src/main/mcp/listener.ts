import {
  type IncomingMessage,
  type Server as HttpServer,
  type ServerOptions,
  type ServerResponse,
  createServer,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Server as TlsServer } from 'node:tls'
import { AppError } from '../../shared/app-error.ts'
import type { Connections } from './connections.ts'
import type { Limits } from './limits.ts'

export type TlsFiles = { readonly key: string; readonly cert: string }

export type ListenerParts = {
  readonly limits: Limits
  readonly connections: Connections
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void
}

/** One open address. */
export type Listener = {
  readonly port: number
  /** New connections are shown this certificate. Does nothing without TLS. */
  readonly renew: (tls: TlsFiles) => void
  /** Accepts nothing new; what runs may end within the time given, then it is cut. */
  readonly close: (graceMs: number) => Promise<void>
}

/** The first byte of every TLS connection (RFC 8446, 5.1: a handshake record). */
const handshakeByte = 0x16

/** Opens one address, with TLS 1.3 when `tls` is given. Rejects with what the system says (EADDRINUSE, …). */
export async function openListener(
  at: { readonly host: string; readonly port: number },
  tls: TlsFiles | null,
  { limits, connections, onRequest }: ListenerParts,
): Promise<Listener> {
  const options: ServerOptions = {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: 2000,
  }
  const server =
    tls === null
      ? createServer(options)
      : createTlsServer({
          ...options,
          ...tls,
          minVersion: 'TLSv1.3',
          ALPNProtocols: ['http/1.1'],
          handshakeTimeout: limits.headersTimeoutMs,
        })
  server.on('request', onRequest)
  // A client that asks before it sends its body is told to go on only when the body is wanted.
  server.on('checkContinue', onRequest)
  server.on('clientError', refuseBroken)
  server.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy())
  server.setTimeout(limits.stalledTimeoutMs)
  // Also ends one that rests too long between two calls; a call that waits for a person is quiet and stays.
  server.on('timeout', (socket: Socket) => {
    if (socket.writableLength > 0 || !connections.isBusy(rawSocket(socket))) socket.destroy()
  })
  const sockets = admitAll(server, tls !== null, limits, connections)
  await listenOn(server, at)
  return {
    port: (server.address() as AddressInfo).port,
    renew: (next) => {
      if (tls !== null) (server as TlsServer).setSecureContext({ ...next, minVersion: 'TLSv1.3' })
    },
    close: (graceMs) => closeServer(server, sockets, connections, graceMs),
  }
}

const rawSockets = new WeakMap<Socket, Socket>()

/** The connection itself, also below TLS: what `Connections` knows it by. */
export function rawSocket(socket: Socket): Socket {
  return rawSockets.get(socket) ?? socket
}

/** Counts each connection before a byte of it is read, and tells who speaks plain HTTP to TLS what is wrong. */
function admitAll(server: HttpServer, isTls: boolean, limits: Limits, connections: Connections): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  const serve = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    if (!connections.admit(socket)) {
      endRaw(socket, '503 Service Unavailable', 'Too many connections are open. Close some and try again.', 5)
      return
    }
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    const pass = (): void => serve.forEach((listener) => void Reflect.apply(listener, server, [socket]))
    if (isTls) whenTls(socket, limits.headersTimeoutMs, pass)
    else pass()
  })
  server.on('secureConnection', (socket: Socket) => {
    for (const raw of sockets) if (sharesPeer(raw, socket)) rawSockets.set(socket, raw)
  })
  return sockets
}

function sharesPeer(one: Socket, other: Socket): boolean {
  return one.remotePort === other.remotePort && one.remoteAddress === other.remoteAddress
}

function whenTls(socket: Socket, timeoutMs: number, pass: () => void): void {
  const deadline = setTimeout(() => socket.destroy(), timeoutMs)
  const ignore = (): void => undefined
  socket.on('error', ignore)
  socket.once('close', () => clearTimeout(deadline))
  socket.once('readable', () => {
    clearTimeout(deadline)
    const head = socket.read() as Buffer | null
    if (head === null) return void socket.destroy()
    if (head[0] === handshakeByte) {
      socket.unshift(head)
      socket.off('error', ignore)
      return pass()
    }
    endRaw(socket, '400 Bad Request', 'This address speaks HTTPS only. Use https:// instead of http://.')
  })
}

function refuseBroken(error: Error, socket: Duplex): void {
  const code = errorCode(error)
  if (code === 'ECONNRESET' || !socket.writable) socket.destroy()
  else if (code === 'HPE_HEADER_OVERFLOW')
    endRaw(socket, '431 Request Header Fields Too Large', 'The headers are too large. Send at most 16 KiB of them.')
  else if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    endRaw(socket, '408 Request Timeout', 'The request did not arrive in time. Send it again.')
  else endRaw(socket, '400 Bad Request', 'This is not HTTP. Use POST to /mcp with HTTP/1.1.')
}

function endRaw(socket: Duplex, status: string, message: string, retryAfterS?: number): void {
  const body = JSON.stringify({ jsonrpc: '2.0', error: { code: -32000, message }, id: null })
  const retry = retryAfterS === undefined ? '' : `retry-after: ${retryAfterS}\r\n`
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\n` +
      `${retry}connection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  )
}

function listenOn(server: HttpServer, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, exclusive: true, ipv6Only: host !== '::' }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function closeServer(
  server: HttpServer,
  sockets: ReadonlySet<Socket>,
  connections: Connections,
  graceMs: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const socket of sockets) if (!connections.isBusy(socket)) socket.destroy()
  const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), graceMs)
  await closed
  clearTimeout(cut)
}

/** The system's word for why it could not be opened; empty for anything else. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** Words for an address that could not be opened. */
export function cannotOpen(error: unknown, host: string, port: number): unknown {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return new AppError('in_use', `Port ${port} is taken by another program.`, {
        hint: 'Choose another port in the settings, or end that program.',
        cause: error,
      })
    case 'EACCES':
      return new AppError('no_permission', `Port ${port} may not be opened.`, {
        hint: 'Choose a port above 1024.',
        cause: error,
      })
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
      return new AppError('unavailable', `This computer does not have the address ${host}.`, {
        hint: 'Look up its present address, or use 0.0.0.0 for all of them.',
        cause: error,
      })
    default:
      return error
  }
}
