import { z } from 'zod'
import { Approval } from '../../shared/models/approval.ts'
import type { Records } from '../vault/records.ts'
import type { Bound } from './question.ts'

const recordKind = 'approval'
const maxDecided = 500
/** An answer can be used until its question expires, and at least this long: the call may have to come again to fetch it. */
const answerKeepsMs = 60_000

/** An approval as it is kept: what the window shows, and what its answer is bound to. */
export const ApprovalRow = z.object({
  approval: Approval,
  digest: z.string(),
  definitionHash: z.string(),
  argsHash: z.string(),
  policyVersion: z.string(),
})
export type ApprovalRow = z.infer<typeof ApprovalRow>

type Write = { readonly kind: string; readonly id: string; readonly value: unknown }

/** The parts of a kept question that its answer is bound to. */
export function boundOf(row: ApprovalRow): Bound {
  const { asker, tool, request, secrets, consent } = row.approval
  const { definitionHash, argsHash, policyVersion } = row
  return { asker, tool, definitionHash, argsHash, policyVersion, request, secrets, consent }
}

export function changed(row: ApprovalRow, change: Partial<Approval>): ApprovalRow {
  return { ...row, approval: { ...row.approval, ...change } }
}

/** Whether an answer is recent enough to be told to a call that comes again. */
export function isFresh({ expiresAtMs, decidedAtMs }: Approval, nowMs: number): boolean {
  const answeredAtMs = decidedAtMs ?? 0
  // A wall clock that was set back to before the answer must not keep it.
  return nowMs > answeredAtMs - answerKeepsMs && nowMs < Math.max(expiresAtMs, answeredAtMs + answerKeepsMs)
}

/** Whether a call may still run on this answer. */
export function isUsable(approval: Approval, nowMs: number): boolean {
  return approval.state === 'allowed' && !approval.used && isFresh(approval, nowMs)
}

/** Waiting ones first, the oldest on top; then the answered ones, newest first. */
export function inOrder(all: ReadonlyArray<Approval>): ReadonlyArray<Approval> {
  const pending = all.filter((approval) => approval.state === 'pending')
  const answered = all.filter((approval) => approval.state !== 'pending')
  return [
    ...pending.toSorted((a, b) => a.createdAtMs - b.createdAtMs),
    ...answered.toSorted((a, b) => (b.decidedAtMs ?? 0) - (a.decidedAtMs ?? 0)),
  ]
}

/** The approvals of the unlocked vault: sealed records on disk, and the same in memory. The oldest of 500 answers is dropped. */
export class ApprovalBook {
  readonly #records: Pick<Records, 'list' | 'putAll'>
  readonly #rows = new Map<string, ApprovalRow>()

  constructor(records: Pick<Records, 'list' | 'putAll'>) {
    this.#records = records
  }

  /** A row that cannot be read (made by a newer version) is left alone and not shown. */
  load(): void {
    this.#rows.clear()
    for (const { value } of this.#records.list(recordKind)) {
      const row = ApprovalRow.safeParse(value)
      if (row.success) this.#rows.set(row.data.approval.id, row.data)
    }
  }

  clear(): void {
    this.#rows.clear()
  }

  get(id: string): ApprovalRow | undefined {
    return this.#rows.get(id)
  }

  rows(): ReadonlyArray<ApprovalRow> {
    return [...this.#rows.values()]
  }

  /** Durable when it returns, with `more` in the same transaction; throws and changes nothing otherwise. */
  write(rows: ReadonlyArray<ApprovalRow>, more: ReadonlyArray<Write> = []): void {
    const dropped = this.#surplus(rows)
    this.#records.putAll([
      ...rows.map((row) => ({ kind: recordKind, id: row.approval.id, value: row })),
      ...dropped.map((id) => ({ kind: recordKind, id, value: undefined })),
      ...more,
    ])
    this.keep(rows)
    for (const id of dropped) this.#rows.delete(id)
  }

  /** Only in memory: for an ending that could not be written. */
  keep(rows: ReadonlyArray<ApprovalRow>): void {
    for (const row of rows) this.#rows.set(row.approval.id, row)
  }

  #surplus(coming: ReadonlyArray<ApprovalRow>): ReadonlyArray<string> {
    const after = new Map([...this.#rows, ...coming.map((row) => [row.approval.id, row] as const)])
    const decided = [...after.values()].filter((row) => row.approval.state !== 'pending').map((row) => row.approval)
    if (decided.length <= maxDecided) return []
    return decided
      .toSorted((a, b) => (a.decidedAtMs ?? 0) - (b.decidedAtMs ?? 0))
      .slice(0, decided.length - maxDecided)
      .map((approval) => approval.id)
  }
}
