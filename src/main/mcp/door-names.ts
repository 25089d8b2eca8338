import { hostname, networkInterfaces } from 'node:os'

const wildcards = new Set(['0.0.0.0', '::'])
const loopbackNames = ['127.0.0.1', 'localhost', '[::1]']

/** Every `Host` value that is served, lower case: loopback, the addresses on the network, and the names of the settings. */
export function servedHosts(
  named: ReadonlyArray<string>,
  loopbackPort: number | null,
  network: { readonly address: string; readonly port: number } | null,
): ReadonlySet<string> {
  const hosts = new Set<string>()
  const ports = [loopbackPort, network?.port ?? null].filter((port) => port !== null)
  for (const port of ports) for (const name of loopbackNames) hosts.add(`${name}:${port}`)
  if (network !== null) {
    // An address cannot be rebound by DNS; the names of this computer stand in the settings.
    for (const address of ownAddresses(network.address)) hosts.add(`${bracketed(address)}:${network.port}`)
  }
  for (const host of named) {
    hosts.add(host)
    if (!/:\d+$/.test(host)) for (const port of ports) hosts.add(`${host}:${port}`)
  }
  return hosts
}

/** The address to give to another device: by a name of the settings if there is one. */
export function publicUrl(address: string, named: ReadonlyArray<string>, port: number): string {
  const host = named.find((name) => !/:\d+$/.test(name)) ?? bracketed(ownAddresses(address)[0] ?? address)
  return `https://${host}:${port}/mcp`
}

/**
 * What a certificate of ours is for: the names in the settings, this computer's name and the addresses it listens on. A
 * change of `needed` makes a new one; addresses that come and go with the network do not when there is a name to use.
 */
export function certificateNames(
  address: string,
  hosts: ReadonlyArray<string>,
): { needed: ReadonlyArray<string>; offered: ReadonlyArray<string> } {
  const named = hosts.map((host) => host.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''))
  const own = hostname().toLowerCase()
  const computer = /^[a-z0-9.-]{1,60}$/.test(own) ? [own, `${own}.local`] : []
  const addresses = ownAddresses(address)
  const needed = [...named, ...(wildcards.has(address) && named.length > 0 ? [] : addresses), 'localhost']
  return { needed, offered: [...new Set([...needed, ...addresses, ...computer, '127.0.0.1', '::1'])] }
}

function ownAddresses(address: string): ReadonlyArray<string> {
  if (!wildcards.has(address)) return [address]
  return Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter((entry) => !entry.internal && (address === '::' || entry.family === 'IPv4'))
    .map((entry) => entry.address.toLowerCase())
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
