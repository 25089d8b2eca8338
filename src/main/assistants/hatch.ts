import { randomBytes } from 'node:crypto'
import { chmodSync, copyFileSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { AppError } from '../../shared/app-error.ts'
import type { NamedAsker } from '../../shared/models/asker.ts'
import type { Egress } from '../broker/assistant-egress.ts'
import type { Clock } from '../clock.ts'
import { createAuthority } from './certificate-authority.ts'
import { HatchProxy } from './hatch-proxy.ts'
import { makeHatchDir } from './runtime-dir.ts'

/** Connections the script keeps open for us to use; more are dropped. */
const maxParked = 16
const tokenBytes = 32

/** What the script inside must know of the image. */
export type ImageTraits = {
  /** It runs OpenClaw: the script writes a first configuration for it. */
  readonly openclaw: boolean
  /** Its Node programs must be told to use the proxy (NODE_USE_ENV_PROXY), which costs them 60 ms at each start. */
  readonly envProxy: boolean
}

export type HatchOptions = {
  readonly clock: Clock
  readonly runtimeDir: string
  /** `hatch.cjs` of the resources folder. */
  readonly script: string
  readonly asker: NamedAsker
  readonly egress: Egress
  readonly traits: ImageTraits
  /** How long the body of a request out may take to arrive. */
  readonly bodyTimeoutMs?: number
}

/**
 * The only way in and out of one container, for one start of it. Two Unix sockets in a folder that the container sees
 * read-only; both are listened on here, so nothing inside can plant a socket or a link for Clawkeep to follow, nor fill the
 * host's disk. `out.sock` is the proxy. On `in.sock` the script inside leaves waiting connections, and Clawkeep takes one
 * for each request to the gateway.
 */
export class Hatch {
  readonly dir: string
  /** Bearer token of the gateway inside: random for each start, never written anywhere. */
  readonly token: string
  readonly #proxy: HatchProxy
  readonly #parking: Server
  readonly #sockets = new Set<Socket>()
  readonly #parked: Array<Socket> = []
  readonly #waiting: Array<{ readonly give: (socket: Socket) => void; readonly fail: () => void }> = []
  #closed = false

  private constructor(dir: string, token: string, proxy: HatchProxy) {
    this.dir = dir
    this.token = token
    this.#proxy = proxy
    this.#parking = createServer((socket) => this.#park(socket))
    proxy.server.on('connection', (socket) => this.#track(socket))
  }

  /** Makes the folder, the sockets in it and the start facts for the script. */
  static async open(options: HatchOptions): Promise<Hatch> {
    const token = randomBytes(tokenBytes).toString('hex')
    const authority = createAuthority(`Clawkeep hatch of ${options.asker.name}`)
    const dir = makeHatchDir(options.runtimeDir)
    const proxy = new HatchProxy({
      clock: options.clock,
      authority,
      start: { token, ca: authority.certificatePem, ...options.traits },
      ...(options.bodyTimeoutMs === undefined ? {} : { bodyTimeoutMs: options.bodyTimeoutMs }),
      egress: (request, signal) => options.egress(options.asker, request, signal),
    })
    const hatch = new Hatch(dir, token, proxy)
    try {
      // A copy, because the engine may not be able to read where the app is installed (an AppImage, an asar archive).
      copyFileSync(options.script, join(dir, 'hatch.cjs'))
      chmodSync(join(dir, 'hatch.cjs'), 0o444)
      await listen(proxy.server, join(dir, 'out.sock'))
      await listen(hatch.#parking, join(dir, 'in.sock'))
      return hatch
    } catch (error) {
      hatch.close()
      throw error
    }
  }

  /** Requests of the assistant that wait for their answer, mostly for the person. */
  get egressInFlight(): number {
    return this.#proxy.inFlight
  }

  /** A fresh connection to the gateway inside. Rejects with `unavailable` when none comes in time. */
  connect(timeoutMs: number, signal?: AbortSignal): Promise<Socket> {
    for (let socket = this.#parked.shift(); socket !== undefined; socket = this.#parked.shift()) {
      if (!socket.destroyed && socket.readable) return Promise.resolve(unpark(socket))
    }
    return new Promise((resolve, reject) => {
      const give = (socket: Socket): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', fail)
        resolve(socket)
      }
      const fail = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', fail)
        const at = this.#waiting.indexOf(waiter)
        if (at >= 0) this.#waiting.splice(at, 1)
        reject(
          signal?.aborted === true
            ? new AppError('cancelled', 'The request was cancelled.')
            : new AppError('unavailable', 'The assistant does not answer through its hatch.'),
        )
      }
      const waiter = { give, fail }
      const timer = setTimeout(fail, this.#closed ? 0 : timeoutMs)
      signal?.addEventListener('abort', fail)
      this.#waiting.push(waiter)
      if (signal?.aborted === true) fail()
    })
  }

  /** Ends every connection and every wait for one, and removes the folder. */
  close(): void {
    this.#closed = true
    this.#proxy.server.close()
    this.#parking.close()
    for (const socket of this.#sockets) socket.destroy()
    for (const { fail } of this.#waiting.splice(0)) fail()
    rmSync(this.dir, { recursive: true, force: true })
  }

  #park(socket: Socket): void {
    this.#track(socket)
    const next = this.#waiting.shift()
    if (next !== undefined) return next.give(socket)
    if (this.#parked.length >= maxParked) return void socket.destroy()
    // Reading is what notices that the other side is gone; nothing may come before we have asked.
    socket.on('data', dropTalker)
    socket.on('close', () => {
      const at = this.#parked.indexOf(socket)
      if (at >= 0) this.#parked.splice(at, 1)
    })
    this.#parked.push(socket)
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
  }
}

function dropTalker(this: Socket): void {
  this.destroy()
}

function unpark(socket: Socket): Socket {
  return socket.off('data', dropTalker)
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  // The uid inside is not ours; the 0700 folder above keeps everyone else out.
  chmodSync(path, 0o666)
}
