import { AppError } from '../../shared/app-error.ts'
import type { DoorSettings, NetworkDoor } from '../../shared/models/door.ts'
import type { Clock } from '../clock.ts'
import { toStorageError } from '../db/open.ts'
import { reportBug } from '../report-bug.ts'
import { type LoadedCertificate, localCertificate, readCertificate } from './door-certificate.ts'
import { certificateNames, publicUrl, servedHosts } from './door-names.ts'
import { type Listener, type ListenerParts, cannotOpen, errorCode, openListener } from './listener.ts'

type DoorsOptions = {
  readonly parts: ListenerParts
  readonly clock: Clock
  /** Where a certificate made by Clawkeep is kept. */
  readonly certificateFolder: string
  /** Told when the network address was opened, lost or given another certificate by itself. */
  readonly onChange: () => void
}

/** How the door to the network stands; `problem` says why it is not open or will not stay so. */
export type NetworkState = {
  readonly url: string | null
  readonly fingerprint: string | null
  readonly expiresAtMs: number | null
  readonly authorityFile: string | null
  readonly problem: string | null
}

type OpenNetwork = { settings: NetworkDoor; listener: Listener; certificate: LoadedCertificate }

/** Ports tried one after another when the wanted one is taken. */
const portsToTry = 20
/** How often a closed network address is tried again and renewed certificate files are noticed. */
const upkeepEveryMs = 60_000
const closeGraceMs = 1500
const unusableAddress = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'])

/**
 * The addresses the MCP server listens on: loopback in plain HTTP, and at most one other with TLS 1.3. A change opens the new
 * address first and closes the old one only then, so a change that fails leaves everything as it was.
 */
export class Doors {
  readonly #options: DoorsOptions
  #settings: DoorSettings
  #loopback: { readonly port: number; readonly listeners: ReadonlyArray<Listener> } | null = null
  #network: OpenNetwork | null = null
  #problem: string | null = null
  #closed = false
  #upkeep: NodeJS.Timeout | null = null
  #hosts: ReadonlySet<string> = new Set()

  constructor(options: DoorsOptions, settings: DoorSettings) {
    this.#options = options
    this.#settings = settings
  }

  /** Every `Host` value that is served, lower case. */
  get hosts(): ReadonlySet<string> {
    return this.#hosts
  }

  get loopbackPort(): number | null {
    return this.#loopback?.port ?? null
  }

  network(): NetworkState | null {
    if (this.#settings.network === null) return null
    const { address } = this.#settings.network
    const open = this.#network
    return {
      url: open === null ? null : publicUrl(address, this.#settings.hosts, open.listener.port),
      fingerprint: open?.certificate.fingerprint ?? null,
      expiresAtMs: open?.certificate.expiresAtMs ?? null,
      authorityFile: open?.certificate.authorityFile ?? null,
      problem: this.#problem,
    }
  }

  /** Opens loopback, or with `exact: false` the next free port, and what the settings name beside it. Throws AppError in_use, no_permission. */
  async open(port: number, { exact }: { exact: boolean }): Promise<number> {
    const opened = await this.#openLoopback(port, exact)
    // The end may have come meanwhile; nobody would close what is open after it.
    if (this.#closed) await Promise.all(opened.listeners.map((listener) => listener.close(0)))
    const before = this.#loopback
    this.#loopback = opened
    this.#know()
    await Promise.all(before?.listeners.map((listener) => listener.close(closeGraceMs)) ?? [])
    if (this.#upkeep === null && !this.#closed) {
      this.#upkeep = setInterval(() => void this.#maintain(), upkeepEveryMs).unref()
      // Loopback is open already; a network address that cannot be had is shown and tried again.
      await this.#maintain()
    }
    return opened.port
  }

  /** Throws AppError and leaves the old settings in force when the network address or its certificate cannot be used. */
  async apply(settings: DoorSettings): Promise<void> {
    const before = this.#settings
    this.#settings = settings
    try {
      if (this.#loopback !== null) await this.#openNetwork(settings.network)
      this.#problem = null
    } catch (error) {
      this.#settings = before
      throw error
    } finally {
      this.#know()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#upkeep !== null) clearInterval(this.#upkeep)
    this.#upkeep = null
    const listeners = [
      ...(this.#loopback?.listeners ?? []),
      ...(this.#network === null ? [] : [this.#network.listener]),
    ]
    this.#loopback = null
    this.#network = null
    await Promise.all(listeners.map((listener) => listener.close(closeGraceMs)))
  }

  async #openLoopback(port: number, exact: boolean): Promise<{ port: number; listeners: ReadonlyArray<Listener> }> {
    for (let tried = 0; ; tried++) {
      const listeners = await this.#bindLoopback(port === 0 ? 0 : port + tried)
      if (listeners !== null) return { port: listeners[0].port, listeners }
      if ((exact && port !== 0) || tried + 1 >= portsToTry || port + tried + 1 > 65_535) {
        throw new AppError('in_use', `Port ${port} is taken by another program.`, {
          hint: 'Choose another port in the settings, or end that program.',
        })
      }
    }
  }

  /** Both loopback addresses on one port, or null: a stranger on [::1] would get the keys sent to "localhost". */
  async #bindLoopback(port: number): Promise<readonly [Listener, ...Listener[]] | null> {
    const { parts } = this.#options
    let v4: Listener
    try {
      v4 = await openListener({ host: '127.0.0.1', port }, null, parts)
    } catch (error) {
      if (errorCode(error) === 'EADDRINUSE') return null
      throw cannotOpen(error, '127.0.0.1', port)
    }
    try {
      return [v4, await openListener({ host: '::1', port: v4.port }, null, parts)]
    } catch (error) {
      if (unusableAddress.has(errorCode(error))) return [v4]
      await v4.close(0)
      if (errorCode(error) === 'EADDRINUSE') return null
      throw error
    }
  }

  async #openNetwork(wanted: NetworkDoor | null): Promise<void> {
    const before = this.#network
    if (wanted === null) {
      this.#network = null
      await before?.listener.close(closeGraceMs)
      return
    }
    const certificate = this.#certificate(wanted)
    const stays = before?.settings.address === wanted.address && before.settings.port === wanted.port
    const listener =
      before !== null && stays ? renewed(before, certificate) : await this.#replace(before, wanted, certificate)
    this.#network = { settings: wanted, listener, certificate }
  }

  async #replace(before: OpenNetwork | null, wanted: NetworkDoor, certificate: LoadedCertificate): Promise<Listener> {
    try {
      const listener = await this.#openAt(wanted, certificate)
      await before?.listener.close(closeGraceMs)
      return listener
    } catch (error) {
      // The same port on another address: the old one may be in the way of the new one.
      if (errorCode(error) !== 'EADDRINUSE' || before === null || before.settings.port !== wanted.port)
        throw cannotOpen(error, wanted.address, wanted.port)
    }
    await before.listener.close(0)
    try {
      return await this.#openAt(wanted, certificate)
    } catch (error) {
      this.#network = { ...before, listener: await this.#openAt(before.settings, before.certificate) }
      throw cannotOpen(error, wanted.address, wanted.port)
    }
  }

  async #openAt({ address, port }: NetworkDoor, certificate: LoadedCertificate): Promise<Listener> {
    const listener = await openListener({ host: address, port }, certificate, this.#options.parts)
    try {
      certificate.keep()
      return listener
    } catch (error) {
      await listener.close(0)
      throw toStorageError(error, 'certificate')
    }
  }

  #certificate({ address, certificate }: NetworkDoor): LoadedCertificate {
    const nowMs = this.#options.clock.now()
    if (certificate.kind === 'files') return readCertificate(certificate, nowMs)
    const { needed, offered } = certificateNames(address, this.#settings.hosts)
    return localCertificate(this.#options.certificateFolder, needed, offered, nowMs)
  }

  /** Tries again what could not be opened, and shows renewed certificate files to new connections. */
  async #maintain(): Promise<void> {
    const wanted = this.#settings.network
    const before = JSON.stringify(this.network())
    try {
      await this.#openNetwork(wanted)
      this.#problem = null
    } catch (error) {
      if (!(error instanceof AppError)) reportBug('network address', error)
      this.#problem = error instanceof AppError ? `${error.message} ${error.hint ?? ''}`.trim() : 'It cannot be opened.'
    }
    this.#know()
    if (JSON.stringify(this.network()) !== before) this.#options.onChange()
  }

  #know(): void {
    const network =
      this.#network === null ? null : { address: this.#network.settings.address, port: this.#network.listener.port }
    this.#hosts = servedHosts(this.#settings.hosts, this.#loopback?.port ?? null, network)
  }
}

function renewed({ listener, certificate: before }: OpenNetwork, certificate: LoadedCertificate): Listener {
  if (before.fingerprint === certificate.fingerprint) return listener
  certificate.keep()
  listener.renew(certificate)
  return listener
}
