import { AppError } from '../../shared/app-error.ts'
import { toStorageError } from '../db/open.ts'
import type { Draft } from './facts.ts'

/** An entry that nobody waits for waits so long at most for one that somebody does, to be made durable with it. */
const keptWaitMs = 20
/** After a failed write, kept entries are tried again this often. */
const retryWaitMs = 1000
/** So many entries at most are kept while the file cannot be written; the oldest go first, and their acts show as open. */
const mostKept = 10_000

type Pending = {
  readonly make: () => Draft
  /** It opens an act. */
  readonly opens: boolean
  readonly settle: { resolve: () => void; reject: (error: Error) => void } | null
  readonly meanwhile?: (() => void) | undefined
}

type CommitQueueOptions = {
  /** Writes all of it, or throws and has written nothing. `sign` asks for a checkpoint now. */
  write: (drafts: ReadonlyArray<Draft>, sign: boolean) => void
  /** Makes durable what was written. */
  disk: { sync(): Promise<void>; syncNow(): void; isQuick(): boolean }
  /** After each attempt: why it failed, or null and how many entries were written. */
  settled: (error: AppError | null, written: number) => void
}

/**
 * Gathers what is appended in one turn of the event loop, and while the disk is at work, into one commit: under load many
 * calls share one fsync.
 */
export class CommitQueue {
  readonly #options: CommitQueueOptions
  #queue: Pending[] = []
  #turn: NodeJS.Immediate | null = null
  #timer: NodeJS.Timeout | null = null
  #syncing = false
  /** Something was written since the disk was last told to keep it. */
  #unsaved = false
  /** Acts whose opener was added and whose closer was not. */
  #acts = 0
  #failing = false
  #stopped = false

  constructor(options: CommitQueueOptions) {
    this.#options = options
  }

  /** Durable when it resolves; rejects AppError audit_failed, and then the act must not run. `meanwhile` is called while the disk works. */
  add(draft: Draft, meanwhile?: () => void): Promise<void> {
    const opens = draft.phase === 'open'
    if (opens) this.#acts++
    return new Promise((resolve, reject) => {
      this.#queue.push({ make: () => draft, opens, settle: { resolve, reject }, meanwhile })
      this.#soon()
    })
  }

  /**
   * Goes with the next commit and is kept until one succeeds. When no act runs it is written in the pause that follows, so
   * that the next opener has only itself to wait for. `make` is called when it is written, maybe twice, and must not throw.
   */
  keep(make: () => Draft): void {
    if (this.#stopped) return
    this.#queue.push({ make, opens: false, settle: null })
    if (this.#acts === 0 && !this.#failing) this.#soon()
    this.#timer ??= setTimeout(() => this.#commitKept(), this.#failing ? retryWaitMs : keptWaitMs)
  }

  /** The same for the entry that ends an act. */
  close(make: () => Draft): void {
    this.#acts--
    this.keep(make)
  }

  /** One transaction for all that waits, durable when it returns. Returns why it failed, after telling those who wait. */
  commit(sign: boolean): AppError | null {
    const batch = this.#take()
    if (batch.length === 0 && !sign && !this.#failing && !this.#unsaved) return null
    const error = this.#write(batch, sign)
    if (error !== null) return error
    this.#unsaved = false
    try {
      this.#options.disk.syncNow()
    } catch (cause) {
      return this.#unsynced(batch, cause)
    }
    return this.#done(batch)
  }

  /** Drops what is still kept, and keeps nothing any more. */
  stop(): void {
    this.#stopped = true
    this.#take()
  }

  /** After the poll phase: whatever arrived on other connections in this turn shares the commit. */
  #soon(): void {
    if (this.#syncing) return
    this.#turn ??= setImmediate(() => {
      if (this.#queue.every(({ settle }) => settle === null)) this.#writeKept()
      else if (this.#options.disk.isQuick() && this.#queue.every(({ meanwhile }) => meanwhile === undefined))
        this.commit(false)
      else void this.#commitAside()
    })
  }

  /** Written now and durable with the next commit. */
  #writeKept(): void {
    const batch = this.#take()
    if (this.#write(batch, false) !== null) return
    this.#options.settled(null, batch.length)
    this.#timer = setTimeout(() => this.#commitKept(), keptWaitMs)
  }

  /** The time of what nobody waits for has come. It holds up the event loop no more than what somebody waits for. */
  #commitKept(): void {
    this.#timer = null
    if (this.#syncing) return
    if (this.#failing || this.#options.disk.isQuick()) this.commit(false)
    else void this.#commitAside()
  }

  /** The same as `commit`, with the event loop running while the disk works; what is added meanwhile goes next. */
  async #commitAside(): Promise<void> {
    const batch = this.#take()
    if (this.#write(batch, false) !== null) return
    this.#syncing = true
    this.#unsaved = false
    try {
      const synced = this.#options.disk.sync()
      for (const { meanwhile } of batch) meanwhile?.()
      await synced
      this.#done(batch)
    } catch (cause) {
      this.#unsynced(batch, cause)
    } finally {
      this.#syncing = false
      if (this.#queue.some(({ settle }) => settle !== null)) this.#soon()
      else if (this.#queue.length > 0) this.#timer ??= setTimeout(() => this.#commitKept(), keptWaitMs)
    }
  }

  #take(): Pending[] {
    if (this.#turn !== null) clearImmediate(this.#turn)
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#turn = null
    this.#timer = null
    const batch = this.#queue
    this.#queue = []
    return batch
  }

  #write(batch: ReadonlyArray<Pending>, sign: boolean): AppError | null {
    try {
      const drafts = batch.map(({ make }) => make())
      this.#options.write(drafts, sign)
      this.#unsaved = true
      return null
    } catch (cause) {
      const kept = batch.filter(({ settle }) => settle === null)
      this.#queue = [...kept, ...this.#queue].slice(-mostKept)
      if (this.#queue.length > 0) this.#tryAgainSoon()
      return this.#failed(batch, cause)
    }
  }

  /** It stands in the file, and may not be on disk: not to be written again, nor relied on. */
  #unsynced(batch: ReadonlyArray<Pending>, cause: unknown): AppError {
    this.#unsaved = true
    this.#tryAgainSoon()
    return this.#failed(batch, cause)
  }

  #tryAgainSoon(): void {
    if (!this.#stopped) this.#timer ??= setTimeout(() => this.commit(false), retryWaitMs)
  }

  #failed(batch: ReadonlyArray<Pending>, cause: unknown): AppError {
    const error = auditFailure(cause)
    this.#failing = true
    for (const { opens, settle } of batch) {
      if (settle === null) continue
      if (opens) this.#acts--
      settle.reject(error)
    }
    this.#options.settled(error, 0)
    return error
  }

  #done(batch: ReadonlyArray<Pending>): null {
    this.#failing = false
    for (const { settle } of batch) settle?.resolve()
    this.#options.settled(null, batch.length)
    return null
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
