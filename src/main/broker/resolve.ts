import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { AppError } from '../../shared/app-error.ts'
import type { NetworkException } from '../../shared/models/policy.ts'
import { portOf } from '../policy/host-pattern.ts'
import { isPublicAddress } from './addresses.ts'

export type Address = { readonly address: string; readonly family: number }
/** All addresses of a host name. */
export type Resolve = (hostname: string) => Promise<ReadonlyArray<Address>>

/** What the system's resolver says. */
export const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true, verbatim: true })

/** The policy's exception for exactly this host and port, if there is one. */
export function exceptionFor(url: URL, network: ReadonlyArray<NetworkException>): NetworkException | null {
  const wanted = bareHost(url)
  return network.find(({ host, port }) => port === portOf(url) && sameForm(host) === wanted) ?? null
}

/** The host name or address of a URL, without the brackets of IPv6. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

/** Whether a URL says by itself that it leads to this machine or the local network. */
export function isLocalName(url: URL): boolean {
  const host = bareHost(url)
  return isIP(host) === 0 ? /(?:^|\.)(?:localhost|local|internal|lan|home\.arpa)$/.test(host) : !isPublicAddress(host)
}

/**
 * The addresses to connect to, looked up once: the connection is made to these and not looked up again, so a name server
 * cannot answer with another address in between (DNS rebinding). One local address among them refuses all.
 * Throws AppError refused, unavailable.
 */
export async function reachableAddresses(
  url: URL,
  exception: NetworkException | null,
  resolve: Resolve,
  deadline: AbortSignal,
): Promise<ReadonlyArray<Address>> {
  const host = bareHost(url)
  const family = isIP(host)
  const addresses = family === 0 ? await lookUp(host, resolve, deadline) : [{ address: host, family }]
  if (exception !== null || addresses.every(({ address }) => isPublicAddress(address))) return addresses
  throw closed(url)
}

/** Refuses at once, before anybody is asked, an address that is closed by what it says. Throws AppError refused. */
export function refuseClosed(url: URL, exception: NetworkException | null): void {
  if (exception !== null) return
  const host = bareHost(url)
  if (isIP(host) === 0 ? /(?:^|\.)localhost$/.test(host) : !isPublicAddress(host)) throw closed(url)
}

function closed(url: URL): AppError {
  return new AppError('refused', `${url.host} is on this machine or a local network, which is closed.`, {
    hint: 'If it should be reachable, the person can add an exception for exactly this host and port to the policy (network).',
  })
}

/** A look-up cannot be called off; its late answer is dropped. */
async function lookUp(host: string, resolve: Resolve, deadline: AbortSignal): Promise<ReadonlyArray<Address>> {
  const hint = 'Check the name and the network connection.'
  const addresses = await new Promise<ReadonlyArray<Address>>((settle, fail) => {
    const late = (): void => fail(new AppError('timeout', `Looking up the host ${host} took too long.`, { hint }))
    if (deadline.aborted) return late()
    deadline.addEventListener('abort', late, { once: true })
    resolve(host).then(settle, () => settle([]))
  })
  if (addresses.length > 0) return addresses
  throw new AppError('unavailable', `The host ${host} was not found.`, { hint })
}

/** A host in the form a URL gives it, so `LOCALHOST`, `127.1` and `::1` are compared as what they are. */
function sameForm(host: string): string {
  const written = isIP(host) === 6 ? `http://[${host}]` : `http://${host}`
  return URL.canParse(written) ? bareHost(new URL(written)) : ''
}
