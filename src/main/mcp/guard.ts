import type { OpenRoute } from './open-route.ts'

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
  /** Routes that need no token; their paths are matched exactly. */
  readonly open: ReadonlyArray<OpenRoute>
}

export type Refusal = {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly headers?: Readonly<Record<string, string>>
}

export type Verdict =
  | {
      readonly kind: 'refuse'
      readonly refusal: Refusal
      readonly corsOrigin: string | null
      /** The refusal is read by a person in a browser. */
      readonly onPage?: true
    }
  | { readonly kind: 'preflight'; readonly corsOrigin: string }
  | { readonly kind: 'health'; readonly corsOrigin: string | null }
  | { readonly kind: 'open'; readonly route: OpenRoute; readonly corsOrigin: string | null }
  | { readonly kind: 'mcp'; readonly corsOrigin: string | null }

const singleHeaders = new Set([
  'host',
  'origin',
  'referer',
  'authorization',
  'content-type',
  'content-length',
  'transfer-encoding',
  'mcp-session-id',
  'last-event-id',
])
const tokenParameters = /^(access_?token|api_?key|auth|authorization|bearer|key|token|x-api-key)$/i
const maxTargetLength = 2048
/** A sign-in carries two addresses and the client's own state. */
const maxOpenTargetLength = 8192

/**
 * Decides what a request may reach by its head alone, before a byte of its body is read: a foreign Host (DNS rebinding),
 * a web page (Origin, Sec-Fetch-Site, Referer), a wrong path, method or media type ends here. Pure: the attack table in the
 * tests is its specification.
 */
export function guard(head: RequestHead, settings: GuardSettings): Verdict {
  const headers = new Map<string, string>()
  let repeated: string | null = null
  for (let at = 0; at + 1 < head.rawHeaders.length; at += 2) {
    const name = (head.rawHeaders[at] ?? '').toLowerCase()
    const earlier = headers.get(name)
    if (earlier !== undefined && singleHeaders.has(name)) repeated = name
    const value = head.rawHeaders[at + 1] ?? ''
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`)
  }
  const cut = head.target.indexOf('?')
  // Exact match on the raw path: `//mcp`, `/%6dcp`, `/./mcp` and `http://host/mcp` are all just other paths.
  const path = cut === -1 ? head.target : head.target.slice(0, cut)
  const route = settings.open.find((open) => open.path === path)
  const onPage = route?.forBrowsers === true && head.method === 'GET' ? { onPage: true as const } : {}
  const no = (refusal: Refusal, corsOrigin: string | null = null): Verdict => ({
    kind: 'refuse',
    refusal,
    corsOrigin,
    ...onPage,
  })

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
    if (route?.forBrowsers !== true) return no(foreignPage())
    // Our own page that looks again whether the person has decided; a page that the person has listed.
    if (site !== 'same-origin' && !isLedBy(settings.origins, headers)) return no(startedByPage())
  }
  const corsOrigin = origin ?? null

  if (head.target.length > (route === undefined ? maxTargetLength : maxOpenTargetLength))
    return no(refuse(414, 'too_large', 'The address is too long.', 'Use /mcp.'), corsOrigin)
  if (path !== '/mcp' && path !== '/healthz' && route === undefined) {
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
  const isPreflight = head.method === 'OPTIONS' && corsOrigin !== null && headers.has('access-control-request-method')
  if (route !== undefined) {
    if (isPreflight && corsOrigin !== null) return { kind: 'preflight', corsOrigin }
    const refusal = refuseOpen(route, head.method, headers, settings.maxBodyBytes)
    return refusal === null ? { kind: 'open', route, corsOrigin } : no(refusal, corsOrigin)
  }
  // Browsers do not ask before a WebSocket handshake. Other upgrades (h2c of Java clients) may be ignored, says HTTP.
  if (headers.get('upgrade')?.toLowerCase().includes('websocket') === true) {
    return no(
      refuse(400, 'invalid', 'This server does not speak WebSocket.', 'Use Streamable HTTP: POST to /mcp.'),
      corsOrigin,
    )
  }
  if (isPreflight && corsOrigin !== null) return { kind: 'preflight', corsOrigin }
  if (isOfSession(head.method, headers)) {
    const refusal = refuseOfSession(head.method, headers)
    return refusal === null ? { kind: 'mcp', corsOrigin } : no(refusal, corsOrigin)
  }
  if (head.method !== 'POST') return no(methodNotAllowed('POST'), corsOrigin)
  // A form or a text/plain post is what a page can send without a preflight.
  if (!hasType(headers.get('content-type'), 'application/json') || !isIdentity(headers.get('content-encoding'))) {
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
  const accept = headers.get('accept')
  if (!accepts(accept, 'application/json') || !accepts(accept, 'text/event-stream')) {
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

/** The session era opens streams with GET and ends with DELETE; without a session there is neither. */
function isOfSession(method: string, headers: ReadonlyMap<string, string>): boolean {
  return (method === 'GET' || method === 'DELETE') && headers.has('mcp-session-id')
}

function refuseOfSession(method: string, headers: ReadonlyMap<string, string>): Refusal | null {
  if (headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) !== 0)
    return refuse(400, 'invalid', `A ${method} carries no body here.`, 'Send it without one.')
  if (method === 'GET' && !accepts(headers.get('accept'), 'text/event-stream'))
    return refuse(406, 'invalid', 'The answer is an event stream.', 'Send "Accept: text/event-stream".')
  return null
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
    `Use ${allow}. GET and DELETE need the session id that initialize gave.`,
    { allow },
  )
}

function refuseOpen(
  route: OpenRoute,
  method: string,
  headers: ReadonlyMap<string, string>,
  maxBodyBytes: number,
): Refusal | null {
  if (!route.methods.some((served) => served === method)) return methodNotAllowed(route.methods.join(', '))
  if (method !== 'POST' || route.bodyType === undefined) return null
  if (!hasType(headers.get('content-type'), route.bodyType) || !isIdentity(headers.get('content-encoding')))
    return refuse(415, 'invalid', 'The body has another media type.', `Send "Content-Type: ${route.bodyType}".`)
  return Number(headers.get('content-length') ?? 0) > maxBodyBytes ? bodyTooLarge(maxBodyBytes) : null
}

function foreignPage(): Refusal {
  return refuse(403, 'refused', 'Web pages cannot call this server.', 'Use a program to connect.')
}

/** A page leads its whole tab here. It can keep its address to itself, but not give another one: `Referer` is the browser's. */
function isLedBy(origins: ReadonlySet<string>, headers: ReadonlyMap<string, string>): boolean {
  const isWholeTab = headers.get('sec-fetch-mode') === 'navigate' && headers.get('sec-fetch-dest') === 'document'
  const page = headers.get('referer') ?? ''
  if (!isWholeTab || !URL.canParse(page)) return false
  const { origin, username, password } = new URL(page)
  return username === '' && password === '' && origins.has(origin)
}

/** A link or a script on a page could otherwise make Clawkeep ask whatever the page likes. */
function startedByPage(): Refusal {
  return refuse(
    403,
    'refused',
    'A web page has led here.',
    'If you started this sign-in yourself, copy the address and open it in a new tab, or list the page in the settings.',
  )
}

function hasToken(query: string): boolean {
  if (/oc_(?:sk|at|rt)_/.test(query)) return true
  for (const name of new URLSearchParams(query).keys()) if (tokenParameters.test(name)) return true
  return false
}

function hasType(contentType: string | undefined, wanted: string): boolean {
  const [essence, ...parameters] = (contentType ?? '').toLowerCase().split(';')
  if (essence?.trim() !== wanted) return false
  return parameters.every(
    (parameter) => !/^\s*charset\s*=/.test(parameter) || /^\s*charset\s*=\s*"?utf-?8"?\s*$/.test(parameter),
  )
}

function isIdentity(contentEncoding: string | undefined): boolean {
  return contentEncoding === undefined || contentEncoding.trim().toLowerCase() === 'identity'
}

/** None, and a range of types, is as good as the type itself. */
function accepts(accept: string | undefined, type: string): boolean {
  if (accept === undefined) return true
  const wanted = [type, type.replace(/\/.*/, '/*'), '*/*']
  return accept.split(',').some((entry) => wanted.includes((entry.split(';')[0] ?? '').trim().toLowerCase()))
}
