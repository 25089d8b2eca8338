import { type IncomingHttpHeaders, request as httpRequest } from 'node:http'
import { connect } from 'node:net'

export type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string }

export type Outgoing = {
  method?: string
  path?: string
  headers?: Record<string, string | ReadonlyArray<string> | undefined>
  body?: string | Buffer
  signal?: AbortSignal
}

/** One HTTP request with exactly these headers; resolves with the whole answer. */
export function send(
  port: number,
  { method = 'POST', path = '/mcp', headers = {}, body, signal }: Outgoing = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({
      host: '127.0.0.1',
      port,
      method,
      path,
      agent: false,
      ...(signal === undefined ? {} : { signal }),
    })
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) sent.setHeader(name, value)
    sent.on('response', (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString() }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** The first message of an answer, be it JSON or an event stream. */
export function messageOf({ text }: Answer): {
  result?: Record<string, unknown>
  error?: { code: number; message: string; data?: unknown }
} {
  const data = /^data: (\{.*"jsonrpc".*\})$/m.exec(text)?.[1] ?? text
  return JSON.parse(data)
}

/** Writes these bytes to a fresh connection and resolves with all that came back until it was closed or `waitMs` passed. */
export function sendRaw(port: number, text: string, waitMs = 1000, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => socket.write(text))
    let answer = ''
    const end = (): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(end, waitMs)
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.on('close', end)
    socket.on('error', end)
  })
}
