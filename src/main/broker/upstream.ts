import http from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { AppError } from '../../shared/app-error.ts'
import { acceptedEncodings, decoded, UnknownEncoding } from './decoded.ts'
import type { Header } from './request-shape.ts'
import { bareHost, type Address } from './resolve.ts'

/** A request with its credentials in: short-lived, never logged. */
export type Outgoing = {
  readonly method: string
  readonly url: URL
  readonly headers: ReadonlyArray<Header>
  readonly body: Buffer | null
  /** Where to connect; nothing else is tried. */
  readonly addresses: ReadonlyArray<Address>
  /** PEM of the only authority to trust; absent: those of the runtime. */
  readonly ca?: string
}

/** An answer as it came, decompressed; `cut` when it was longer than `keepBytes`. */
export type Incoming = {
  readonly status: number
  readonly headers: ReadonlyArray<Header>
  readonly body: Buffer
  readonly cut: boolean
}

export type Limits = { readonly connectMs: number; readonly idleMs: number; readonly totalMs: number }

export const usualLimits: Limits = { connectMs: 10_000, idleMs: 60_000, totalMs: 300_000 }

const mayHaveArrived = 'The request may have arrived all the same: check before sending it again.'

/**
 * Sends one request over a connection of its own: certificates are always checked, no proxy, no redirect followed, no
 * keep-alive. Reads at most `keepBytes` of the decompressed answer, so a compression bomb costs no more than that.
 * Throws AppError unavailable, timeout, or the signal's reason; texts name the host and nothing else.
 */
export async function sendUpstream(
  out: Outgoing,
  keepBytes: number,
  limits: Limits,
  signal: AbortSignal,
): Promise<Incoming> {
  signal.throwIfAborted()
  const host = out.url.host
  const request = open(out)
  const stop = (): void => void request.destroy()
  let lateness: AppError | null = null
  const late = (message: string) => (): void => {
    lateness = new AppError('timeout', message, { hint: mayHaveArrived })
    request.destroy(lateness)
  }
  const connecting = setTimeout(late(`${host} did not answer the connection in time.`), limits.connectMs)
  const whole = setTimeout(late(`The answer of ${host} took too long.`), limits.totalMs)
  request.once('socket', (socket) => {
    socket.once(out.url.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(connecting))
  })
  request.setTimeout(limits.idleMs, late(`${host} went silent.`))
  signal.addEventListener('abort', stop, { once: true })
  try {
    const response = await headOf(request, out.body)
    return await read(response, keepBytes)
  } catch (error) {
    signal.throwIfAborted()
    throw lateness ?? toAppError(error, host)
  } finally {
    clearTimeout(connecting)
    clearTimeout(whole)
    signal.removeEventListener('abort', stop)
    request.on('error', () => undefined)
    request.destroy()
  }
}

function open(out: Outgoing): http.ClientRequest {
  const { url } = out
  const options = {
    method: out.method,
    host: bareHost(url),
    port: url.port,
    path: `${url.pathname}${url.search}`,
    headers: wireHeaders(out),
    lookup: pinned(out.addresses),
    setDefaultHeaders: false,
    insecureHTTPParser: false,
  }
  if (url.protocol === 'http:') return http.request({ ...options, agent: new http.Agent({ keepAlive: false }) })
  // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment does not switch the check off.
  const tls = {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(out.ca === undefined ? {} : { ca: out.ca }),
  } as const
  return https.request({ ...options, ...tls, agent: new https.Agent({ keepAlive: false, maxCachedSessions: 0 }) })
}

function wireHeaders({ url, headers, body, method }: Outgoing): string[] {
  const own: Header[] = [
    { name: 'Host', value: url.host },
    { name: 'Accept-Encoding', value: acceptedEncodings },
    { name: 'Connection', value: 'close' },
  ]
  if (body !== null || ['POST', 'PUT', 'PATCH'].includes(method))
    own.push({ name: 'Content-Length', value: String(body?.length ?? 0) })
  return [...own, ...headers].flatMap(({ name, value }) => [name, value])
}

/** Answers every look-up with the addresses that were checked. */
function pinned(addresses: ReadonlyArray<Address>): LookupFunction {
  return (_hostname, options, callback) => {
    if (options.all === true) callback(null, [...addresses])
    else callback(null, addresses[0]?.address ?? '', addresses[0]?.family)
  }
}

function headOf(request: http.ClientRequest, body: Buffer | null): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve)
    request.on('error', reject)
    request.once('close', () => reject(new Error('closed without an answer')))
    request.once('upgrade', (_response, socket) => {
      socket.destroy()
      reject(new Error('switched protocols'))
    })
    request.end(body ?? undefined)
  })
}

async function read(response: http.IncomingMessage, keepBytes: number): Promise<Incoming> {
  const status = response.statusCode ?? 0
  const headers: Header[] = []
  for (let at = 0; at + 1 < response.rawHeaders.length; at += 2) {
    headers.push({ name: response.rawHeaders[at] ?? '', value: response.rawHeaders[at + 1] ?? '' })
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const bytes of decoded(response)) {
    chunks.push(bytes.subarray(0, keepBytes - size))
    size += bytes.length
    if (size > keepBytes) break
  }
  return { status, headers, body: Buffer.concat(chunks), cut: size > keepBytes }
}

function toAppError(error: unknown, host: string): AppError {
  if (error instanceof AppError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (error instanceof UnknownEncoding || code.startsWith('Z_') || code.startsWith('ERR__ERROR')) {
    return new AppError('unavailable', `The answer of ${host} is compressed in a way that cannot be read.`, {
      hint: mayHaveArrived,
    })
  }
  if (code === 'ECONNREFUSED') {
    return new AppError('unavailable', `${host} refused the connection.`, {
      hint: 'Check the address and that the service runs.',
    })
  }
  if (/CERT|SIGNATURE|UNABLE_TO|SELF_SIGNED/.test(code)) {
    return new AppError('unavailable', `The certificate of ${host} is not trusted.`, {
      hint: 'Nothing was sent. If this is a service of your own, give its authority in the network exception of the policy.',
    })
  }
  if (code.startsWith('HPE_')) return new AppError('unavailable', `${host} did not answer in HTTP.`)
  return new AppError('unavailable', `The connection to ${host} failed.`, {
    hint: 'Check the network, then try again.',
  })
}
