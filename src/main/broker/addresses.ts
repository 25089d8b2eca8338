import { BlockList, isIP } from 'node:net'

/** IPv4 ranges that are not the public internet (IANA special-purpose registry, RFC 6890), multicast and reserved. */
const closedIPv4: ReadonlyArray<readonly [string, number]> = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

/** Parts of 2000::/3 that are not the public internet: protocol assignments (Teredo, ORCHID), documentation. */
const closedIPv6: ReadonlyArray<readonly [string, number]> = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
]

const closed = new BlockList()
for (const [net, prefix] of closedIPv4) closed.addSubnet(net, prefix, 'ipv4')
const closed6 = new BlockList()
for (const [net, prefix] of closedIPv6) closed6.addSubnet(net, prefix, 'ipv6')

/**
 * Whether an address is on the public internet. Loopback, private, link-local, shared (CGNAT), multicast, unspecified,
 * reserved and documentation addresses are not, nor is an IPv6 address that carries such an IPv4 one (mapped, NAT64, 6to4).
 * What is not an address at all is not public either.
 */
export function isPublicAddress(address: string): boolean {
  const kind = isIP(address)
  if (kind === 4) return !closed.check(address, 'ipv4')
  if (kind !== 6 || address.includes('%')) return false
  const groups = groupsOf(address)
  const [g0 = 0, g1 = 0] = groups
  const head = groups
    .slice(0, 6)
    .map((group) => group.toString(16))
    .join(':')
  if (head === '0:0:0:0:0:ffff' || head === '64:ff9b:0:0:0:0')
    return isPublicAddress(dotted(groups[6] ?? 0, groups[7] ?? 0))
  if (g0 === 0x2002) return isPublicAddress(dotted(g1, groups[2] ?? 0))
  return (g0 & 0xe000) === 0x2000 && !closed6.check(address, 'ipv6')
}

/** The eight groups of an IPv6 address; the URL parser writes it in the one short form (RFC 5952) first. */
function groupsOf(address: string): ReadonlyArray<number> {
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = short.split('::')
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  if (tail === undefined) return read(head)
  const [front, back] = [read(head), read(tail)]
  return [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back]
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
