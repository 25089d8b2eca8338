import { AllowedHost } from '../../shared/models/item.ts'

const mostHosts = 50
const web = /^https?:\/\//i
const scheme = /^[a-z][a-z0-9+.-]*:/i

/**
 * The hosts of web addresses (`https://Example.org:8443/in` is `example.org:8443`), and the addresses that are more than a host or
 * none: an app, a path.
 */
export function fitAddresses(addresses: ReadonlyArray<string>): {
  readonly hosts: ReadonlyArray<string>
  readonly others: ReadonlyArray<string>
} {
  const hosts = new Set<string>()
  const others = new Set<string>()
  for (const address of addresses.map((text) => text.trim()).filter((text) => text !== '')) {
    const { host, whole } = hostOf(address)
    if (host !== null && (hosts.has(host) || hosts.size < mostHosts)) hosts.add(host)
    else others.add(address)
    if (!whole) others.add(address)
  }
  return { hosts: [...hosts], others: [...others] }
}

/** `whole` false: the address says more than its host. */
function hostOf(address: string): { readonly host: string | null; readonly whole: boolean } {
  const plain = AllowedHost.safeParse(address)
  if (plain.success) return { host: plain.data, whole: true }
  // `host:port` looks like a scheme as well, but was a plain host above.
  const text = web.test(address) ? address : scheme.test(address) ? null : `https://${address}`
  if (text === null || !URL.canParse(text)) return { host: null, whole: false }
  const url = new URL(text)
  const host = AllowedHost.safeParse(url.host)
  const whole = /^\/?$/.test(url.pathname) && url.search === '' && url.hash === '' && url.username === ''
  return { host: host.success ? host.data : null, whole }
}
