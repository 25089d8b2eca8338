import { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import { Grant, type Approval, type Decision } from '../../shared/models/approval.ts'
import type { Clock } from '../clock.ts'
import { newId } from '../ids.ts'
import type { Records } from '../vault/records.ts'
import type { Question } from './question.ts'

const recordKind = 'grant'
const maxGrants = 500
const minuteMs = 60_000

/** A grant as it is kept: what the window shows, and what else a call must have in common with the one that was shown. */
const GrantRow = z.object({
  grant: Grant,
  definitionHash: z.string(),
  /** Scheme, host and port: an answer for https is none for http. */
  origin: z.string(),
  /** `ITEM@PLACEMENT`, sorted: a token allowed in a header is not allowed in a body that others may read. */
  uses: z.array(z.string()),
})
type GrantRow = z.infer<typeof GrantRow>

type Held = { row: GrantRow; readonly endsAtMonotonicMs: number }
type GrantTerms = NonNullable<Extract<Decision, { answer: 'allow' }>['grant']>

/** Rows to write in the transaction of the decision that made the grant, and what to do once they are written. */
export type NewGrant = {
  readonly grant: Grant
  readonly writes: ReadonlyArray<{ kind: string; id: string; value: unknown }>
  readonly keep: () => void
}

/** The standing answers. They are only asked when the policy says "ask", so a deny rule always beats them. */
export class Grants {
  readonly #records: Pick<Records, 'list' | 'put'>
  readonly #clock: Clock
  readonly #changed: () => void
  readonly #held = new Map<string, Held>()

  constructor(parts: { records: Pick<Records, 'list' | 'put'>; clock: Clock; changed: () => void }) {
    this.#records = parts.records
    this.#clock = parts.clock
    this.#changed = parts.changed
  }

  /** Newest first; revoked and expired ones too, until they are dropped to make room. */
  list(): ReadonlyArray<Grant> {
    return [...this.#held.values()].map((held) => held.row.grant).toSorted((a, b) => b.createdAtMs - a.createdAtMs)
  }

  /** Ends a grant now. A second time changes nothing. Throws AppError not_found. */
  revoke(id: string): void {
    const held = this.#held.get(id)
    if (held === undefined)
      throw new AppError('not_found', 'There is no such grant.', { hint: 'It may have been dropped already.' })
    if (held.row.grant.revokedAtMs !== null) return
    this.#store(held, { revokedAtMs: this.#clock.now() })
    this.#changed()
  }

  /** Prepares a grant for the calls that are like this one; nothing is kept before `keep()`. */
  prepare(approval: Approval, question: Pick<Question, 'definitionHash'>, terms: GrantTerms): NewGrant {
    const nowMs = this.#clock.now()
    const grant: Grant = {
      id: newId('grt'),
      approvalId: approval.id,
      asker: approval.asker,
      tool: approval.tool,
      host: approval.request.host,
      itemIds: [...new Set(approval.secrets.map((use) => use.itemId))],
      createdAtMs: nowMs,
      expiresAtMs: nowMs + terms.forMinutes * minuteMs,
      usesLeft: terms.uses,
      usedCount: 0,
      revokedAtMs: null,
    }
    const row: GrantRow = {
      grant,
      definitionHash: question.definitionHash,
      origin: originOf(approval.request),
      uses: usesOf(approval.secrets),
    }
    const dropped = this.#surplus()
    const removals = dropped.map((id) => ({ kind: recordKind, id, value: undefined }))
    const keep = (): void => {
      for (const id of dropped) this.#held.delete(id)
      this.#hold(row)
      this.#changed()
    }
    return { grant, writes: [{ kind: recordKind, id: grant.id, value: row }, ...removals], keep }
  }

  /** Uses up one use of a grant that covers the call, durably before it returns; null when none does. */
  take(question: Question): Grant | null {
    for (const held of this.#held.values()) {
      if (!this.#isLive(held) || !covers(held.row, question)) continue
      const { usesLeft, usedCount } = held.row.grant
      const grant = this.#store(held, { usesLeft: usesLeft === null ? null : usesLeft - 1, usedCount: usedCount + 1 })
      this.#changed()
      return grant
    }
    return null
  }

  /** Reads the grants of an unlocked vault; a row that cannot be read grants nothing. */
  load(): void {
    this.#held.clear()
    for (const { value } of this.#records.list(recordKind)) {
      const row = GrantRow.safeParse(value)
      if (row.success) this.#hold(row.data)
    }
  }

  clear(): void {
    this.#held.clear()
  }

  #hold(row: GrantRow): void {
    const leftMs = row.grant.expiresAtMs - this.#clock.now()
    const lifeMs = row.grant.expiresAtMs - row.grant.createdAtMs
    this.#held.set(row.grant.id, { row, endsAtMonotonicMs: this.#clock.monotonicMs() + Math.min(leftMs, lifeMs) })
  }

  /** Over on either clock: a wall clock set back must not lengthen it, a machine asleep must not stop it. */
  #isLive(held: Held): boolean {
    const { grant } = held.row
    if (grant.revokedAtMs !== null || grant.usesLeft === 0) return false
    return this.#clock.now() < grant.expiresAtMs && this.#clock.monotonicMs() < held.endsAtMonotonicMs
  }

  #store(held: Held, change: Partial<Grant>): Grant {
    const row = { ...held.row, grant: { ...held.row.grant, ...change } }
    this.#records.put(recordKind, row.grant.id, row)
    held.row = row
    return row.grant
  }

  /** What must go so that one more fits: dead ones first, then the oldest. */
  #surplus(): ReadonlyArray<string> {
    const count = this.#held.size + 1 - maxGrants
    if (count <= 0) return []
    return [...this.#held.values()]
      .toSorted(
        (a, b) =>
          Number(this.#isLive(a)) - Number(this.#isLive(b)) || a.row.grant.createdAtMs - b.row.grant.createdAtMs,
      )
      .slice(0, count)
      .map((held) => held.row.grant.id)
  }
}

function covers(row: GrantRow, question: Question): boolean {
  const { grant } = row
  return (
    grant.asker.kind === question.asker.kind &&
    grant.asker.id === question.asker.id &&
    grant.tool === question.tool &&
    grant.host === question.request.host &&
    row.definitionHash === question.definitionHash &&
    row.origin === originOf(question.request) &&
    JSON.stringify(row.uses) === JSON.stringify(usesOf(question.secrets))
  )
}

function usesOf(secrets: Question['secrets']): string[] {
  return [...new Set(secrets.map((use) => `${use.itemId}@${use.placement}`))].toSorted()
}

function originOf(request: Question['request']): string {
  return URL.canParse(request.url) ? new URL(request.url).origin : request.host
}
