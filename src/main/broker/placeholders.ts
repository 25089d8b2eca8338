import { isUtf8 } from 'node:buffer'

/** `{{secret:NAME}}`; one blank after each brace or the colon is forgiven. No `*` next to another run: linear on any input. */
const placeholder = /\{\{ ?secret: ?([^{}]{1,800}) ?\}\}/g

/** The NAMEs in bytes, each once, in order. */
export function namesIn(bytes: Buffer): ReadonlyArray<string> {
  return [...new Set([...bytes.toString('latin1').matchAll(placeholder)].map((match) => nameOf(match[1] ?? '')))]
}

/** The bytes, which need not be UTF-8, with each placeholder replaced by what `value` gives for its NAME. */
export function fillBytes(bytes: Buffer, value: (name: string) => Buffer): Buffer {
  const text = bytes.toString('latin1')
  const parts: Buffer[] = []
  let from = 0
  for (const match of text.matchAll(placeholder)) {
    parts.push(bytes.subarray(from, match.index), value(nameOf(match[1] ?? '')))
    from = match.index + match[0].length
  }
  return Buffer.concat([...parts, bytes.subarray(from)])
}

/** Whether a URL tries to carry one, as it is or percent-encoded. */
export function urlHasPlaceholder(url: string): boolean {
  return /(?:\{|%7b){2}(?: |%20|\+)?secret(?::|%3a)/i.test(url)
}

function nameOf(latin1: string): string {
  return readable(latin1).trim().normalize('NFC')
}

/** Text of a header or body that is held as one character per byte: UTF-8 if it is that, else Latin-1. */
export function readable(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : latin1
}

/** How a value is written inside a body of this content type, so that it stays one value whatever it holds. */
export function escapeFor(contentType: string): (value: string) => string {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type === 'application/json' || type.endsWith('+json')) return (value) => JSON.stringify(value).slice(1, -1)
  if (type === 'application/x-www-form-urlencoded') return (value) => encodeURIComponent(value.toWellFormed())
  return (value) => value
}
