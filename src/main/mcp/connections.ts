import type { Socket } from 'node:net'
import { sourceOf } from './forwarded.ts'
import type { Limits } from './limits.ts'

type Connection = { readonly source: string; busy: number; known: boolean }

/**
 * How many connections there are, in all and from one source. One that is full makes room by closing the oldest that
 * does nothing: a thousand connections that only hold on (slowloris) must not keep a good client out.
 */
export class Connections {
  readonly #limits: Pick<Limits, 'maxConnections' | 'maxConnectionsPerSource'>
  readonly #isShared: (address: string) => boolean
  readonly #all = new Map<Socket, Connection>()
  readonly #perSource = new Map<string, number>()

  /** `isShared` says of which addresses many clients come: the trusted proxies. */
  constructor(
    limits: Pick<Limits, 'maxConnections' | 'maxConnectionsPerSource'>,
    isShared: (address: string) => boolean,
  ) {
    this.#limits = limits
    this.#isShared = isShared
  }

  get count(): number {
    return this.#all.size
  }

  /** False when there is no room and nothing idle to close. */
  admit(socket: Socket): boolean {
    const address = socket.remoteAddress ?? ''
    const source = sourceOf(address)
    const isSingle = source !== 'loopback' && !this.#isShared(address)
    if (isSingle && (this.#perSource.get(source) ?? 0) >= this.#limits.maxConnectionsPerSource) {
      if (!this.#evict((connection) => connection.source === source)) return false
    } else if (this.#all.size >= this.#limits.maxConnections && !this.#evict(() => true)) return false
    this.#all.set(socket, { source, busy: 0, known: false })
    this.#perSource.set(source, (this.#perSource.get(source) ?? 0) + 1)
    socket.once('close', () => this.#forget(socket))
    return true
  }

  /** A request on it is being served: it is not closed to make room until `rest`. `known`: it showed a good key. */
  work(socket: Socket, { known }: { known: boolean }): void {
    const connection = this.#all.get(socket)
    if (connection === undefined) return
    connection.busy++
    connection.known ||= known
  }

  rest(socket: Socket): void {
    const connection = this.#all.get(socket)
    if (connection !== undefined && connection.busy > 0) connection.busy--
  }

  isBusy(socket: Socket): boolean {
    return (this.#all.get(socket)?.busy ?? 0) > 0
  }

  /** Strangers before clients that rest between two calls; among them the oldest. */
  #evict(among: (connection: Connection) => boolean): boolean {
    let resting: Socket | undefined
    for (const [socket, connection] of this.#all) {
      if (connection.busy > 0 || !among(connection)) continue
      if (!connection.known) {
        this.#drop(socket)
        return true
      }
      resting ??= socket
    }
    if (resting === undefined) return false
    this.#drop(resting)
    return true
  }

  #drop(socket: Socket): void {
    this.#forget(socket)
    socket.destroy()
  }

  #forget(socket: Socket): void {
    const connection = this.#all.get(socket)
    if (connection === undefined) return
    this.#all.delete(socket)
    const left = (this.#perSource.get(connection.source) ?? 1) - 1
    if (left > 0) this.#perSource.set(connection.source, left)
    else this.#perSource.delete(connection.source)
  }
}
