import { BlockList, isIP } from 'node:net'
import { type Refusal, refuse } from './guard.ts'

/** Whether an address is a proxy the person trusts. */
export type TrustedProxies = (address: string) => boolean

/** Where a request really comes from. */
export type Via = {
  /** The address that limits are counted for: the connection's, or what a trusted proxy saw. */
  readonly source: string
  /** How the client itself wrote our address: `https://mcp.example.org`. Only to be trusted once `refusal` and the guard agree. */
  readonly base: string
  /** What a trusted proxy says that may not be: a host that is not served, or plain HTTP from outside. */
  readonly refusal: Refusal | null
}

export type Arrival = {
  /** The address of the connection; empty when it is gone already. */
  readonly peer: string
  readonly secure: boolean
  readonly rawHeaders: ReadonlyArray<string>
}

const maxHops = 32

/** Addresses and ranges (`10.0.0.0/24`) as one test; what is not an address matches nothing. */
export function trustedProxies(entries: ReadonlyArray<string>): TrustedProxies {
  // Each look into a list, even an empty one, makes an object of the address.
  if (entries.length === 0) return () => false
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => {
    const plain = plainAddress(address)
    const family = isIP(plain)
    return family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4')
  }
}

/**
 * Reads X-Forwarded-For, -Host and -Proto, from a trusted proxy only: anybody else may write there what he likes. The
 * source is the right-most hop that is not a trusted proxy; the ones further left were written by that hop itself.
 * Never throws, whatever stands there.
 */
export function readForwarded(
  { peer, secure, rawHeaders }: Arrival,
  trusted: TrustedProxies,
  hosts: ReadonlySet<string>,
): Via {
  const values = collect(rawHeaders)
  const host = values.get('host')?.[0]?.toLowerCase() ?? ''
  const direct = { source: peer, base: `${secure ? 'https' : 'http'}://${host}`, refusal: null }
  if (!trusted(peer)) return direct
  const source = rightMostStranger(values.get('x-forwarded-for') ?? [], peer, trusted)
  const [forwardedHost, ...moreHosts] = values.get('x-forwarded-host') ?? []
  const [proto, ...moreProtos] = values.get('x-forwarded-proto') ?? []
  const publicHost = forwardedHost?.trim().toLowerCase() ?? host
  const publicProto = proto?.trim().toLowerCase() ?? (secure ? 'https' : 'http')
  const refusal =
    moreHosts.length > 0 || moreProtos.length > 0 || !['http', 'https'].includes(publicProto)
      ? refuse(400, 'invalid', 'The proxy’s X-Forwarded headers contradict each other.', 'Let it set each one once.')
      : forwardedHost !== undefined && !hosts.has(publicHost)
        ? refuse(403, 'refused', 'This host is not served.', 'Add the proxy’s name to the allowed hosts in Settings.')
        : proto !== undefined && publicProto === 'http' && !isLoopback(source)
          ? refuse(403, 'refused', 'The proxy was reached over plain HTTP.', 'Use its https:// address.')
          : null
  return { source, base: `${publicProto}://${publicHost}`, refusal }
}

/** All of loopback is one source: a local program can send from any of 16 million addresses in 127.0.0.0/8. One
 * subscriber of IPv6 has a whole /64 in the same way. */
export function sourceOf(address: string): string {
  const plain = plainAddress(address)
  if (isLoopback(plain)) return 'loopback'
  return isIP(plain) === 6 ? network64(plain) : plain
}

function isLoopback(address: string): boolean {
  const plain = plainAddress(address)
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'))
}

function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address
}

function network64(address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::')
  const groups = head === '' ? [] : head.split(':')
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':')
    while (groups.length + after.length < 8) groups.push('0')
  }
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

function rightMostStranger(lines: ReadonlyArray<string>, peer: string, trusted: TrustedProxies): string {
  const hops = lines.flatMap((line) => line.split(',')).slice(-maxHops)
  let source = peer
  for (const hop of hops.toReversed()) {
    const address = hopAddress(hop)
    // What is not an address was not written by a proxy that works; nothing to the left of it can be believed.
    if (address === null) return source
    source = address
    if (!trusted(address)) return source
  }
  return source
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`. */
function hopAddress(hop: string): string | null {
  const text = hop.trim()
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text
  return isIP(bare) === 0 || bare.includes('%') ? null : bare.toLowerCase()
}

function collect(rawHeaders: ReadonlyArray<string>): ReadonlyMap<string, ReadonlyArray<string>> {
  const values = new Map<string, string[]>()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase()
    if (name !== 'host' && !name.startsWith('x-forwarded-')) continue
    const known = values.get(name)
    if (known === undefined) values.set(name, [rawHeaders[at + 1] ?? ''])
    else known.push(rawHeaders[at + 1] ?? '')
  }
  return values
}
