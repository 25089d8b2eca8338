/** A link opens only this soon after the person pressed a key or a button in the window. */
export const gestureWindowMs = 2_000

/** Sites that Clawkeep itself links to. Anything else could carry data out of a broken page in its address. */
const linkedSites: ReadonlyArray<string> = [
  'docs.docker.com',
  'docs.openclaw.ai',
  'modelcontextprotocol.io',
  'podman-desktop.io',
]

/**
 * The address to hand to the system's browser, or null when it may not be opened: https, one of our linked sites, default
 * port, no user name, no query, at most 200 characters, and a person who just did something.
 */
export function checkedExternalLink(address: string, sinceGestureMs: number): string | null {
  if (sinceGestureMs > gestureWindowMs || address.length > 200 || !URL.canParse(address)) return null
  const url = new URL(address)
  if (url.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '' || url.search !== '')
    return null
  return linkedSites.includes(url.hostname) ? url.href : null
}
