import type { Clock } from '../clock.ts'
import type { OpenExchange } from '../mcp/open-route.ts'
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
import { type Standing, WaitingSignIns } from './waiting-sign-ins.ts'

type Deps = Parameters<typeof askConsent>[3] & {
  readonly registrations: Registrations
  readonly documents: ClientDocuments
  readonly codes: Codes
  /** Of the provider elsewhere. */
  readonly scopeMap: () => Provider['scopeMap']
  readonly clock: Clock
  readonly vault: { readonly state: 'absent' | 'locked' | 'unlocked' }
}

const lookAgainS = 2
const unlockLookAgainS = 3

/**
 * The authorization endpoint. The browser only ever shows "look at Clawkeep"; the question stands in the window, and the
 * page looks again until there is an answer to take to the program.
 */
export class Authorize {
  readonly #deps: Deps
  readonly #waiting: WaitingSignIns
  /** The question ends by itself: answered, expired, locked. A browser that is closed does not end it. */
  readonly #never = new AbortController().signal

  constructor(deps: Deps) {
    this.#deps = deps
    const { clock } = deps
    this.#waiting = new WaitingSignIns({
      clock,
      ask: ({ request, state }) => askConsent(request, state, this.#never, deps),
    })
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
      const request = readRequest(query, client, { origin, scopeMap })
      const begun = this.#waiting.begin({ request, state, issuer: origin }, this.#standingOf(client))
      this.#deps.registrations.asked(client.clientId)
      response.writeHead(303, { location: `${origin}/authorize?wait=${begun}`, ...keepsReferrer }).end()
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error
      this.#sendBack(exchange, client, { state, iss: origin, ...refusal(error) })
    }
  }

  /** How much a program's word counts before anybody is asked. */
  #standingOf({ clientId, identity }: KnownClient): Standing {
    const { registrations, signIns } = this.#deps
    if (registrations.wasLetIn(clientId) || signIns.of(clientId) !== null) return 'let in'
    return identity === 'document' ? 'document' : 'stranger'
  }

  #look(handle: string, exchange: OpenExchange): void {
    const { response, origin } = exchange
    const waiting = this.#waiting.get(handle)
    if (waiting === undefined || waiting.issuer !== origin) {
      const text = 'It was answered, or it is too old. Start it again in the program that wanted it.'
      return sendPage(response, { status: 400, title: 'This sign-in is over', text })
    }
    const { outcome, request, state, isTaken } = waiting
    if (isTaken) {
      const text = 'Another tab took the answer to the program. You can close this page.'
      return sendPage(response, { status: 200, title: 'This sign-in was answered', text })
    }
    if (outcome === null) {
      return sendPage(response, {
        status: 200,
        title: 'Look at Clawkeep',
        text: 'A program wants to sign in. The Clawkeep window shows which one and what it asks for. This page goes on when you have answered there.',
        again: { afterS: lookAgainS, url: `${origin}/authorize?wait=${handle}` },
      })
    }
    this.#waiting.take(waiting)
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
}

/** Without it browsers would not say on the next step either which page has led here, and a listed one were refused there. */
const keepsReferrer = { 'referrer-policy': 'strict-origin-when-cross-origin' }

function refusal(error: OAuthError): Record<string, string> {
  return { error: error.code, error_description: plainAscii(error.message) }
}
