import http from 'node:http'
import https from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTcpServer, type Server } from 'node:net'
import { makeCertificate } from '../../support/tls.ts'

/** What a server saw of a request, byte for byte where it matters. */
export type Seen = {
  readonly method: string
  readonly url: string
  readonly rawHeaders: string[]
  readonly body: Buffer
}

export type Upstream = { readonly port: number; readonly seen: Seen[]; close(): Promise<void> }

export type Respond = (request: http.IncomingMessage, response: http.ServerResponse, body: Buffer) => void

export const certificate = makeCertificate()

/** A real server on 127.0.0.1; https unless `plain`. */
export async function serve(
  respond: Respond,
  options: { plain?: boolean; cert?: string; key?: string } = {},
): Promise<Upstream> {
  const seen: Seen[] = []
  const handle = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      seen.push({ method: request.method ?? '', url: request.url ?? '', rawHeaders: request.rawHeaders, body })
      respond(request, response, body)
    })
  }
  const tls = { cert: options.cert ?? certificate.cert, key: options.key ?? certificate.key }
  const server = options.plain === true ? http.createServer(handle) : https.createServer(tls, handle)
  return { seen, ...(await listen(server)) }
}

/** A server that speaks no HTTP of its own accord: `talk` gets the bare connection. */
export async function serveRaw(talk: (socket: Socket) => void): Promise<Upstream> {
  return { seen: [], ...(await listen(createTcpServer(talk))) }
}

async function listen(server: Server): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
