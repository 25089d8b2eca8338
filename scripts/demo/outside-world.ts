import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { makeCertificate } from '../../test/support/tls.ts'

/** A request as it arrived; `atMs` is the wall clock at its head. */
export type SeenRequest = {
  readonly method: string
  readonly path: string
  readonly authorization: string
  readonly body: string
  readonly atMs: number
}

export type OutsideWorld = {
  readonly port: number
  /** The authority that signed its certificate, PEM. */
  readonly ca: string
  /** What it was sent, in order. */
  readonly seen: ReadonlyArray<SeenRequest>
  readonly close: () => Promise<void>
}

/** A small HTTPS server on loopback that plays a web service; it repeats the credential it got, as careless services do. */
export async function startOutsideWorld(): Promise<OutsideWorld> {
  const { ca, cert, key } = makeCertificate()
  const seen: Array<SeenRequest> = []
  const server = createServer({ cert, key }, (request, response) => {
    const atMs = Date.now()
    const chunks: Array<Buffer> = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const authorization = request.headers.authorization ?? ''
      seen.push({
        method: request.method ?? '',
        path: request.url ?? '',
        authorization,
        body: Buffer.concat(chunks).toString('utf8'),
        atMs,
      })
      response.writeHead(201, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ number: seen.length, state: 'open', you_sent: authorization }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    ca,
    seen,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
