import { type Server, createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A door before the door, for programs that cannot send a key: it adds the Authorization header and passes everything else
 * on as it came. Its own name in Host becomes the server's, as a reverse proxy does; a foreign one goes through untouched.
 */
export async function startKeyProxy(): Promise<{
  origin: string
  to: (target: { port: number; key: string }) => void
  close: () => Promise<void>
}> {
  let port = 0
  let target = { port: 0, key: '' }
  const server: Server = createServer((request, response) => {
    const host = request.headers.host?.replace(`:${port}`, `:${target.port}`)
    const headers = { ...request.headers, host, authorization: `Bearer ${target.key}` }
    const { method, url: path } = request
    const onward = httpRequest({ host: '127.0.0.1', port: target.port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      response.flushHeaders()
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
  return {
    origin: `http://127.0.0.1:${port}`,
    to: (next) => {
      target = next
    },
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
