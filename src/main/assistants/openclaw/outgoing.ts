import { idleMs } from './connections.ts'
import { type Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http'

type OutgoingParts = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Null: none. */
  readonly body: string | null
  readonly agent: Agent
  /** Ends it, with its connection. */
  readonly signal: AbortSignal
}

/** A request to the gateway that has a connection, or is getting one; its first byte leaves with `send`. */
export class Outgoing {
  readonly #request: ClientRequest
  readonly #body: string | null
  readonly #answer: Promise<IncomingMessage>
  #sent = false
  #hasEnded = false
  #connectedAtMs = Infinity

  constructor({ method, path, headers, body, agent, signal }: OutgoingParts) {
    const length = body === null ? {} : { 'content-length': Buffer.byteLength(body) }
    // The signal not as `signal`: for that Node hangs four listeners on each request.
    const options = { method, path, dialSignal: signal, agent, headers: { host: 'localhost', ...length, ...headers } }
    const request = httpRequest(options)
    const stop = (): void => void request.destroy(new Error('stopped'))
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    this.#request = request
    this.#body = body
    request.once('socket', () => (this.#connectedAtMs = performance.now()))
    this.#answer = new Promise((resolve, reject) => {
      let answered = false
      request.on('response', (response) => {
        answered = true
        resolve(response)
      })
      request.on('error', reject)
      // The only sign of an answer that switches to another protocol, which nobody asked for.
      request.on('close', () => {
        this.#hasEnded = true
        signal.removeEventListener('abort', stop)
        // Not for every answered request: an error has a stack.
        if (!answered) reject(new Error('closed without an answer'))
      })
    })
    // Whoever drops it, or sends it late, still learns of it by `send`.
    this.#answer.catch(() => undefined)
  }

  /** Not sent, and its connection failed or has waited so long that the gateway may be closing it: another is to take its place. */
  get isStale(): boolean {
    return !this.#sent && (this.#hasEnded || performance.now() - this.#connectedAtMs > idleMs)
  }

  /** Rejects when it was stopped or broke off before the head of an answer. */
  send(): Promise<IncomingMessage> {
    this.#sent = true
    this.#request.end(this.#body ?? undefined)
    return this.#answer
  }

  /** Gives it up, with its connection, unless it was sent. */
  drop(): void {
    if (!this.#sent) this.#request.destroy()
  }
}
