import type { Clock } from '../clock.ts'
import { type IntrospectedToken, leewayMs } from './introspected-token.ts'

/** What a provider's word makes of a token: good; `endedOf`: one of this client that reached its own end; null: nobody's. */
export type Known = IntrospectedToken | { readonly endedOf: string } | null

/** A revoked token works for at most this long. */
const liveForMs = 60_000
const deadForMs = 15_000
const maxKnown = 1000

/**
 * What a provider said about tokens, each by the hash of its text. Good, ended and dead ones are kept apart, so that
 * made-up tokens never push out others.
 */
export class TokenMemory {
  readonly #clock: Clock
  readonly #live = new Map<string, { readonly token: IntrospectedToken; readonly untilMs: number }>()
  readonly #ended = new Map<string, { readonly endedOf: string }>()
  readonly #dead = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Undefined when the provider has to be asked. */
  get(hash: string): Known | undefined {
    const nowMs = this.#clock.monotonicMs()
    const live = this.#live.get(hash)
    if (live !== undefined) return nowMs < live.untilMs ? live.token : undefined
    const ended = this.#ended.get(hash)
    if (ended !== undefined) return ended
    return nowMs < (this.#dead.get(hash) ?? 0) ? null : undefined
  }

  /** Whether the provider vouched for it when it was asked last, however long ago. */
  wasGood(hash: string): boolean {
    return this.#live.has(hash)
  }

  /**
   * Takes in what the provider says now; `revoked`: the client to cut off. A token that the provider drops at or after its
   * end is over like any other, however many of its client's calls and tasks go on with the next one.
   */
  remember(hash: string, said: IntrospectedToken | null): { readonly known: Known; readonly revoked: string | null } {
    const before = this.#live.get(hash)?.token
    this.#live.delete(hash)
    this.#dead.delete(hash)
    if (said !== null) {
      keep(this.#live, hash, { token: said, untilMs: this.#clock.monotonicMs() + liveForMs })
      return { known: said, revoked: null }
    }
    if (before !== undefined && this.#clock.now() >= before.endsAtMs - leewayMs) {
      const known = { endedOf: before.clientId }
      keep(this.#ended, hash, known)
      return { known, revoked: null }
    }
    keep(this.#dead, hash, this.#clock.monotonicMs() + deadForMs)
    return { known: null, revoked: before?.clientId ?? null }
  }

  /** Knows nothing any more; gives back whose tokens were good. */
  forget(): ReadonlyArray<string> {
    const clients = new Set([...this.#live.values()].map(({ token }) => token.clientId))
    for (const map of [this.#live, this.#ended, this.#dead]) map.clear()
    return [...clients]
  }
}

function keep<T>(map: Map<string, T>, hash: string, value: T): void {
  const oldest = map.keys().next()
  if (map.size >= maxKnown && oldest.done !== true) map.delete(oldest.value)
  map.set(hash, value)
}
