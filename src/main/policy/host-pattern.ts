const patternShape =
  /^(\*\.)?((?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/

/**
 * Whether a URL's host fits a pattern: `api.github.com`, `*.example.com` (names below it, not itself), each with an optional
 * `:port`. `portless` says what a pattern without a port means: any port, or only the usual one of the URL's scheme.
 * Throws TypeError for a pattern that is not one.
 */
export function hostFits(pattern: string, url: URL, portless: 'any-port' | 'usual-port'): boolean {
  const read = patternShape.exec(pattern.toLowerCase())
  if (read === null) throw new TypeError('Not a host pattern')
  const [, star, name = '', port] = read
  const host = url.hostname.replace(/\.$/, '')
  if (port === undefined ? portless === 'usual-port' && url.port !== '' : Number(port) !== portOf(url)) return false
  if (star === undefined) return host === name
  return name.includes('.') && host.endsWith(`.${name}`)
}

/** The port a URL is reached at. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'http:' ? 80 : 443
}
