import { Agent, type AgentOptions, type ClientRequest } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Socket } from 'node:net'

/** A fresh connection to the gateway inside. */
export type Connect = (timeoutMs: number, signal?: AbortSignal) => Promise<Socket>

const connectTimeoutMs = 10_000
/** Shorter than the 5 s after which Node's HTTP server closes an idle connection: a chat must never meet one that is closing. */
export const idleMs = 2000
/** As many chats as run at once under load: a new connection is a fifth of what a chat costs. */
const maxIdle = 32

/**
 * The connections to one gateway: dialled through its hatch only, and used again for the request that follows at once.
 * An agent that dialled by itself would reach port 80 of this machine.
 */
export class GatewayConnections extends Agent {
  readonly #connect: Connect

  constructor(connect: Connect) {
    super({ keepAlive: true, maxFreeSockets: maxIdle })
    this.#connect = connect
  }

  override createConnection(
    options: AgentOptions & { dialSignal?: AbortSignal },
    done: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    const give = done as (error: Error | null, socket?: Duplex) => void
    this.#connect(connectTimeoutMs, options.dialSignal).then(
      (socket) => give(null, socket),
      (error: Error) => give(error),
    )
  }

  override keepSocketAlive(socket: Duplex): boolean {
    // The types say void; Node gives false for an answer that announced its connection's end.
    const kept: unknown = super.keepSocketAlive(socket)
    // The agent destroys an idle connection that times out.
    ;(socket as Socket).setTimeout(idleMs)
    return kept !== false
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    ;(socket as Socket).setTimeout(0)
    super.reuseSocket(socket, request)
  }
}
