import { randomBytes } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import type { Clock } from '../clock.ts'
import { reportBug } from '../report-bug.ts'
import type { AuthorizationRequest } from './authorization-request.ts'
import type { Agreed } from './consent.ts'
import { OAuthError } from './oauth-error.ts'
import { RefusalPauses } from './refusal-pauses.ts'

/** What is known of a program: nothing but its own words, the address of its document, or that the person let it in before. */
export type Standing = 'stranger' | 'document' | 'let in'

/** A request as it came, and from which address of this server. */
type Wanted = { readonly request: AuthorizationRequest; readonly state: string | null; readonly issuer: string }

/** One sign-in that waits for the person, or for the browser to fetch the answer. */
export type Waiting = Wanted & {
  readonly standing: Standing
  /** On the monotonic clock. */
  endsAtMs: number
  outcome: Agreed | OAuthError | null
  /** A browser took the outcome to the program. */
  isTaken: boolean
}

type Parts = {
  readonly clock: Clock
  /** Asks the person. Rejects with OAuthError or AppError. */
  readonly ask: (wanted: Wanted) => Promise<Agreed>
}

/** A sign-in is dropped after this; longer than any question lives. */
const keepMs = 2 * 3_600_000
/** A refusal that no browser fetches is dropped after this. */
const keepRefusalMs = 5 * 60_000
/** One whose answer was taken is kept this long, for the other tabs of the same link: as long as a code is good. */
const keepTakenMs = 60_000
/** How many wait at once, of one standing and those below it: whoever floods with new names leaves room for the others. */
const places: ReadonlyArray<readonly [Standing, number]> = [
  ['stranger', 4],
  ['document', 6],
  ['let in', 8],
]
const maxWaitingPerClient = 2
const maxKept = 100
/** So many refusals hold back only who was refused; after that all strangers wait, since each can take a new name. */
const freeOfStrangers = 4
const strangers = 'strangers'

/** The sign-ins that are under way, bounded; one that has ended takes no place of one that waits. */
export class WaitingSignIns {
  readonly #clock: Clock
  readonly #ask: Parts['ask']
  readonly #pauses: RefusalPauses
  readonly #byHandle = new Map<string, Waiting>()

  constructor({ clock, ask }: Parts) {
    this.#clock = clock
    this.#ask = ask
    this.#pauses = new RefusalPauses(clock)
  }

  /**
   * Asks the person, and gives the handle by which the browser finds the answer. The same request again, from a link that was
   * opened twice, is led to the same answer. Throws OAuthError temporarily_unavailable.
   */
  begin(wanted: Wanted, standing: Standing): string {
    this.#dropOld()
    const known = this.#same(wanted)
    if (known !== undefined) return known
    const { clientId } = wanted.request.client
    this.#refuseTooSoon(clientId, standing)
    this.#refuseTooMany(clientId, standing)
    this.#makeRoom()
    const handle = randomBytes(24).toString('hex')
    const endsAtMs = this.#clock.monotonicMs() + keepMs
    const waiting: Waiting = { ...wanted, standing, endsAtMs, outcome: null, isTaken: false }
    this.#byHandle.set(handle, waiting)
    void this.#ask(wanted).then(
      (agreed) => this.#agreed(waiting, agreed),
      (error: unknown) => this.#refused(waiting, failure(error)),
    )
    return handle
  }

  get(handle: string): Waiting | undefined {
    this.#dropOld()
    return this.#byHandle.get(handle)
  }

  /** Its answer goes to the program now, and never again: a code that comes twice counts as stolen. */
  take(waiting: Waiting): void {
    waiting.isTaken = true
    waiting.endsAtMs = this.#clock.monotonicMs() + keepTakenMs
  }

  #same(wanted: Wanted): string | undefined {
    const key = keyOf(wanted)
    return [...this.#byHandle].find(([, waiting]) => keyOf(waiting) === key)?.[0]
  }

  #agreed(waiting: Waiting, outcome: Agreed): void {
    this.#pauses.forgive(waiting.request.client.clientId)
    waiting.outcome = outcome
  }

  #refused(waiting: Waiting, outcome: OAuthError): void {
    if (outcome.code === 'access_denied') {
      this.#pauses.refused(waiting.request.client.clientId)
      if (waiting.standing === 'stranger') this.#pauses.refused(strangers)
    }
    waiting.outcome = outcome
    waiting.endsAtMs = this.#clock.monotonicMs() + keepRefusalMs
  }

  #refuseTooSoon(clientId: string, standing: Standing): void {
    const ofAllMs = standing === 'stranger' ? this.#pauses.leftMs(strangers, freeOfStrangers) : 0
    const leftMs = Math.max(this.#pauses.leftMs(clientId), ofAllMs)
    if (leftMs === 0) return
    const leftS = Math.ceil(leftMs / 1000)
    throw new OAuthError('temporarily_unavailable', `Sign-ins were refused just now. Try again in ${leftS} s.`)
  }

  #refuseTooMany(clientId: string, standing: Standing): void {
    const open = [...this.#byHandle.values()].filter(({ outcome }) => outcome === null)
    const isFull = places.slice(rankOf(standing)).some(([level, most]) => {
      return open.filter((other) => rankOf(other.standing) <= rankOf(level)).length >= most
    })
    const own = open.filter(({ request }) => request.client.clientId === clientId).length
    if (isFull || own >= maxWaitingPerClient)
      throw new OAuthError('temporarily_unavailable', 'Other sign-ins wait for the person. Answer those first.')
  }

  /** The oldest that has ended goes, what was taken and refusals before answers that a browser may still come for. */
  #makeRoom(): void {
    if (this.#byHandle.size < maxKept) return
    const ended = [...this.#byHandle].filter(([, { outcome }]) => outcome !== null)
    const oldest = ended.find(([, { outcome, isTaken }]) => isTaken || outcome instanceof OAuthError) ?? ended[0]
    if (oldest !== undefined) this.#byHandle.delete(oldest[0])
  }

  #dropOld(): void {
    const nowMs = this.#clock.monotonicMs()
    for (const [handle, { endsAtMs }] of this.#byHandle) if (nowMs >= endsAtMs) this.#byHandle.delete(handle)
  }
}

function keyOf({ request, state, issuer }: Wanted): string {
  const { client, scopes, resource, challenge } = request
  const { clientId, redirect } = client
  return JSON.stringify([clientId, redirect.uri, scopes.toSorted(), resource, challenge, state, issuer])
}

function rankOf(standing: Standing): number {
  return places.findIndex(([level]) => level === standing)
}

function failure(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error
  if (error instanceof AppError) return new OAuthError('temporarily_unavailable', error.message)
  reportBug('sign-in', error)
  return new OAuthError('server_error', 'Something unexpected went wrong.')
}
