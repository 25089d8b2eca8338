import { AppError } from '../../shared/app-error.ts'

/** One header as it was given or as it will be sent. */
export type Header = { readonly name: string; readonly value: string }

const maxUrlChars = 8192
const maxHostChars = 253
const maxHeaders = 64
const maxHeaderChars = 32_768
export const maxBodyBytes = 1_048_576

const methods: ReadonlyArray<string> = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']
const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/
// Tab and printable characters up to U+00FF: what a header can carry (RFC 9110, 5.5).
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/
// White space, controls and `\` are dropped or rewritten by URL parsers: what is shown would not be what is asked for.
const unsafeUrl = /[\u0000-\u0020\u007f-\u00a0\\]/

/** Headers that belong to the connection; Clawkeep writes its own (RFC 9110, 7.6.1; RFC 9112). */
const connectionHeaders: ReadonlyArray<string> = [
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** The method in capitals. Throws AppError invalid. */
export function readMethod(method: string): string {
  const capitals = method.toUpperCase()
  if (methods.includes(capitals)) return capitals
  throw new AppError('invalid', 'This method cannot be used.', { hint: `Use one of ${methods.join(', ')}.` })
}

/** The address, without its fragment. Throws AppError invalid for anything but a plain http or https URL. */
export function readUrl(text: string): URL {
  if (text.length > maxUrlChars)
    throw new AppError('invalid', 'The URL is too long.', { hint: `Use at most ${maxUrlChars} characters.` })
  if (!/^https?:\/\/[^/]/i.test(text) || unsafeUrl.test(text) || !URL.canParse(text)) {
    throw new AppError('invalid', 'The URL is not a plain web address.', {
      hint: 'Write it as https://host/path, with special characters percent-encoded.',
    })
  }
  const url = new URL(text)
  const authority = /^https?:\/\/([^/?#]*)/i.exec(text)?.[1] ?? ''
  if (authority.includes('@')) {
    throw new AppError('invalid', 'The URL holds a user name or password.', { hint: 'Send credentials in a header.' })
  }
  if (url.hostname.endsWith('.') || url.hostname.length > maxHostChars || url.port === '0') {
    throw new AppError('invalid', 'The host of the URL is not usable.', {
      hint: 'Write the host name without a dot at its end.',
    })
  }
  url.hash = ''
  return url
}

/** The headers that will be sent. Those of the connection and of proxies are left out. Throws AppError invalid. */
export function readHeaders(headers: ReadonlyArray<Header>): ReadonlyArray<Header> {
  const size = headers.reduce((sum, { name, value }) => sum + name.length + value.length, 0)
  if (headers.length > maxHeaders || size > maxHeaderChars) {
    throw new AppError('invalid', 'The request has too many headers.', {
      hint: `Send at most ${maxHeaders} headers, 32 KiB in all.`,
    })
  }
  const written = headers.map(({ name, value }) => ({ name, value: asBytes(value) }))
  for (const { name, value } of written) checkHeader(name, value)
  const kept = written.filter(({ name }) => !isConnectionHeader(name))
  const named = kept.some(({ name }) => name.toLowerCase() === 'user-agent')
  return named ? kept : [...kept, { name: 'User-Agent', value: 'Clawkeep' }]
}

/** Header values go out as bytes, one per character; text beyond Latin-1 goes as UTF-8. */
function asBytes(value: string): string {
  return /[^\u0000-\u00ff]/.test(value) ? Buffer.from(value, 'utf8').toString('latin1') : value
}

/** Throws AppError invalid; the text never holds the value. */
export function checkHeader(name: string, value: string): void {
  if (headerName.test(name) && headerValue.test(value)) return
  throw new AppError('invalid', 'A header holds characters that headers cannot carry.', {
    hint: 'Use letters, digits and dashes in names; no line breaks in values.',
  })
}

/** A header that says something about one connection, not about the message. */
export function isConnectionHeader(name: string): boolean {
  const lower = name.toLowerCase()
  return connectionHeaders.includes(lower) || lower.startsWith('proxy-')
}

/** Throws AppError too_large. */
export function checkBody(body: Buffer | null): void {
  if (body === null || body.length <= maxBodyBytes) return
  throw new AppError('too_large', 'The body is too large.', { hint: 'Send at most 1 MiB.' })
}
