/** An address that may get the answer of a sign-in. */
export type RedirectUri = {
  readonly uri: string
  /** `machine`: a loopback port; `app`: a private-use scheme; `web`: an https server. */
  readonly to: 'machine' | 'app' | 'web'
  /** The host that is shown, with its port; for an app its scheme: `cursor:`. */
  readonly host: string
}

const maxUriChars = 2000
const loopbackHosts: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost'])
const appScheme = /^[a-z][a-z0-9+.-]{1,39}:$/
/** Schemes that a browser or a system handles itself: script, files, other protocols, settings and installers. */
const closedSchemes: ReadonlySet<string> = new Set(
  (
    'javascript data vbscript livescript about blob file filesystem view-source jar resource chrome edge brave opera ' +
    'ftp ftps sftp ws wss mailto tel sms sip sips news nntp irc ircs ssh telnet smb nfs afp ldap ldaps gopher magnet ' +
    'intent android-app market itms itms-apps itms-services shell search search-ms cid mid urn app devtools wyciwyg x-apple'
  ).split(' '),
)

/**
 * Reads a redirect address that a client wants, or says why it is refused (RFC 8252, RFC 9700 2.1): https, http only to
 * loopback, or a private-use scheme; never a fragment, user name, wildcard, or a form that two parsers read differently.
 */
export function readRedirectUri(text: string): RedirectUri | { readonly problem: string } {
  if (text.length === 0 || text.length > maxUriChars) return { problem: 'A redirect address has 1 to 2000 characters.' }
  // Space, control characters and backslashes are read differently by browsers and servers.
  if (!/^[\x21-\x7e]+$/.test(text) || /[\\<>"`^{|}]/.test(text))
    return { problem: 'A redirect address is plain ASCII without spaces.' }
  if (text.includes('#')) return { problem: 'A redirect address has no fragment.' }
  if (text.includes('*')) return { problem: 'A redirect address has no wildcard.' }
  if (!URL.canParse(text)) return { problem: 'A redirect address is an absolute address.' }
  const url = new URL(text)
  if (url.username !== '' || url.password !== '' || /^[a-z][a-z0-9+.-]*:\/\/[^/?]*@/i.test(text))
    return { problem: 'A redirect address has no user name.' }
  if (url.protocol === 'http:' || url.protocol === 'https:') return readWebAddress(text, url)
  const scheme = url.protocol.slice(0, -1)
  if (!appScheme.test(url.protocol) || closedSchemes.has(scheme) || /^(?:ms|microsoft|web|chrome|moz)-/.test(scheme))
    return { problem: 'This scheme cannot get the answer of a sign-in.' }
  if (!text.startsWith(`${url.protocol}/`)) return { problem: 'An app’s address looks like app.example:/callback.' }
  return { uri: text, to: 'app', host: url.protocol }
}

/** Whether an address is among the registered ones: equal to the letter, but for the port of a loopback one (RFC 8252, 7.3). */
export function isRegistered(wanted: string, registered: ReadonlyArray<string>): boolean {
  return registered.some((known) => known === wanted || sameButPort(known, wanted))
}

function readWebAddress(text: string, url: URL): RedirectUri | { readonly problem: string } {
  // `http:/x`, `http://127.1`, `HTTP://LOCALHOST` and the like mean something, but not to everyone the same.
  if (!text.startsWith(`${url.protocol}//${url.host}`))
    return { problem: 'Write the redirect address in its plain form, in lower case.' }
  const loopback = loopbackHosts.has(url.hostname)
  if (url.protocol === 'http:' && !loopback)
    return { problem: 'http is only for this machine (127.0.0.1, [::1], localhost); use https.' }
  return { uri: text, to: loopback ? 'machine' : 'web', host: url.host }
}

function sameButPort(known: string, wanted: string): boolean {
  const [one, other] = [withoutPort(known), withoutPort(wanted)]
  return one !== null && one === other
}

/** `http://127.0.0.1:3000/cb` without its port; null for anything else than http to loopback. */
function withoutPort(uri: string): string | null {
  const read = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?::\d{1,5})?([/?].*)?$/.exec(uri)
  return read === null ? null : `${read[1]} ${read[2] ?? ''}`
}
