import { randomUUID } from 'node:crypto'
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { z } from 'zod'
import type { Answer, Router } from '../ipc/router.ts'

const maxBodyBytes = 4 * 1024 * 1024
const requestTimeoutMs = 30_000

const ControlCall = z.strictObject({
  route: z.string().max(100),
  input: z.unknown(),
  password: z.string().max(1024).optional(),
  /** Random; with it the command that made the call can cancel it. */
  id: z.string().max(64).optional(),
})
const Cancel = z.strictObject({ id: z.string().max(64) })

/**
 * Answers the CLI while this core owns the home: `POST /call` over a socket that only the same user can open; `POST /cancel` or the
 * end of the connection stops what a call began, where that can be stopped. The socket
 * proves the user, not the person: what matters asks for the vault password with each call.
 */
export class ControlServer {
  readonly #router: Pick<Router, 'call'>
  readonly #address: string
  readonly #server: Server
  readonly #running = new Map<string, AbortController>()

  constructor(options: { router: Pick<Router, 'call'>; address: string }) {
    this.#router = options.router
    this.#address = options.address
    this.#server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
      void this.#answer(request, response).catch(() => response.destroy())
    })
  }

  /** The home lock is held, so a socket file that is already there was left by a core that was killed. */
  async listen(): Promise<void> {
    if (process.platform !== 'win32') rmSync(this.#address, { force: true })
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#address, resolve)
    })
    if (process.platform !== 'win32') chmodSync(this.#address, 0o600)
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isCancel = request.url === '/cancel'
    if (request.method !== 'POST' || (request.url !== '/call' && !isCancel))
      return send(response, 404, refusal('There is no such address.'))
    const body = await readBody(request)
    if (body === null) return send(response, 413, refusal('The call is larger than 4 MiB.'))
    if (isCancel) {
      const { data } = Cancel.safeParse(parseJson(body))
      this.#running.get(data?.id ?? '')?.abort()
      return send(response, 200, { ok: true, value: null })
    }
    const call = ControlCall.safeParse(parseJson(body))
    if (!call.success) return send(response, 400, refusal('The call is not well formed.'))
    const { route, input, password, id = randomUUID() } = call.data
    const stop = new AbortController()
    const gone = (): void => stop.abort()
    response.once('close', gone)
    this.#running.set(id, stop)
    try {
      const answer = await this.#router.call(route, input, { kind: 'cli', password, signal: stop.signal })
      send(response, 200, answer)
    } finally {
      this.#running.delete(id)
    }
  }
}

function refusal(message: string): Answer {
  return { ok: false, error: { code: 'invalid', message } }
}

function send(response: ServerResponse, status: number, answer: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answer))
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
