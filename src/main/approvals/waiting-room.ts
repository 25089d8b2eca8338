import { AppError } from '../../shared/app-error.ts'
import type { Approval } from '../../shared/models/approval.ts'
import type { Asker } from '../../shared/models/asker.ts'
import type { Clock } from '../clock.ts'
import { boundOf, type ApprovalRow } from './approval-book.ts'
import { callHash } from './question.ts'

/** Expiry is looked at this often, because a timer stands still while the machine sleeps. */
const tickMs = 1000

/** A question that waits; no call waits with it after a restart, or when the asker went away. */
export type Waiting = {
  row: ApprovalRow
  /** Equal for identical calls. */
  readonly call: string
  readonly endsAtMonotonicMs: number
  readonly callers: Set<(approval: Approval) => void>
  /** Resolves when the question is in the log and on disk; rejects when that failed. */
  published: Promise<void>
  /** It is on disk and can be answered. */
  shown: boolean
  /** An answer is being written; time can no longer run out. */
  deciding: boolean
}

/** The questions without an answer, the calls that wait for them, and the clock that runs out on them. */
export class WaitingRoom {
  readonly #clock: Clock
  readonly #waiting = new Map<string, Waiting>()
  #timer: NodeJS.Timeout | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  all(): ReadonlyArray<Waiting> {
    return [...this.#waiting.values()]
  }

  get(id: string): Waiting | undefined {
    return this.#waiting.get(id)
  }

  byCall(call: string): Waiting | undefined {
    return this.all().find((waiting) => waiting.call === call)
  }

  of(asker: Asker): ReadonlyArray<Waiting> {
    return this.all().filter(({ row }) => row.approval.asker.kind === asker.kind && row.approval.asker.id === asker.id)
  }

  add(row: ApprovalRow, shown: boolean): Waiting {
    const { expiresAtMs, createdAtMs, id } = row.approval
    // At most its whole life: a wall clock that was set back while the core was off must not lengthen it.
    const leftMs = Math.min(expiresAtMs - this.#clock.now(), expiresAtMs - createdAtMs)
    const waiting: Waiting = {
      row,
      call: callHash(boundOf(row)),
      endsAtMonotonicMs: this.#clock.monotonicMs() + leftMs,
      callers: new Set(),
      published: Promise.resolve(),
      shown,
      deciding: false,
    }
    this.#waiting.set(id, waiting)
    return waiting
  }

  remove(waiting: Waiting): void {
    this.#waiting.delete(waiting.row.approval.id)
  }

  /** Ends the wait and tells the callers; false when there was none to tell. */
  release(waiting: Waiting, row: ApprovalRow): boolean {
    waiting.row = row
    this.remove(waiting)
    const heard = waiting.callers.size > 0
    for (const answer of waiting.callers) answer(row.approval)
    waiting.callers.clear()
    return heard
  }

  /** Those whose time is over on either clock: the wall clock may be set back, the other stands still in sleep. */
  due(): ReadonlyArray<Waiting> {
    const nowMs = this.#clock.now()
    const monotonicMs = this.#clock.monotonicMs()
    return this.all().filter(
      ({ shown, deciding, row, endsAtMonotonicMs }) =>
        shown && !deciding && (nowMs >= row.approval.expiresAtMs || monotonicMs >= endsAtMonotonicMs),
    )
  }

  /** Waits with the question. When `signal` fires this call ends with AppError cancelled, the question does not. */
  wait(waiting: Waiting, signal: AbortSignal, onWaiting?: (approval: Approval) => void): Promise<Approval> {
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

  /** Calls `look` when the next one may be due, and again as long as one waits. */
  watch(look: () => void): void {
    if (this.#timer !== null || this.#waiting.size === 0) return
    const nowMs = this.#clock.now()
    const nextMs = Math.min(...this.all().map(({ row }) => row.approval.expiresAtMs - nowMs))
    this.#timer = setTimeout(
      () => {
        this.#timer = null
        look()
        this.watch(look)
      },
      Math.max(1, Math.min(nextMs, tickMs)),
    )
    this.#timer.unref()
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
