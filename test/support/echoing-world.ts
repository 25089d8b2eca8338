import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { makeCertificate } from './tls.ts'

export type EchoingWorld = {
  readonly port: number
  /** The authority that signed its certificate, PEM. */
  readonly ca: string
  /** What arrived, headers and body as one text each. */
  readonly seen: ReadonlyArray<{ readonly path: string; readonly text: string }>
  readonly close: () => Promise<void>
}

/** An HTTPS server on loopback that repeats all it was sent, in the body and in a header, in every encoding a service may use. */
export async function startEchoingWorld(): Promise<EchoingWorld> {
  const { ca, cert, key } = makeCertificate()
  const seen: Array<EchoingWorld['seen'][number]> = []
  const server = createServer({ cert, key }, (request, response) => {
    const chunks: Array<Buffer> = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const given = `${request.headers.authorization ?? ''} ${body.toString('utf8')}`
      seen.push({ path: request.url ?? '', text: given })
      response.writeHead(201, { 'content-type': 'application/json', 'x-echo': encodeURIComponent(given) })
      const bytes = Buffer.from(given)
      response.end(
        JSON.stringify({
          given,
          twice: JSON.stringify(given),
          percent: encodeURIComponent(given),
          hex: bytes.toString('hex'),
          base64: [0, 1, 2].map((before) => Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')),
          base64url: bytes.toString('base64url'),
        }),
      )
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
