import { rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A Unix socket that passes on to another one, and can be cut and put back: an engine that stops, without stopping one. */
export class SocketProxy {
  readonly #path: string
  readonly #target: string
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null

  constructor(path: string, target: string) {
    this.#path = path
    this.#target = target
  }

  async open(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(this.#target)
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one)
        one.pipe(other)
        one.on('error', () => other.destroy())
        one.on('close', () => {
          this.#sockets.delete(one)
          other.destroy()
        })
      }
    })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(this.#path, resolve))
  }

  /** Ends every connection and removes the socket. */
  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
    rmSync(this.#path, { force: true })
  }
}
