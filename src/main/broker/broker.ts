import { AppError } from '../../shared/app-error.ts'
import type { RequestView, Risk, SecretUse } from '../../shared/models/approval.ts'
import { usableKinds } from '../../shared/models/item.ts'
import type { NetworkException, Policy } from '../../shared/models/policy.ts'
import { requestRisks } from '../approvals/risks.ts'
import type { Items } from '../vault/items.ts'
import type { Vault } from '../vault/vault.ts'
import { answerOf, keepBytesFor, type HttpAnswer } from './answer.ts'
import { fill } from './fill.ts'
import { namesIn, readable, urlHasPlaceholder } from './placeholders.ts'
import { forget } from './redact.ts'
import { checkBody, readHeaders, readMethod, readUrl, type Header } from './request-shape.ts'
import { exceptionFor, isLocalName, reachableAddresses, refuseClosed, systemResolve, type Resolve } from './resolve.ts'
import { mayReceive } from './secret-rules.ts'
import { sendUpstream, usualLimits, type Limits } from './upstream.ts'

export type { HttpAnswer } from './answer.ts'

/** A request as the asker gave it, with `{{secret:NAME}}` where credentials belong. */
export type HttpRequestInput = {
  readonly method: string
  readonly url: string
  readonly headers: ReadonlyArray<Header>
  readonly body: Buffer | null
}

/** A request that was checked and can be shown: still placeholders, no values. `input` is what will be sent. */
export type Prepared = {
  readonly input: HttpRequestInput
  readonly url: URL
  /** With the port, unless it is the usual one. */
  readonly host: string
  readonly secrets: ReadonlyArray<SecretUse>
  readonly view: RequestView
  readonly risks: ReadonlyArray<Risk>
}

const maxSecretUses = 20
const maxShownBodyBytes = 16_384

/**
 * Sends requests for clients and assistants with credentials they never see: a placeholder becomes the secret on the wire,
 * to the hosts of its item only, and the secret is taken out of the answer again.
 */
export class Broker {
  readonly #items: Pick<Items, 'list' | 'get' | 'byName' | 'useSecret'>
  readonly #policy: () => Policy
  readonly #resolve: Resolve
  readonly #limits: Limits
  readonly #underWay = new Set<AbortController>()

  /** Give `vault` so that a lock ends what is under way. `resolve` and `limits` are for tests. */
  constructor(parts: {
    items: Pick<Items, 'list' | 'get' | 'byName' | 'useSecret'>
    policy: () => Policy
    vault?: Pick<Vault, 'onLock'>
    resolve?: Resolve
    limits?: Partial<Limits>
  }) {
    this.#items = parts.items
    this.#policy = parts.policy
    this.#resolve = parts.resolve ?? systemResolve
    this.#limits = { ...usualLimits, ...parts.limits }
    parts.vault?.onLock(() => {
      for (const sending of this.#underWay)
        sending.abort(new AppError('locked', 'The vault was locked while the request was under way.'))
    })
  }

  /**
   * Checks a request and says what it will do; sends nothing, opens no secret.
   * Throws AppError invalid, too_large, locked; refused when a secret may not be used like this.
   */
  prepare(raw: HttpRequestInput): Prepared {
    const method = readMethod(raw.method)
    if (urlHasPlaceholder(raw.url)) {
      throw new AppError('refused', 'A secret cannot be part of a URL: URLs end up in logs.', {
        hint: 'Put it in a header or in the body.',
      })
    }
    const url = readUrl(raw.url)
    const headers = readHeaders(raw.headers)
    checkBody(raw.body)
    // A copy, so that what was shown and what is sent are the same bytes whatever the caller does to its own.
    const input = { method, url: url.href, headers, body: raw.body === null ? null : Buffer.from(raw.body) }
    const exception = exceptionFor(url, this.#policy().network)
    refuseClosed(url, exception)
    const secrets = this.#usesIn(input, url, exception)
    if (secrets.length > 0 && headers.some(({ name }) => name.toLowerCase() === 'range')) {
      throw new AppError('refused', 'A request with a secret cannot ask for a part of the answer.', {
        hint: 'Leave out the header Range: a secret that the answer repeats is only found, and taken out, when it is whole.',
      })
    }
    const bodyText = input.body?.toString('utf8') ?? ''
    const risks = requestRisks({
      method,
      url,
      texts: [raw.url, bodyText, ...headers.map(({ value }) => readable(value))],
      local: exception !== null || isLocalName(url),
      knownHosts: this.#items.list().flatMap((item) => item.hosts),
    })
    return { input, url, host: url.host, secrets, view: viewOf(input, url), risks }
  }

  /**
   * Sends a prepared request and returns the answer without the secrets. Redirects are not followed.
   * What may have changed since `prepare` (hosts of the items, network exceptions) is checked again.
   * Throws AppError refused, locked, not_found, unavailable, timeout, cancelled.
   */
  async send(prepared: Prepared, signal: AbortSignal): Promise<HttpAnswer> {
    const locked = new AbortController()
    this.#underWay.add(locked)
    const both = AbortSignal.any([signal, locked.signal])
    try {
      return await this.#exchange(prepared, both)
    } catch (error) {
      if (locked.signal.aborted) throw locked.signal.reason
      if (signal.aborted)
        throw new AppError('cancelled', 'The request was cancelled; it may have arrived all the same.')
      throw error
    } finally {
      this.#underWay.delete(locked)
    }
  }

  async #exchange({ input, url, secrets }: Prepared, signal: AbortSignal): Promise<HttpAnswer> {
    const exception = exceptionFor(url, this.#policy().network)
    for (const use of secrets) mayReceive(this.#items.get(use.itemId), url, exception)
    const addresses = await reachableAddresses(
      url,
      exception,
      this.#resolve,
      AbortSignal.any([signal, AbortSignal.timeout(this.#limits.connectMs)]),
    )
    const filled = fill(input, secrets, (itemId, use) => this.#items.useSecret(itemId, use))
    try {
      const out = { ...filled.request, url, addresses, ...(exception?.ca === undefined ? {} : { ca: exception.ca }) }
      const incoming = await sendUpstream(out, keepBytesFor(filled.redactions), this.#limits, signal)
      return answerOf(incoming, filled.redactions)
    } finally {
      forget(filled.redactions)
    }
  }

  #usesIn(input: HttpRequestInput, url: URL, exception: NetworkException | null): ReadonlyArray<SecretUse> {
    const places = [
      ...input.headers.map(({ name, value }) => ({
        placement: `header ${name}`,
        names: namesIn(Buffer.from(value, 'latin1')),
      })),
      { placement: 'body', names: namesIn(input.body ?? Buffer.alloc(0)) },
    ]
    const uses = new Map<string, SecretUse>()
    for (const { placement, names } of places) {
      for (const name of names) {
        const item = this.#items.byName(name)
        // A note or a private key is answered like a name that is not there.
        if (item === undefined || !usableKinds.includes(item.kind)) {
          throw new AppError('refused', `There is no item named “${name.slice(0, 200)}” that you can use.`, {
            hint: 'Ask for the list of secrets to see the names; they are case-sensitive.',
          })
        }
        mayReceive(item, url, exception)
        uses.set(`${item.id} ${placement.toLowerCase()}`, { itemId: item.id, name: item.name, placement })
      }
    }
    if (uses.size <= maxSecretUses) return [...uses.values()]
    throw new AppError('refused', 'The request uses too many secrets.', {
      hint: `Use at most ${maxSecretUses} in one request.`,
    })
  }
}

function viewOf({ method, headers, body }: HttpRequestInput, url: URL): RequestView {
  const shown = body?.subarray(0, maxShownBodyBytes)
  // `stream` leaves out a character that the cut went through.
  const text = shown === undefined ? '' : new TextDecoder().decode(shown, { stream: true })
  return {
    method,
    url: url.href,
    host: url.host,
    headers: headers.map(({ name, value }) => ({ name, value: readable(value) })),
    body: body === null ? null : { text, bytes: body.length, truncated: body.length > maxShownBodyBytes },
  }
}
