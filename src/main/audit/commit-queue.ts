import { AppError } from '../../shared/app-error.ts'
import { toStorageError } from '../db/open.ts'
import type { Draft } from './facts.ts'

/** An entry that nobody waits for waits so long at most for one that somebody does, to share its commit. */
const keptWaitMs = 20
/** After a failed write, kept entries are tried again this often. */
const retryWaitMs = 1000
/** So many entries at most are kept while the file cannot be written; the oldest go first, and their acts show as open. */
const mostKept = 10_000

type Pending = { draft: Draft; settle: { resolve: () => void; reject: (error: Error) => void } | null }

type CommitQueueOptions = {
  /** Writes all of it durably, or throws and has written nothing. `sign` asks for a checkpoint now. */
  write: (drafts: ReadonlyArray<Draft>, sign: boolean) => void
  /** After each attempt: why it failed, or null and how many entries were written. */
  settled: (error: AppError | null, written: number) => void
}

/** Gathers what is appended in one turn of the event loop into one commit: under load many calls share one fsync. */
export class CommitQueue {
  readonly #write: CommitQueueOptions['write']
  readonly #settled: CommitQueueOptions['settled']
  #queue: Pending[] = []
  #turn: NodeJS.Immediate | null = null
  #timer: NodeJS.Timeout | null = null
  #failing = false
  #stopped = false

  constructor(options: CommitQueueOptions) {
    this.#write = options.write
    this.#settled = options.settled
  }

  /** Durable when it resolves; rejects AppError audit_failed, and then it is not in the log. */
  add(draft: Draft): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ draft, settle: { resolve, reject } })
      // After the poll phase: whatever arrived on other connections in this turn shares the commit.
      this.#turn ??= setImmediate(() => {
        this.commit(false)
      })
    })
  }

  /** Goes with the next commit and is kept until one succeeds. */
  keep(draft: Draft): void {
    if (this.#stopped) return
    this.#queue.push({ draft, settle: null })
    this.#timer ??= setTimeout(() => this.commit(false), this.#failing ? retryWaitMs : keptWaitMs)
  }

  /** One transaction for all that waits. Returns why it failed, after telling those who wait. */
  commit(sign: boolean): AppError | null {
    this.#disarm()
    const batch = this.#queue
    this.#queue = []
    if (batch.length === 0 && !sign && !this.#failing) return null
    try {
      this.#write(
        batch.map(({ draft }) => draft),
        sign,
      )
    } catch (error) {
      return this.#failed(batch, auditFailure(error))
    }
    this.#failing = false
    for (const { settle } of batch) settle?.resolve()
    this.#settled(null, batch.length)
    return null
  }

  /** Drops what is still kept, and keeps nothing any more. */
  stop(): void {
    this.#stopped = true
    this.#disarm()
    this.#queue = []
  }

  #failed(batch: ReadonlyArray<Pending>, error: AppError): AppError {
    this.#failing = true
    this.#queue = batch.filter(({ settle }) => settle === null).slice(-mostKept)
    if (this.#queue.length > 0) this.#timer ??= setTimeout(() => this.commit(false), retryWaitMs)
    for (const { settle } of batch) settle?.reject(error)
    this.#settled(error, 0)
    return error
  }

  #disarm(): void {
    if (this.#turn !== null) clearImmediate(this.#turn)
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#turn = null
    this.#timer = null
  }
}

/** What went wrong with the file, as the reason why an act does not run. */
export function auditFailure(error: unknown): AppError {
  const known = toStorageError(error, 'audit log')
  if (known instanceof AppError && known.code === 'audit_failed') return known
  const reason = known instanceof AppError ? known.message : 'Something unexpected went wrong.'
  const hint = known instanceof AppError ? known.hint : undefined
  return new AppError(
    'audit_failed',
    `The audit log cannot be written, so nothing that needs an entry is done. ${reason}`,
    {
      hint: hint ?? 'Start Clawkeep again.',
      cause: error,
    },
  )
}
