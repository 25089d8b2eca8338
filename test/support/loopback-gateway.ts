import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { type AddressInfo, type Socket, connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../src/shared/app-error.ts'
import type { Assistant } from '../../src/shared/models/assistant.ts'
import { type ChatMessage, GatewayClient, type OpenChat } from '../../src/main/assistants/openclaw/client.ts'
import { checkHealth, type Health } from '../../src/main/assistants/openclaw/health.ts'

export type SeenChat = {
  readonly message: string
  readonly sessionKey: string | undefined
  ended: 'running' | 'done' | 'cancelled'
}

/**
 * One assistant without a container: an OpenClaw-compatible gateway on loopback, spoken to by the same client the
 * supervisor uses. It answers with the message's words, one every `wordMs`.
 */
export class LoopbackAssistant {
  readonly chats: SeenChat[] = []
  wordMs = 5
  /** The status it answers with on a page, whatever is asked there. */
  says: Readonly<Record<string, number>> = {}
  readonly #server: Server
  readonly #token = 'gateway-token-for-tests'

  readonly #elsewhere: number | null
  /** One for as long as it runs, as the supervisor has it: connections are used again. */
  readonly #client = new GatewayClient({
    name: 'demo',
    token: this.#token,
    connect: () => this.#connect(),
    isWaiting: () => false,
  })

  /** `port`: the gateway is another program's, on this port. */
  constructor(port: number | null = null) {
    this.#elsewhere = port
    this.#server = createServer(
      (request, response) => void this.#answer(request, response).catch(() => response.destroy()),
    )
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  /** Cuts every answer off in the middle. */
  breakOff(): void {
    this.#server.closeAllConnections()
  }

  list(): ReadonlyArray<Assistant> {
    return [
      {
        id: 'ast_loopback',
        name: 'demo',
        image: 'demo',
        memoryMiB: 1536,
        state: 'running',
        message: null,
        hint: null,
        progress: null,
        containerId: null,
        startedAtMs: 0,
        memoryUsedMiB: null,
        restarts: 0,
        exitCode: null,
        createdAtMs: 0,
      },
    ]
  }

  openChat(id: string, message: ChatMessage): OpenChat {
    if (id !== 'ast_loopback') throw new AppError('not_found', 'There is no such assistant.')
    return this.#client.openChat(message)
  }

  health(): Promise<Health> {
    return checkHealth('demo', this.#client)
  }

  #connect(): Promise<Socket> {
    const port = this.#elsewhere ?? (this.#server.address() as AddressInfo).port
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(socket))
      socket.on('error', reject)
    })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const told = this.says[request.url ?? '']
    if (told !== undefined) return void response.writeHead(told).end('told so')
    if (request.url === '/readyz' || request.url === '/healthz') return void response.end('ok')
    if (request.method === 'GET') return void response.writeHead(404).end()
    if (request.headers.authorization !== `Bearer ${this.#token}`) return void response.writeHead(401).end()
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { messages } = JSON.parse(Buffer.concat(chunks).toString()) as {
      messages: ReadonlyArray<{ content: string }>
    }
    const [message] = messages
    if (message === undefined) return void response.writeHead(400).end()
    const sessionKey = request.headers['x-openclaw-session-key']
    const chat: SeenChat = { message: message.content, sessionKey: sessionKey?.toString(), ended: 'running' }
    this.chats.push(chat)
    response.on('close', () => {
      if (chat.ended === 'running') chat.ended = 'cancelled'
    })
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const word of chat.message.split(/(?<= )/)) {
      await wait(this.wordMs)
      if (response.destroyed) return
      response.write(`data: ${JSON.stringify({ choices: [{ delta: { content: word } }] })}\n\n`)
    }
    chat.ended = 'done'
    response.end('data: [DONE]\n\n')
  }
}
