/** One way a secret can be written; `base64` marks runs whose neighbours may hold bits of it. */
type Form = { readonly bytes: Buffer; readonly base64: boolean }

/** Every form of one secret, and the mark that takes its place. */
export type Redaction = { readonly mark: Buffer; readonly forms: ReadonlyArray<Form> }

/** A secret this short would hit by chance in its encoded forms; only its exact text is replaced. */
const shortestEncodedBytes = 4

/** A service may repeat a request as JSON inside JSON inside JSON. */
const deepestJson = 3

/**
 * Prepares the removal of one secret: as it is, base64 at each of the three alignments, percent, JSON, HTML and hex forms.
 * `written` is how it stands in the request where that differs, such as escaped for a JSON body: a service that repeats the
 * body repeats that.
 */
export function redactionOf(name: string, secret: string, written = secret): Redaction {
  const mark = Buffer.from(`[secret:${name}]`)
  const forms = [...formsOf(secret), ...(written === secret ? [] : formsOf(written))]
  const seen = new Set<string>()
  const unique = forms.filter(({ bytes }) => {
    const key = bytes.toString('latin1')
    return bytes.length > 0 && !seen.has(key) && seen.add(key)
  })
  return { mark, forms: unique }
}

function formsOf(secret: string): ReadonlyArray<Form> {
  const exact = Buffer.from(secret)
  const forms: Form[] = [{ bytes: exact, base64: false }]
  if (exact.length < shortestEncodedBytes) return forms
  for (const text of [...percentForms(secret), ...jsonForms(secret), ...htmlForms(secret), ...hexForms(exact)]) {
    forms.push({ bytes: Buffer.from(text), base64: false })
  }
  forms.push({ bytes: Buffer.from(secret, 'latin1'), base64: false })
  for (const text of base64Forms(exact)) forms.push({ bytes: Buffer.from(text), base64: true })
  return forms
}

/** The longest run of bytes that one of the forms covers. */
export function longestForm(redactions: ReadonlyArray<Redaction>): number {
  return Math.max(0, ...redactions.flatMap(({ forms }) => forms.map(({ bytes }) => bytes.length + 2)))
}

/** Overwrites what was prepared. */
export function forget(redactions: ReadonlyArray<Redaction>): void {
  for (const { forms } of redactions) for (const { bytes } of forms) bytes.fill(0)
}

/**
 * The bytes with every form of every secret replaced by its mark. Only what stands before `limit` is returned, so a secret
 * that runs across the limit is replaced too, if the bytes reach `longestForm` further.
 * Marks may be longer than what they replace; the answer stops growing at twice the limit.
 */
export function redact(bytes: Buffer, redactions: ReadonlyArray<Redaction>, limit = bytes.length): Buffer {
  const hits = redactions.flatMap(({ mark, forms }) => forms.flatMap((form) => runsOf(bytes, form, mark)))
  if (hits.length === 0) return bytes.subarray(0, limit)
  hits.sort((a, b) => a.from - b.from || b.to - a.to)
  const parts: Buffer[] = []
  let size = 0
  let at = 0
  for (const { from, to, mark } of hits) {
    if (from >= limit || size > 2 * limit) break
    if (from >= at) {
      parts.push(bytes.subarray(at, from), mark)
      size += from - at + mark.length
    }
    at = Math.max(at, to)
  }
  if (at < limit && size <= 2 * limit) parts.push(bytes.subarray(at, limit))
  return Buffer.concat(parts)
}

function runsOf(bytes: Buffer, form: Form, mark: Buffer): Array<{ from: number; to: number; mark: Buffer }> {
  const runs = []
  for (let at = bytes.indexOf(form.bytes); at !== -1; at = bytes.indexOf(form.bytes, at + 1)) {
    let [from, to] = [at, at + form.bytes.length]
    if (form.base64) {
      if (isBase64(bytes[from - 1])) from--
      if (isBase64(bytes[to])) to++
    }
    runs.push({ from, to, mark })
  }
  return runs
}

function isBase64(byte: number | undefined): boolean {
  return byte !== undefined && /[A-Za-z0-9+/_-]/.test(String.fromCharCode(byte))
}

/** The characters of each alignment that hold nothing but the secret; the ones beside them hold bits of its neighbours too. */
function base64Forms(secret: Buffer): ReadonlyArray<string> {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), secret]).toString('base64')
    const core = text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + secret.length) * 8) / 6))
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function percentForms(secret: string): ReadonlyArray<string> {
  const usual = encodeURIComponent(secret.toWellFormed())
  const strict = usual.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  const form = new URLSearchParams([['', secret]]).toString().slice(1)
  const every = [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('')
  const forms = [usual, strict, form, strict.replaceAll('%20', '+'), every, encodeURI(secret.toWellFormed())]
  return forms.flatMap((text) => [text, text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())])
}

function jsonForms(secret: string): ReadonlyArray<string> {
  const forms = [[...Array(secret.length).keys()].map((at) => unicodeEscape(secret.charAt(at))).join('')]
  let inner = [secret]
  for (let depth = 1; depth <= deepestJson; depth += 1) {
    const usual = inner.map((text) => JSON.stringify(text).slice(1, -1))
    const ascii = usual.map((text) => text.replace(/[^\x20-\x7e]/g, unicodeEscape))
    inner = [...new Set([...usual, ...ascii])]
    forms.push(...inner, ...ascii.map((text) => text.replace(/[<>&'+=]/g, unicodeEscape)))
  }
  return forms.flatMap((text) => [
    text,
    text.replaceAll('/', '\\/'),
    text.replace(/\\u[0-9a-f]{4}/g, (code) => `\\u${code.slice(2).toUpperCase()}`),
  ])
}

function unicodeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function htmlForms(secret: string): ReadonlyArray<string> {
  const named = secret
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
  return [
    named,
    named.replaceAll("'", '&#39;'),
    named.replaceAll("'", '&#x27;'),
    named.replaceAll('&quot;', '&#34;').replaceAll("'", '&#39;'),
  ]
}

function hexForms(secret: Buffer): ReadonlyArray<string> {
  return [secret.toString('hex'), secret.toString('hex').toUpperCase()]
}
