import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { OpenExchange } from '../mcp/open-route.ts'
import { reportBug } from '../report-bug.ts'
import { AppError } from '../../shared/app-error.ts'
import type { Provider } from '../../shared/models/provider.ts'
import { plainAscii } from './answers.ts'
import { type AuthorizationRequest, type KnownClient, readClient, readRequest } from './authorization-request.ts'
import type { ClientDocuments } from './client-metadata.ts'
import type { Codes } from './codes.ts'
import { type Agreed, askConsent } from './consent.ts'
import { OAuthError } from './oauth-error.ts'
import { sendPage } from './page.ts'
import { parameter } from './parameters.ts'
import type { Registrations } from './registration.ts'

type Deps = Parameters<typeof askConsent>[3] & {
  readonly registrations: Registrations
  readonly documents: ClientDocuments
  readonly codes: Codes
  /** Of the provider elsewhere. */
  readonly scopeMap: () => Provider['scopeMap']
  readonly clock: Clock
  readonly vault: { readonly state: 'absent' | 'locked' | 'unlocked' }
}

/** One sign-in that waits for the person, or for the browser to fetch the answer. */
type Waiting = {
  readonly request: AuthorizationRequest
  readonly state: string | null
  readonly issuer: string
  readonly endsAtMs: number
  outcome: Agreed | OAuthError | null
}

const lookAgainS = 2
const unlockLookAgainS = 3
/** An answer that no browser fetches is dropped; longer than any question lives. */
const keepMs = 2 * 3_600_000
const maxWaiting = 8
const maxWaitingPerClient = 2
const maxKept = 100

/**
 * The authorization endpoint. The browser only ever shows "look at Clawkeep"; the question stands in the window, and the
 * page looks again until there is an answer to take to the program.
 */
export class Authorize {
  readonly #deps: Deps
  readonly #waiting = new Map<string, Waiting>()
  /** The question ends by itself: answered, expired, locked. A browser that is closed does not end it. */
  readonly #never = new AbortController().signal

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async handle(exchange: OpenExchange): Promise<void> {
    const { query, response, origin } = exchange
    const handle = query.get('wait')
    if (handle !== null) return this.#look(handle, exchange)
    if (this.#deps.vault.state !== 'unlocked') return this.#sendLocked(exchange)
    let client: KnownClient
    let state: string | null
    try {
      state = parameter(query, 'state')
      client = await readClient(query, this.#deps)
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error
      return sendPage(response, { status: 400, title: 'This sign-in cannot go on', text: error.message })
    }
    const scopeMap = this.#deps.scopeMap()
    try {
      const begun = this.#begin(readRequest(query, client, { origin, scopeMap }), state, origin)
      response.writeHead(303, { location: `${origin}/authorize?wait=${begun}` }).end()
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error
      this.#sendBack(exchange, client, { state, iss: origin, ...refusal(error) })
    }
  }

  #begin(request: AuthorizationRequest, state: string | null, issuer: string): string {
    this.#dropOld()
    const open = [...this.#waiting.values()].filter(({ outcome }) => outcome === null)
    const own = open.filter((waiting) => waiting.request.client.clientId === request.client.clientId)
    if (open.length >= maxWaiting || own.length >= maxWaitingPerClient || this.#waiting.size >= maxKept)
      throw new OAuthError('temporarily_unavailable', 'Other sign-ins wait for the person. Answer those first.')
    const endsAtMs = this.#deps.clock.monotonicMs() + keepMs
    const waiting: Waiting = { request, state, issuer, endsAtMs, outcome: null }
    const handle = randomBytes(24).toString('hex')
    this.#waiting.set(handle, waiting)
    this.#deps.registrations.asked(request.client.clientId)
    void askConsent(request, state, this.#never, this.#deps).then(
      (agreed) => (waiting.outcome = agreed),
      (error: unknown) => (waiting.outcome = failure(error)),
    )
    return handle
  }

  #look(handle: string, exchange: OpenExchange): void {
    const { response, origin } = exchange
    const waiting = this.#waiting.get(handle)
    if (waiting === undefined || waiting.issuer !== origin) {
      const text = 'It was answered, or it is too old. Start it again in the program that wanted it.'
      return sendPage(response, { status: 400, title: 'This sign-in is over', text })
    }
    const { outcome, request, state } = waiting
    if (outcome === null) {
      return sendPage(response, {
        status: 200,
        title: 'Look at Clawkeep',
        text: 'A program wants to sign in. The Clawkeep window shows which one and what it asks for. This page goes on when you have answered there.',
        again: { afterS: lookAgainS, url: `${origin}/authorize?wait=${handle}` },
      })
    }
    this.#waiting.delete(handle)
    const common = { state, iss: waiting.issuer }
    if (outcome instanceof OAuthError)
      return this.#sendBack(exchange, request.client, { ...common, ...refusal(outcome) })
    this.#sendBack(exchange, request.client, { code: this.#codeFor(request, outcome), ...common })
  }

  #codeFor({ client, resource, challenge }: AuthorizationRequest, agreed: Agreed): string {
    const { signInId, approvalId, consented } = agreed
    const { clientId, name, identity, redirect } = client
    return this.#deps.codes.make({
      id: signInId,
      name,
      clientId,
      identity,
      redirectHost: redirect.host,
      scopes: consented.scopes,
      endsAtMs: consented.endsAtMs,
      resource,
      redirectUri: redirect.uri,
      challenge,
      approvalId,
    })
  }

  /** Takes the browser to the program's own address; an app is opened by a link too, for browsers that want a click. */
  #sendBack({ response }: OpenExchange, { redirect }: KnownClient, answer: Record<string, string | null>): void {
    const given = Object.entries(answer).filter((entry): entry is [string, string] => entry[1] !== null)
    const url = `${redirect.uri}${redirect.uri.includes('?') ? '&' : '?'}${new URLSearchParams(given).toString()}`
    if (redirect.to !== 'app') {
      response.writeHead(303, { location: url }).end()
      return
    }
    const text = 'Your answer goes back to the program. You can close this page.'
    const again = { afterS: 0, url }
    sendPage(response, { status: 200, title: 'Done', text, again, link: { words: 'Open the program', url } })
  }

  #sendLocked({ response, origin, query }: OpenExchange): void {
    const absent = this.#deps.vault.state === 'absent'
    sendPage(response, {
      status: 200,
      title: absent ? 'Clawkeep has no vault yet' : 'Unlock Clawkeep',
      text: `A program wants to sign in. ${absent ? 'Make a vault' : 'Unlock it'} in the Clawkeep window; this page goes on then.`,
      again: { afterS: unlockLookAgainS, url: `${origin}/authorize?${query.toString()}` },
    })
  }

  #dropOld(): void {
    const nowMs = this.#deps.clock.monotonicMs()
    for (const [handle, { endsAtMs }] of this.#waiting) if (nowMs >= endsAtMs) this.#waiting.delete(handle)
  }
}

function refusal(error: OAuthError): Record<string, string> {
  return { error: error.code, error_description: plainAscii(error.message) }
}

function failure(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error
  if (error instanceof AppError) return new OAuthError('temporarily_unavailable', error.message)
  reportBug('sign-in', error)
  return new OAuthError('server_error', 'Something unexpected went wrong.')
}
