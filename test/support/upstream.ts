import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pageBytes } from '../../src/main/mcp/pages.ts'

type SeenRequest = {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** A place outside that keeps what it was sent and answers with the credential it got, as careless servers do. */
export async function startUpstream(): Promise<{
  port: number
  url: string
  seen: SeenRequest[]
  close: () => Promise<void>
}> {
  const seen: SeenRequest[] = []
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      seen.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      })
      if (request.url === '/long') {
        // The credential comes back across the end of a page.
        const before = 'ü'.repeat((pageBytes - 24) / 2)
        response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' })
        response.end(`${before}${request.headers.authorization ?? ''}${'€uro '.repeat(20_000)}`)
        return
      }
      response.writeHead(201, { 'content-type': 'application/json', 'x-echo': request.headers.authorization ?? '' })
      response.end(JSON.stringify({ number: 7, youSent: request.headers.authorization ?? null }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = (): Promise<void> => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  }
  return { port, url: `http://127.0.0.1:${port}`, seen, close }
}
