import { createHash } from 'node:crypto'
import { type Answer, send } from './http.ts'

export const callback = 'http://127.0.0.1:33418/callback'
export const verifier = 'a-verifier-of-at-least-43-characters-0123456789'
export const challenge = challengeOf(verifier)

function challengeOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** What each request of a sign-in carries when nothing is changed; null leaves a parameter out, a list repeats it. */
type Change = Record<string, string | null | ReadonlyArray<string>>

export type Tokens = {
  access_token: string
  refresh_token: string
  scope: string
  expires_in: number
  token_type: string
}

/** Plays a client and its browser against a core in plain HTTP, one request at a time. */
export function oauthAt(core: { readonly port: number }) {
  const origin = `http://127.0.0.1:${core.port}`
  /** Each request is one of its own, as clients make it; a link that is opened twice is made by passing `state`. */
  let requests = 0
  const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
    send(core.port, { method: 'GET', path, headers })
  const post = (path: string, form: Change): Promise<Answer> =>
    send(core.port, {
      path,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: encode(form),
    })
  const register = (
    metadata: unknown = { client_name: 'Cursor', redirect_uris: [callback] },
    headers: Record<string, string> = {},
  ): Promise<Answer> =>
    send(core.port, {
      path: '/register',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof metadata === 'string' ? metadata : JSON.stringify(metadata),
    })
  const authorize = (clientId: string, change: Change = {}, headers: Record<string, string> = {}): Promise<Answer> =>
    get(
      `/authorize?${encode({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: callback,
        code_challenge: challenge,
        code_challenge_method: 'S256',
        state: `state-${requests++}`,
        resource: `${origin}/mcp`,
        ...change,
      })}`,
      headers,
    )
  /** What the browser is sent to, at once or when the person has answered. */
  const follow = async (answer: Answer): Promise<URL> => {
    let { location } = answer.headers
    for (let looks = 0; location?.startsWith(`${origin}/authorize?wait=`) === true && looks < 200; looks++) {
      const path = location.slice(origin.length)
      const page = await get(path)
      if (page.status !== 200) ({ location } = page.headers)
      else await new Promise((resolve) => setTimeout(resolve, 25))
    }
    if (location === undefined) throw new Error('The browser was sent nowhere')
    return new URL(location)
  }
  const token = (change: Change): Promise<Answer> => post('/token', change)
  return {
    origin,
    get,
    post,
    register,
    authorize,
    follow,
    clientId: async (metadata?: unknown): Promise<string> =>
      (JSON.parse((await register(metadata)).text) as { client_id: string }).client_id,
    exchange: (clientId: string, code: string, change: Change = {}): Promise<Answer> =>
      token({
        grant_type: 'authorization_code',
        client_id: clientId,
        code,
        code_verifier: verifier,
        redirect_uri: callback,
        resource: `${origin}/mcp`,
        ...change,
      }),
    refresh: (clientId: string, refreshToken: string, change: Change = {}): Promise<Answer> =>
      token({ grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken, ...change }),
    revoke: (clientId: string, held: string): Promise<Answer> => post('/revoke', { client_id: clientId, token: held }),
  }
}

export function tokensOf(answer: Answer): Tokens {
  if (answer.status !== 200) throw new Error(`No tokens: ${answer.status} ${answer.text}`)
  return JSON.parse(answer.text) as Tokens
}

/** The error code of an OAuth answer. */
export function oauthError(answer: Answer): [status: number, code: string] {
  return [answer.status, (JSON.parse(answer.text) as { error: string }).error]
}

function encode(form: Change): string {
  const pairs = new URLSearchParams()
  for (const [name, value] of Object.entries(form))
    for (const one of value === null ? [] : typeof value === 'string' ? [value] : value) pairs.append(name, one)
  return pairs.toString()
}
