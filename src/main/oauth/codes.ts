import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { sha256 } from '../mcp/key-record.ts'
import type { NewSignIn } from './sign-ins.ts'

const codeMs = 60_000
/** A used code is remembered this long: one that comes back ends what it opened (RFC 6749, 4.1.2). */
const rememberMs = 10 * 60_000
const maxCodes = 100

/** What a code stands for, and what must come with it. */
export type CodeGrant = NewSignIn & {
  readonly redirectUri: string
  readonly challenge: string
  readonly approvalId: string
}

type Entry = { grant: CodeGrant; expiresAtMs: number; used: boolean; familyId: string | null }

/** Authorization codes: in memory only, by their hash, once, for a minute. */
export class Codes {
  readonly #clock: Clock
  readonly #codes = new Map<string, Entry>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  make(grant: CodeGrant): string {
    this.#dropOld()
    if (this.#codes.size >= maxCodes) this.#codes.delete(this.#codes.keys().next().value ?? '')
    const code = `oc_ac_${randomBytes(24).toString('hex')}`
    this.#codes.set(sha256(code), {
      grant,
      expiresAtMs: this.#clock.monotonicMs() + codeMs,
      used: false,
      familyId: null,
    })
    return code
  }

  /** Spends a code, whatever comes of it. `replayed`: the family that its first use opened, if there is one. */
  take(
    code: string,
  ): { readonly grant: CodeGrant; readonly opened: (familyId: string) => void } | { readonly replayed: string | null } {
    const entry = this.#codes.get(sha256(code))
    if (entry === undefined) return { replayed: null }
    if (entry.used) return { replayed: entry.familyId }
    entry.used = true
    if (this.#clock.monotonicMs() >= entry.expiresAtMs) return { replayed: null }
    return { grant: entry.grant, opened: (familyId) => (entry.familyId = familyId) }
  }

  #dropOld(): void {
    const nowMs = this.#clock.monotonicMs()
    for (const [hash, entry] of this.#codes) if (nowMs >= entry.expiresAtMs + rememberMs) this.#codes.delete(hash)
  }
}
