import type { Approval, Decision, Grant } from '../../shared/models/approval.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { Clock } from '../clock.ts'
import type { Records } from '../vault/records.ts'
import type { Vault } from '../vault/vault.ts'
import { approvalErrors } from './approval-errors.ts'
import { ApprovalBook, boundOf, changed, inOrder, isFresh, isUsable, type ApprovalRow } from './approval-book.ts'
import { answerFacts, askFacts } from './audit-facts.ts'
import { checkTerms, consentedOf, type Allow } from './consent-terms.ts'
import { alreadyAnswered, endings, type Ending } from './endings.ts'
import { Grants } from './grants.ts'
import { newApprovalRow } from './new-approval.ts'
import { callHash, questionDigest, type Question } from './question.ts'
import { WaitingRoom, type Waiting } from './waiting-room.ts'

/** Most questions of one asker, and of all, that wait at once; a flood is denied, not queued. */
const maxPendingPerAsker = 20
const maxPending = 200

type OnWaiting = (approval: Approval) => void

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
  readonly #room: WaitingRoom
  /** Denied while no call waited: the next identical call is told, instead of asking the person again. */
  readonly #unheard = new Set<string>()
  readonly #subscriptions: ReadonlyArray<() => void>

  /** `timeoutMs` is read for each new question. */
  constructor(parts: {
    vault: Pick<Vault, 'state' | 'onUnlock' | 'beforeLock' | 'onLock'>
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
    this.#room = new WaitingRoom(parts.clock)
    this.#subscriptions = [
      parts.vault.onUnlock(() => this.#load()),
      parts.vault.beforeLock(() => this.#cancelAll(endings.locked)),
      parts.vault.onLock(() => this.#clear()),
    ]
    if (parts.vault.state === 'unlocked') this.#load()
  }

  get pendingCount(): number {
    return this.#room.all().filter((waiting) => waiting.shown).length
  }

  /** Waiting ones first, the oldest on top; then the answered ones, newest first. Empty while locked. */
  list(): ReadonlyArray<Approval> {
    this.#expire()
    return inOrder(this.#book.rows().map((row) => row.approval))
  }

  /** Throws AppError locked, not_found. */
  get(id: string): Approval {
    this.#mustBeUnlocked()
    this.#expire()
    const row = this.#book.get(id)
    if (row === undefined) throw approvalErrors.notFound()
    return row.approval
  }

  /** Newest first, with ended ones. Empty while locked. */
  listGrants(): ReadonlyArray<Grant> {
    return this.#grants.list()
  }

  /** Throws AppError locked, not_found. */
  revokeGrant(id: string): void {
    this.#mustBeUnlocked()
    this.#grants.revoke(id)
  }

  /** Uses up one use of a grant that covers the call, durably; null when none does. Throws AppError locked. */
  takeGrant(question: Question): Grant | null {
    this.#mustBeUnlocked()
    return this.#grants.take(question)
  }

  /**
   * Asks the person and waits for the answer, the expiry, a lock or the end of the core. Joins an identical question that
   * waits, and takes an unused answer to an identical one. When `signal` fires the call ends (AppError cancelled) and the
   * question stays, for the call to come again.
   * Throws AppError locked, refused (too many waiting), audit_failed, or what writing the vault throws; nothing was asked then.
   */
  async ask(question: Question, signal: AbortSignal, onWaiting?: OnWaiting): Promise<Approval> {
    this.#mustBeUnlocked()
    this.#expire()
    const call = callHash(question)
    const earlier = this.#earlierAnswer(call)
    if (earlier !== null) return earlier
    const waiting = this.#room.byCall(call) ?? this.#open(question)
    await waiting.published
    return this.#room.wait(waiting, signal, onWaiting)
  }

  /**
   * Waits for one question that the same call raised before, or gives its answer; never asks anew. Throws AppError locked,
   * not_found, conflict when the call is not the one that was asked about (or the policy changed since), or has run already.
   */
  async resume(id: string, question: Question, signal: AbortSignal, onWaiting?: OnWaiting): Promise<Approval> {
    const approval = this.get(id)
    const row = this.#book.get(id)
    if (row === undefined || callHash(boundOf(row)) !== callHash(question)) throw approvalErrors.otherCall()
    const waiting = this.#room.get(id)
    if (waiting !== undefined) return waiting.published.then(() => this.#room.wait(waiting, signal, onWaiting))
    if (approval.state === 'allowed' && !isUsable(approval, this.#clock.now())) throw approvalErrors.spent()
    this.#unheard.delete(id)
    return approval
  }

  /**
   * The person's answer, and the only way to `allowed`. Throws AppError locked, not_found, conflict when it is answered
   * already, invalid (terms that do not fit the question), audit_failed (it waits on then).
   */
  async decide(id: string, decision: Decision, by: 'window' | 'cli'): Promise<Approval> {
    const { state } = this.get(id)
    const waiting = this.#room.get(id)
    if (waiting === undefined || waiting.deciding) throw alreadyAnswered(state)
    if (decision.answer === 'allow') checkTerms(waiting.row.approval, decision)
    waiting.deciding = true
    try {
      await this.#audit.event(answerFacts(waiting.row.approval, by, decision.answer))
      this.#mustBeUnlocked()
      if (this.#room.get(id) !== waiting) throw alreadyAnswered(waiting.row.approval.state)
      if (decision.answer === 'allow') return this.#allow(waiting, decision, by)
      return this.#end(waiting, { state: 'denied', answer: decision.reason, decidedBy: by })
    } finally {
      waiting.deciding = false
    }
  }

  /**
   * Marks an allowed approval as used, durably, before the act runs. `spent`: it was used before, or is too old.
   * `changed`: the call is not the one that was answered, and the answer is void. Throws AppError locked.
   */
  redeem(id: string, question: Question): 'ok' | 'spent' | 'changed' {
    this.#mustBeUnlocked()
    const row = this.#book.get(id)
    if (row === undefined || !isUsable(row.approval, this.#clock.now())) return 'spent'
    const fits = questionDigest(question, row.approval.expiresAtMs) === row.digest
    const change: Partial<Approval> = fits ? { used: true } : { state: 'cancelled', answer: endings.changed }
    this.#book.write([changed(row, change)])
    this.#announce()
    return fits ? 'ok' : 'changed'
  }

  /** Ends what waits and stops the clock. */
  dispose(): void {
    for (const end of this.#subscriptions) end()
    this.#cancelAll(endings.closed)
    this.#room.stop()
  }

  #open(question: Question): Waiting {
    if (this.#room.of(question.asker).length >= maxPendingPerAsker || this.#room.all().length >= maxPending)
      throw approvalErrors.tooMany()
    const history = this.#book.rows().map((row) => row.approval)
    const row = newApprovalRow(question, { nowMs: this.#clock.now(), timeoutMs: this.#timeoutMs(), history })
    const waiting = this.#room.add(row, false)
    waiting.published = this.#publish(waiting)
    return waiting
  }

  /** The log first, then the disk, then the screen. */
  async #publish(waiting: Waiting): Promise<void> {
    try {
      await this.#audit.event(askFacts(waiting.row.approval))
      if (waiting.row.approval.state !== 'pending') return
      this.#book.write([waiting.row])
      waiting.shown = true
    } catch (error) {
      this.#room.remove(waiting)
      throw error
    }
    this.#announce()
    this.#room.watch(() => this.#expire())
  }

  #allow(waiting: Waiting, decision: Allow, by: 'window' | 'cli'): Approval {
    const { approval } = waiting.row
    const ending = { state: 'allowed', answer: '', decidedBy: by } as const
    if (approval.consent !== null) {
      const consented = consentedOf(approval.consent, decision.consent, this.#clock.now())
      return this.#end(waiting, { ...ending, consented })
    }
    if (decision.grant === undefined) return this.#end(waiting, ending)
    const made = this.#grants.prepare(approval, waiting.row, decision.grant)
    return this.#end(waiting, { ...ending, grantId: made.grant.id }, made)
  }

  /** Durable first; only then do the callers learn of it. */
  #end(waiting: Waiting, ending: Ending, grant?: ReturnType<Grants['prepare']>): Approval {
    const row = changed(waiting.row, { ...ending, decidedAtMs: this.#clock.now() })
    this.#book.write([row], grant?.writes)
    grant?.keep()
    this.#release(waiting, row)
    this.#announce()
    return row.approval
  }

  #release(waiting: Waiting, row: ApprovalRow): void {
    const heard = this.#room.release(waiting, row)
    if (!heard && row.approval.state === 'denied') this.#unheard.add(row.approval.id)
  }

  /** Ends questions without a person. One that cannot be written still ends; on disk it runs out by itself. */
  #endBySystem(ended: ReadonlyArray<Waiting>, ending: Pick<Approval, 'state' | 'answer'>): void {
    if (ended.length === 0) return
    const change: Ending = { ...ending, decidedBy: 'system', decidedAtMs: this.#clock.now() }
    const rows = new Map(ended.map((waiting) => [waiting, changed(waiting.row, change)]))
    const shown = [...rows].flatMap(([waiting, row]) => (waiting.shown ? [row] : []))
    try {
      if (shown.length > 0) this.#book.write(shown)
    } catch {
      this.#book.keep(shown)
    }
    const decision = ending.state === 'expired' ? 'expire' : 'cancel'
    for (const [waiting, row] of rows) {
      this.#release(waiting, row)
      this.#audit.event(answerFacts(row.approval, 'system', decision)).catch(() => {
        // It is over all the same; the log shows its own problem in the window.
      })
    }
    this.#announce()
  }

  #cancelAll(answer: string): void {
    this.#endBySystem(this.#room.all(), { state: 'cancelled', answer })
  }

  #expire(): void {
    this.#endBySystem(this.#room.due(), { state: 'expired', answer: endings.expired })
  }

  #earlierAnswer(call: string): Approval | null {
    const nowMs = this.#clock.now()
    for (const row of this.#book.rows()) {
      const { approval } = row
      const unheard = this.#unheard.has(approval.id) && isFresh(approval, nowMs)
      if (!(unheard || isUsable(approval, nowMs)) || callHash(boundOf(row)) !== call) continue
      this.#unheard.delete(approval.id)
      return approval
    }
    return null
  }

  /** What was pending when the core was killed is pending again, or has expired meanwhile. */
  #load(): void {
    this.#book.load()
    this.#grants.load()
    for (const row of this.#book.rows()) if (row.approval.state === 'pending') this.#room.add(row, true)
    this.#expire()
    this.#announce()
    this.#room.watch(() => this.#expire())
  }

  #clear(): void {
    this.#cancelAll(endings.locked)
    this.#book.clear()
    this.#grants.clear()
    this.#unheard.clear()
    this.#announce()
  }

  #announce(): void {
    this.#events.emit('approvals')
    this.#events.emit('status')
  }

  #mustBeUnlocked(): void {
    if (this.#vault.state === 'unlocked') return
    throw approvalErrors.locked()
  }
}
