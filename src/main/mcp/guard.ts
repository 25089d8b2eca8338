/** The parts of a request that are looked at before anything else is done with it. */
export type RequestHead = {
  readonly method: string
  /** The request target as it came: path and query. */
  readonly target: string
  /** Names and values in turn, as Node's `rawHeaders`: a repeated header is still seen twice. */
  readonly rawHeaders: ReadonlyArray<string>
}

export type GuardSettings = {
  /** Exact `Host` values, lower case, with port: `127.0.0.1:7420`. */
  readonly hosts: ReadonlySet<string>
  /** Exact origins of web pages that may call, with scheme and port; empty by default. */
  readonly origins: ReadonlySet<string>
  readonly maxBodyBytes: number
}

export type Refusal = {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly headers?: Readonly<Record<string, string>>
}

export type Verdict =
  | { readonly kind: 'refuse'; readonly refusal: Refusal; readonly corsOrigin: string | null }
  | { readonly kind: 'preflight'; readonly corsOrigin: string }
  | { readonly kind: 'health'; readonly corsOrigin: string | null }
  | { readonly kind: 'mcp'; readonly corsOrigin: string | null }

const singleHeaders = new Set([
  'host',
  'origin',
  'authorization',
  'content-type',
  'content-length',
  'transfer-encoding',
])
const tokenParameters = /^(access_?token|api_?key|auth|authorization|bearer|key|token|x-api-key)$/i
const maxTargetLength = 2048

/**
 * Decides what a request may reach by its head alone, before a byte of its body is read: a foreign Host (DNS rebinding),
 * a web page (Origin, Sec-Fetch-Site), a wrong path, method or media type ends here. Pure: the attack table in the
 * tests is its specification.
 */
export function guard(head: RequestHead, settings: GuardSettings): Verdict {
  const headers = new Map<string, string>()
  let repeated: string | null = null
  for (let at = 0; at + 1 < head.rawHeaders.length; at += 2) {
    const name = (head.rawHeaders[at] ?? '').toLowerCase()
    if (headers.has(name) && singleHeaders.has(name)) repeated = name
    headers.set(name, head.rawHeaders[at + 1] ?? '')
  }
  const no = (refusal: Refusal, corsOrigin: string | null = null): Verdict => ({ kind: 'refuse', refusal, corsOrigin })

  // Two Host or Authorization headers mean that two parsers on the way may read two different requests.
  if (repeated !== null) {
    return no(refuse(400, 'invalid', `The header ${repeated} is there twice.`, 'Send it once.'))
  }
  if (!settings.hosts.has((headers.get('host') ?? '').toLowerCase())) {
    return no(
      refuse(
        403,
        'refused',
        'This Host is not served.',
        'Use the address that Clawkeep shows, such as http://127.0.0.1:7420/mcp.',
      ),
    )
  }
  const origin = headers.get('origin')
  if (origin !== undefined && !settings.origins.has(origin)) {
    return no(
      refuse(
        403,
        'refused',
        'Web pages cannot call this server.',
        'Use a program, or allow this exact origin in the settings.',
      ),
    )
  }
  // A page's plain GET carries no Origin, but browsers say where it came from (Fetch Metadata).
  const site = headers.get('sec-fetch-site')
  if (origin === undefined && site !== undefined && site !== 'none') {
    return no(refuse(403, 'refused', 'Web pages cannot call this server.', 'Use a program to connect.'))
  }
  const corsOrigin = origin ?? null

  if (head.target.length > maxTargetLength)
    return no(refuse(414, 'too_large', 'The address is too long.', 'Use /mcp.'), corsOrigin)
  const cut = head.target.indexOf('?')
  const path = cut === -1 ? head.target : head.target.slice(0, cut)
  // Exact match on the raw path: `//mcp`, `/%6dcp`, `/./mcp` and `http://host/mcp` are all just other paths.
  if (path !== '/mcp' && path !== '/healthz') {
    return no(refuse(404, 'not_found', 'There is nothing here.', 'The MCP server is at /mcp.'), corsOrigin)
  }
  if (cut !== -1 && hasToken(head.target.slice(cut + 1))) {
    return no(
      refuse(
        400,
        'invalid',
        'A key does not belong in the address.',
        'Send it in the header "Authorization: Bearer oc_sk_…" and replace this key: addresses end up in logs.',
      ),
      corsOrigin,
    )
  }
  if (path === '/healthz') {
    if (head.method !== 'GET' && head.method !== 'HEAD') return no(methodNotAllowed('GET, HEAD'), corsOrigin)
    return { kind: 'health', corsOrigin }
  }
  // Browsers do not ask before a WebSocket handshake. Other upgrades (h2c of Java clients) may be ignored, says HTTP.
  if (headers.get('upgrade')?.toLowerCase().includes('websocket') === true) {
    return no(
      refuse(400, 'invalid', 'This server does not speak WebSocket.', 'Use Streamable HTTP: POST to /mcp.'),
      corsOrigin,
    )
  }
  if (head.method === 'OPTIONS' && corsOrigin !== null && headers.has('access-control-request-method')) {
    return { kind: 'preflight', corsOrigin }
  }
  if (head.method !== 'POST') return no(methodNotAllowed('POST'), corsOrigin)
  // A form or a text/plain post is what a page can send without a preflight.
  if (!isJson(headers.get('content-type')) || !isIdentity(headers.get('content-encoding'))) {
    return no(
      refuse(
        415,
        'invalid',
        'The body must be JSON.',
        'Send "Content-Type: application/json" and no Content-Encoding.',
      ),
      corsOrigin,
    )
  }
  if (!acceptsBoth(headers.get('accept'))) {
    return no(
      refuse(
        406,
        'invalid',
        'The answer may be JSON or an event stream.',
        'Send "Accept: application/json, text/event-stream".',
      ),
      corsOrigin,
    )
  }
  if (Number(headers.get('content-length') ?? 0) > settings.maxBodyBytes)
    return no(bodyTooLarge(settings.maxBodyBytes), corsOrigin)
  return { kind: 'mcp', corsOrigin }
}

/** A refusal with all its parts in order. */
export function refuse(
  status: number,
  code: string,
  message: string,
  hint: string,
  headers?: Readonly<Record<string, string>>,
): Refusal {
  return { status, code, message, hint, ...(headers === undefined ? {} : { headers }) }
}

/** The answer to a body over the limit, declared or found while reading. */
export function bodyTooLarge(maxBodyBytes: number): Refusal {
  return refuse(413, 'too_large', 'The request is too large.', `Send at most ${maxBodyBytes} bytes.`)
}

function methodNotAllowed(allow: string): Refusal {
  return refuse(
    405,
    'invalid',
    'This method is not served here.',
    `Use ${allow}. There are no sessions to open or end.`,
    { allow },
  )
}

function hasToken(query: string): boolean {
  if (query.includes('oc_sk_')) return true
  for (const name of new URLSearchParams(query).keys()) if (tokenParameters.test(name)) return true
  return false
}

function isJson(contentType: string | undefined): boolean {
  const [essence, ...parameters] = (contentType ?? '').toLowerCase().split(';')
  if (essence?.trim() !== 'application/json') return false
  return parameters.every(
    (parameter) => !/^\s*charset\s*=/.test(parameter) || /^\s*charset\s*=\s*"?utf-?8"?\s*$/.test(parameter),
  )
}

function isIdentity(contentEncoding: string | undefined): boolean {
  return contentEncoding === undefined || contentEncoding.trim().toLowerCase() === 'identity'
}

function acceptsBoth(accept: string | undefined): boolean {
  if (accept === undefined || accept.includes('*/*')) return true
  return accept.includes('application/json') && accept.includes('text/event-stream')
}
