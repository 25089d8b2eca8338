import { AppError } from '../../shared/app-error.ts'
import type { Approval, Decision, Grant } from '../../shared/models/approval.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { Clock } from '../clock.ts'
import { newId } from '../ids.ts'
import type { Records } from '../vault/records.ts'
import type { Vault } from '../vault/vault.ts'
import { ApprovalBook, boundOf, type ApprovalRow } from './approval-book.ts'
import { answerFacts, askFacts } from './audit-facts.ts'
import { Grants } from './grants.ts'
import { callHash, questionDigest, type Question } from './question.ts'
import { historyRisks, reasonRisks } from './risks.ts'

/** Most questions of one asker, and of all, that wait at once; a flood is denied, not queued. */
const maxPendingPerAsker = 20
const maxPending = 200
/** An answer can be used until its question expires, and at least this long: the call may have to come again to fetch it. */
const answerKeepsMs = 60_000
/** Expiry is looked at this often, because a timer stands still while the machine sleeps. */
const tickMs = 1000

const lockedAnswer = 'The vault was locked before an answer.'
const closedAnswer = 'Clawkeep was closed before an answer.'
const changedAnswer = 'The request, the tool or the policy changed after the answer.'
const expiredAnswer = 'Nobody answered in time.'

/** A question that waits; `callers` are the calls that wait with it (none after a restart, or when the asker went away). */
type Waiting = {
  row: ApprovalRow
  readonly call: string
  readonly endsAtMonotonicMs: number
  readonly callers: Set<(approval: Approval) => void>
  published: Promise<void>
  shown: boolean
  deciding: boolean
}

type Ending = Pick<Approval, 'state' | 'answer'> & Partial<Approval>

/**
 * The questions to the person and their answers. A question is durable and in the audit log before it is shown; an answer
 * fits one exact call, once. Everything is sealed in the vault, so all of it is out of reach while that is locked.
 */
export class Approvals {
  readonly #vault: Pick<Vault, 'state'>
  readonly #audit: Pick<AuditLog, 'event'>
  readonly #clock: Clock
  readonly #events: ChangeEvents
  readonly #timeoutMs: () => number
  readonly #book: ApprovalBook
  readonly #grants: Grants
  readonly #waiting = new Map<string, Waiting>()
  /** Denied while no call waited: the next identical call is told, instead of asking the person again. */
  readonly #unheard = new Set<string>()
  /** Endings that could not be written because the keys were gone; written at the next unlock. */
  #unwritten: ApprovalRow[] = []
  #timer: NodeJS.Timeout | null = null
  readonly #stop: ReadonlyArray<() => void>

  /** `timeoutMs` is read for each new question. */
  constructor(parts: {
    vault: Pick<Vault, 'state' | 'onUnlock' | 'onLock'>
    records: Pick<Records, 'list' | 'put' | 'putAll'>
    audit: Pick<AuditLog, 'event'>
    clock: Clock
    events: ChangeEvents
    timeoutMs: () => number
  }) {
    this.#vault = parts.vault
    this.#audit = parts.audit
    this.#clock = parts.clock
    this.#events = parts.events
    this.#timeoutMs = parts.timeoutMs
    this.#book = new ApprovalBook(parts.records)
    this.#grants = new Grants({
      records: parts.records,
      clock: parts.clock,
      changed: () => parts.events.emit('grants'),
    })
    this.#stop = [parts.vault.onUnlock(() => this.#load()), parts.vault.onLock(() => this.#unload())]
    if (parts.vault.state === 'unlocked') this.#load()
  }

  get pendingCount(): number {
    return [...this.#waiting.values()].filter((waiting) => waiting.shown).length
  }

  /** Waiting ones first, the oldest on top; then the answered ones, newest first. Empty while locked. */
  list(): ReadonlyArray<Approval> {
    this.#sweep()
    const all = this.#book.rows().map((row) => row.approval)
    const pending = all.filter((approval) => approval.state === 'pending')
    const decided = all.filter((approval) => approval.state !== 'pending')
    return [
      ...pending.toSorted((a, b) => a.createdAtMs - b.createdAtMs),
      ...decided.toSorted((a, b) => (b.decidedAtMs ?? 0) - (a.decidedAtMs ?? 0)),
    ]
  }

  /** Throws AppError locked, not_found. */
  get(id: string): Approval {
    this.#mustBeUnlocked()
    this.#sweep()
    const row = this.#book.get(id)
    if (row === undefined)
      throw new AppError('not_found', 'There is no such question.', { hint: 'It may be too old to be kept.' })
    return row.approval
  }

  listGrants(): ReadonlyArray<Grant> {
    return this.#grants.list()
  }

  /** Throws AppError locked, not_found. */
  revokeGrant(id: string): void {
    this.#mustBeUnlocked()
    this.#grants.revoke(id)
  }

  /** Uses up one use of a grant that covers the call, durably; null when none does. */
  takeGrant(question: Question): Grant | null {
    this.#mustBeUnlocked()
    return this.#grants.take(question)
  }

  /**
   * Asks the person and waits: for the answer, the expiry, a lock, or the end of the core. Joins an identical question that waits, and takes an unused
   * answer to an identical one. When `signal` fires the call ends (AppError cancelled) and the question stays.
   * Throws AppError locked, refused (too many waiting), audit_failed, or what writing the vault throws; then nothing was asked.
   */
  async ask(question: Question, signal: AbortSignal, onWaiting?: (approval: Approval) => void): Promise<Approval> {
    this.#mustBeUnlocked()
    this.#sweep()
    const call = callHash(question)
    const earlier = this.#earlierAnswer(call)
    if (earlier !== null) return earlier
    const waiting = [...this.#waiting.values()].find((other) => other.call === call) ?? this.#open(question, call)
    await waiting.published
    return this.#wait(waiting, signal, onWaiting)
  }

  /**
   * Answers a question of the person's behalf: the only way to `allowed`. Throws AppError locked, not_found, conflict when it is answered already,
   * audit_failed (it keeps waiting then).
   */
  async decide(id: string, decision: Decision, by: 'window' | 'cli'): Promise<Approval> {
    this.#mustBeUnlocked()
    const { state } = this.get(id)
    const waiting = this.#waiting.get(id)
    if (waiting === undefined || waiting.deciding) throw alreadyAnswered(state)
    waiting.deciding = true
    try {
      await this.#audit.event(answerFacts(waiting.row.approval, by, decision.answer))
      this.#mustBeUnlocked()
      if (this.#waiting.get(id) !== waiting) throw alreadyAnswered(waiting.row.approval.state)
      if (decision.answer === 'deny')
        return this.#end(waiting, { state: 'denied', answer: decision.reason, decidedBy: by })
      return this.#allow(waiting, decision.grant, by)
    } finally {
      waiting.deciding = false
    }
  }

  /**
   * Marks an allowed approval as used, durably, before the act runs. `spent`: it was used before, or is too old.
   * `changed`: the call is not the one that was answered; the answer is void.
   */
  redeem(id: string, question: Question): 'ok' | 'spent' | 'changed' {
    this.#mustBeUnlocked()
    const row = this.#book.get(id)
    if (row === undefined || !this.#isUsable(row)) return 'spent'
    if (questionDigest(question, row.approval.expiresAtMs) !== row.digest) {
      this.#book.write([{ ...row, approval: { ...row.approval, state: 'cancelled', answer: changedAnswer } }])
      this.#changed()
      return 'changed'
    }
    this.#book.write([{ ...row, approval: { ...row.approval, used: true } }])
    this.#changed()
    return 'ok'
  }

  /** Ends what waits ("closed") and stops the clock. */
  dispose(): void {
    for (const stop of this.#stop) stop()
    this.#cancelAll(closedAnswer)
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #open(question: Question, call: string): Waiting {
    const mine = [...this.#waiting.values()].filter(
      ({ row: { approval } }) => approval.asker.kind === question.asker.kind && approval.asker.id === question.asker.id,
    )
    if (mine.length >= maxPendingPerAsker || this.#waiting.size >= maxPending) {
      throw new AppError('refused', 'Too many questions are waiting for an answer.', {
        hint: 'Wait until the person has answered some of them, then try again.',
      })
    }
    const row = this.#newRow(question)
    const { approval } = row
    const waiting: Waiting = {
      row,
      call,
      endsAtMonotonicMs: this.#clock.monotonicMs() + approval.expiresAtMs - approval.createdAtMs,
      callers: new Set(),
      published: Promise.resolve(),
      shown: false,
      deciding: false,
    }
    this.#waiting.set(approval.id, waiting)
    waiting.published = this.#publish(waiting)
    return waiting
  }

  #newRow(question: Question): ApprovalRow {
    const { asker, tool, request, secrets, reason, definitionHash, argsHash, policyVersion } = question
    const nowMs = this.#clock.now()
    const history = this.#book.rows().map((row) => row.approval)
    const risks = [...question.risks, ...reasonRisks(reason), ...historyRisks(question, history)]
    const approval: Approval = {
      id: newId('apr'),
      state: 'pending',
      asker,
      tool,
      request,
      secrets: [...secrets],
      reason,
      risks: risks.filter((risk, index) => risks.findIndex((other) => other.text === risk.text) === index),
      createdAtMs: nowMs,
      expiresAtMs: nowMs + this.#timeoutMs(),
      decidedAtMs: null,
      decidedBy: null,
      answer: '',
      used: false,
      grantId: null,
    }
    return { approval, digest: questionDigest(question, approval.expiresAtMs), definitionHash, argsHash, policyVersion }
  }

  /** The log first, then the disk, then the screen. */
  async #publish(waiting: Waiting): Promise<void> {
    try {
      await this.#audit.event(askFacts(waiting.row.approval))
      if (waiting.row.approval.state !== 'pending') return
      this.#book.write([waiting.row])
      waiting.shown = true
    } catch (error) {
      this.#waiting.delete(waiting.row.approval.id)
      throw error
    }
    this.#changed()
    this.#arm()
  }

  #wait(waiting: Waiting, signal: AbortSignal, onWaiting?: (approval: Approval) => void): Promise<Approval> {
    const { approval } = waiting.row
    if (approval.state !== 'pending') return Promise.resolve(approval)
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.callers.delete(answer)
        reject(new AppError('cancelled', 'The caller went away before an answer.'))
      }
      const answer = (answered: Approval): void => {
        signal.removeEventListener('abort', leave)
        resolve(answered)
      }
      if (signal.aborted) return leave()
      signal.addEventListener('abort', leave, { once: true })
      waiting.callers.add(answer)
      onWaiting?.(approval)
    })
  }

  #allow(waiting: Waiting, terms: Extract<Decision, { answer: 'allow' }>['grant'], by: 'window' | 'cli'): Approval {
    const ending = { state: 'allowed', answer: '', decidedBy: by } as const
    if (terms === undefined) return this.#end(waiting, ending)
    const made = this.#grants.prepare(waiting.row.approval, waiting.row, terms)
    const approval = this.#end(waiting, { ...ending, grantId: made.grant.id }, made.writes)
    made.keep()
    return approval
  }

  /** Durable first; only then do the callers learn of it. */
  #end(waiting: Waiting, ending: Ending, writes: Parameters<ApprovalBook['write']>[1] = []): Approval {
    const row = endedRow(waiting.row, { ...ending, decidedAtMs: this.#clock.now() })
    this.#book.write([row], writes)
    this.#release(waiting, row)
    this.#changed()
    return row.approval
  }

  #release(waiting: Waiting, row: ApprovalRow): void {
    waiting.row = row
    this.#waiting.delete(row.approval.id)
    if (row.approval.state === 'denied' && waiting.callers.size === 0) this.#unheard.add(row.approval.id)
    for (const answer of waiting.callers) answer(row.approval)
    waiting.callers.clear()
  }

  /** Ends questions without a person. What cannot be written still ends here, and is put right at the next unlock. */
  #endBySystem(ended: ReadonlyArray<Waiting>, ending: Pick<Approval, 'state' | 'answer'>): void {
    if (ended.length === 0) return
    const decision = ending.state === 'expired' ? 'expire' : 'cancel'
    const change: Ending = { ...ending, decidedBy: 'system', decidedAtMs: this.#clock.now() }
    const rows = ended.map((waiting) => endedRow(waiting.row, change))
    const known = rows.filter((_, index) => ended[index]?.shown === true)
    try {
      this.#book.write(known)
    } catch {
      this.#book.keep(known)
      this.#unwritten.push(...known)
    }
    for (const [index, waiting] of ended.entries()) this.#release(waiting, rows[index] ?? waiting.row)
    for (const row of rows) this.#audit.event(answerFacts(row.approval, 'system', decision)).catch(() => undefined)
    this.#changed()
  }

  #cancelAll(answer: string): void {
    this.#endBySystem([...this.#waiting.values()], { state: 'cancelled', answer })
  }

  /** Over on either clock: a wall clock set back must not keep a question alive, a machine that slept must not either. */
  #sweep(): void {
    const nowMs = this.#clock.now()
    const monotonicMs = this.#clock.monotonicMs()
    const over = [...this.#waiting.values()].filter(
      (waiting) =>
        waiting.shown &&
        !waiting.deciding &&
        (nowMs >= waiting.row.approval.expiresAtMs || monotonicMs >= waiting.endsAtMonotonicMs),
    )
    this.#endBySystem(over, { state: 'expired', answer: expiredAnswer })
  }

  #arm(): void {
    if (this.#timer !== null || this.#waiting.size === 0) return
    const nowMs = this.#clock.now()
    const nextMs = Math.min(...[...this.#waiting.values()].map((waiting) => waiting.row.approval.expiresAtMs - nowMs))
    this.#timer = setTimeout(
      () => {
        this.#timer = null
        this.#sweep()
        this.#arm()
      },
      Math.max(1, Math.min(nextMs, tickMs)),
    )
    this.#timer.unref()
  }

  #earlierAnswer(call: string): Approval | null {
    for (const row of this.#book.rows()) {
      const { approval } = row
      const unheard = this.#unheard.has(approval.id) && this.#isFresh(approval)
      if (!(unheard || this.#isUsable(row)) || callHash(boundOf(row)) !== call) continue
      this.#unheard.delete(approval.id)
      return approval
    }
    return null
  }

  #isUsable({ approval }: ApprovalRow): boolean {
    return approval.state === 'allowed' && !approval.used && this.#isFresh(approval)
  }

  #isFresh({ expiresAtMs, decidedAtMs }: Approval): boolean {
    return this.#clock.now() < Math.max(expiresAtMs, (decidedAtMs ?? 0) + answerKeepsMs)
  }

  #load(): void {
    this.#book.load()
    this.#grants.load()
    const nowMs = this.#clock.now()
    const late = this.#unwritten
    this.#unwritten = []
    if (late.length > 0) this.#book.write(late)
    for (const row of this.#book.rows()) {
      const { approval } = row
      if (approval.state !== 'pending') continue
      const leftMs = Math.min(approval.expiresAtMs - nowMs, approval.expiresAtMs - approval.createdAtMs)
      this.#waiting.set(approval.id, {
        row,
        call: callHash(boundOf(row)),
        endsAtMonotonicMs: this.#clock.monotonicMs() + leftMs,
        callers: new Set(),
        published: Promise.resolve(),
        shown: true,
        deciding: false,
      })
    }
    this.#sweep()
    this.#changed()
    this.#arm()
  }

  #unload(): void {
    this.#cancelAll(lockedAnswer)
    this.#book.clear()
    this.#grants.clear()
    this.#unheard.clear()
    this.#changed()
  }

  #changed(): void {
    this.#events.emit('approvals')
    this.#events.emit('status')
  }

  #mustBeUnlocked(): void {
    if (this.#vault.state === 'unlocked') return
    throw new AppError('locked', 'The vault is locked.', { hint: 'Unlock Clawkeep in its window, then try again.' })
  }
}

function endedRow(row: ApprovalRow, change: Ending): ApprovalRow {
  return { ...row, approval: { ...row.approval, ...change } }
}

function alreadyAnswered(state: Approval['state']): AppError {
  const message =
    state === 'expired' ? 'This question expired before the answer.' : 'This question was already answered.'
  return new AppError('conflict', message, { hint: 'The asker can ask again.' })
}
