import { z } from 'zod'
import type { NetworkException } from '../../shared/models/policy.ts'
import { exceptionFor, reachableAddresses, refuseClosed, systemResolve, type Resolve } from '../broker/resolve.ts'
import { sendUpstream } from '../broker/upstream.ts'
import type { Clock } from '../clock.ts'
import { presentMembers } from '../present-members.ts'
import { OAuthError } from './oauth-error.ts'
import { readRedirectUri } from './redirect-uri.ts'
import { nameOf } from './registration.ts'

const maxDocumentBytes = 16 * 1024
const maxUrlChars = 1000
const limits = { connectMs: 4_000, idleMs: 4_000, totalMs: 6_000 }
const cacheMs = 10 * 60_000
const maxCached = 50
const maxFetching = 4

/** What a program's own address says about it (Client ID Metadata Document). */
export type ClientDocument = { readonly name: string; readonly redirectUris: ReadonlyArray<string> }

const Document = z.object({
  client_id: z.string(),
  client_name: z.string().max(1000).optional(),
  redirect_uris: z.array(z.string()).min(1).max(20),
  token_endpoint_auth_method: z.string().optional(),
  client_secret: z.undefined().optional(),
  client_secret_expires_at: z.undefined().optional(),
})

/** Whether a client id is meant as the address of a document. */
export function isDocumentId(clientId: string): boolean {
  return /^https:\/\//i.test(clientId)
}

/**
 * Fetches what a client id that is an https address says of its program. The asker chooses the address, so it is treated
 * as an attack on the network behind: public addresses only (or an exception of the policy), looked up once, no redirect,
 * 16 KiB, 6 s, four at a time; good answers are kept for ten minutes.
 */
export class ClientDocuments {
  readonly #network: () => ReadonlyArray<NetworkException>
  readonly #clock: Clock
  readonly #resolve: Resolve
  readonly #cache = new Map<string, { document: ClientDocument; untilMs: number }>()
  #fetching = 0

  /** `network`: the exceptions of the policy, such as for a service on this machine. */
  constructor(options: { network: () => ReadonlyArray<NetworkException>; clock: Clock; resolve?: Resolve }) {
    this.#network = options.network
    this.#clock = options.clock
    this.#resolve = options.resolve ?? systemResolve
  }

  /** Throws OAuthError invalid_client, with a text for the person at the browser. */
  async get(clientId: string): Promise<ClientDocument> {
    const url = readDocumentUrl(clientId)
    const cached = this.#cache.get(clientId)
    if (cached !== undefined && this.#clock.monotonicMs() < cached.untilMs) return cached.document
    if (this.#fetching >= maxFetching) throw bad('Too many programs are looked up at the moment. Try again.')
    this.#fetching++
    try {
      const document = readDocument(await this.#fetch(url), clientId)
      this.#cache.delete(clientId)
      if (this.#cache.size >= maxCached) this.#cache.delete(this.#cache.keys().next().value ?? '')
      this.#cache.set(clientId, { document, untilMs: this.#clock.monotonicMs() + cacheMs })
      return document
    } finally {
      this.#fetching--
    }
  }

  async #fetch(url: URL): Promise<string> {
    const signal = AbortSignal.timeout(limits.totalMs)
    try {
      const exception = exceptionFor(url, this.#network())
      refuseClosed(url, exception)
      const addresses = await reachableAddresses(url, exception, this.#resolve, signal)
      const ca = exception?.ca
      const answer = await sendUpstream(
        {
          method: 'GET',
          url,
          headers: [{ name: 'Accept', value: 'application/json' }],
          body: null,
          addresses,
          ...(ca === undefined ? {} : { ca }),
        },
        maxDocumentBytes,
        limits,
        signal,
      )
      if (answer.status !== 200) throw bad('The address of this program does not answer with its document.')
      if (answer.cut) throw bad('The document of this program is too large.')
      const type = answer.headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? ''
      if (!/^application\/(?:[a-z0-9.-]+\+)?json\s*(?:;|$)/i.test(type))
        throw bad('The document of this program is not JSON.')
      return answer.body.toString('utf8')
    } catch (error) {
      if (error instanceof OAuthError) throw error
      // Which of our addresses exist or are closed is not the asker's business.
      throw bad('The address of this program could not be reached, so Clawkeep cannot tell who asks.')
    }
  }
}

function readDocumentUrl(clientId: string): URL {
  const form = 'The client id is not an address in its plain form: https, a host, a path.'
  if (clientId.length > maxUrlChars || !URL.canParse(clientId)) throw bad(form)
  const url = new URL(clientId)
  const plain = url.protocol === 'https:' && url.username === '' && url.password === '' && url.hash === ''
  if (!plain || url.href !== clientId || clientId.includes('#') || url.pathname === '/') throw bad(form)
  return url
}

function readDocument(text: string, clientId: string): ClientDocument {
  const parsed = Document.safeParse(presentMembers(parseJson(text)))
  if (!parsed.success) throw bad('The document of this program does not have the right form.')
  const {
    client_id: id,
    client_name: name,
    redirect_uris: redirectUris,
    token_endpoint_auth_method: auth,
  } = parsed.data
  if (id !== clientId) throw bad('The document at this address is that of another program.')
  if (auth !== undefined && auth !== 'none')
    throw bad('This program wants to prove itself in a way that is not served.')
  if (redirectUris.some((uri) => 'problem' in readRedirectUri(uri)))
    throw bad('The document of this program names a redirect address that is not allowed.')
  return { name: nameOf(name), redirectUris }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function bad(description: string): OAuthError {
  return new OAuthError('invalid_client', description)
}
