import { AppError } from '../../shared/app-error.ts'
import { AuditEntry, type AuditFilter, type AuditPage, type AuditVerdict } from '../../shared/models/audit.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { Clock } from '../clock.ts'
import { openDatabase, toStorageError, type Database } from '../db/open.ts'
import { newId } from '../ids.ts'
import { AuditOp } from './audit-op.ts'
import { AuditStore } from './audit-store.ts'
import { ChainWriter, type VaultKeys } from './chain-writer.ts'
import { draftOf, outcomeOf, type AuditFacts, type Draft } from './facts.ts'
import { examineAtStart, examineAtUnlock, type Noted } from './join.ts'
import { auditFile } from './schema.ts'
import { unreadable, verdictOn } from './verdict.ts'
import { recordedFinding, type Finding } from './walk.ts'

export type { AuditFacts } from './facts.ts'
export type { AuditOp } from './audit-op.ts'

/** What the log uses of the vault. */
export type AuditVault = VaultKeys & {
  readonly inbox: { seal(plain: Buffer): Buffer; open(sealed: Buffer): Buffer }
  readonly auditPublicKey: Buffer | null
  auditCheckpoint(): Noted | null
  setAuditCheckpoint(checkpoint: Noted): void
  onUnlock(listener: () => void): () => void
  onLock(listener: () => void): () => void
}

type AuditLogOptions = { file: string; clock: Clock; vault: AuditVault; events: ChangeEvents }

/** A closer waits so long at most for an opener to share its commit with. */
const closerWaitMs = 20
/** Entries wait so long at most for a signature, and the vault for news of it, while it is unlocked. */
const checkpointWaitMs = 60_000
/** After a failed write, closers try again this often. */
const retryWaitMs = 1000
/** So many closers at most are kept while the file cannot be written; the oldest go first and show as open. */
const mostKeptClosers = 10_000
/** The window is told at most this often that there are new entries. */
const announceWaitMs = 200

const core = { kind: 'system', id: 'core' } as const

type Opened = { db: Database; store: AuditStore; writer: ChainWriter }
type Pending = { draft: Draft; settle: { resolve: () => void; reject: (error: Error) => void } | null }

/**
 * The log of who did what: append-only, chained, signed, in its own file that is writable while the vault is locked.
 * An append is durable when its promise resolves and rejects with AppError audit_failed otherwise; whoever wants to act
 * waits for it. All appends of one turn of the event loop share one transaction.
 */
export class AuditLog {
  readonly #clock: Clock
  readonly #vault: AuditVault
  readonly #events: ChangeEvents
  readonly #subscriptions: ReadonlyArray<() => void>
  #open: Opened | null = null
  #queue: Pending[] = []
  #turn: NodeJS.Immediate | null = null
  #closerTimer: NodeJS.Timeout | null = null
  #checkpointTimer: NodeJS.Timeout | null = null
  #announceTimer: NodeJS.Timeout | null = null
  #writeProblem: string | null = null
  #noteProblem: string | null = null
  #break: Finding | null = null
  #atStart: Finding | null = null

  private constructor(options: AuditLogOptions) {
    this.#clock = options.clock
    this.#vault = options.vault
    this.#events = options.events
    try {
      const db = openDatabase(options.file, { ...auditFile, exclusive: true })
      const store = new AuditStore(db)
      this.#open = { db, store, writer: new ChainWriter(store, options.vault, options.clock) }
      for (const { json } of store.breaks()) this.#found(recordedFinding(AuditEntry.parse(JSON.parse(json))))
      this.#atStart = unrecorded(store, examineAtStart(store))
      if (this.#atStart !== null) this.#found(this.#atStart)
    } catch (error) {
      this.#writeProblem = failure(error).message
    }
    const { vault } = options
    this.#subscriptions = [vault.onUnlock(() => this.#join()), vault.onLock(() => this.#leave())]
  }

  /**
   * Opens or creates the log and writes `log.start`. Never throws for a file that cannot be used: the app must start
   * and show it; `problem` says why, and every append rejects.
   */
  static open(options: AuditLogOptions): AuditLog {
    const log = new AuditLog(options)
    log.#keep({ kind: 'log.start', asker: core })
    if (log.#atStart !== null) log.#keep(joinFacts(log.#atStart))
    if (options.vault.state === 'unlocked') log.#join()
    else log.#commit(false)
    return log
  }

  /** Why the log cannot be written or does not fit; else null. A change is announced as `status`. */
  get problem(): string | null {
    const broken = this.#break === null ? null : `The audit log was changed outside Clawkeep. ${this.#break.message}`
    return this.#writeProblem ?? broken ?? this.#noteProblem
  }

  /** Writes one entry; durable when it resolves. Rejects AppError audit_failed. */
  async event(facts: AuditFacts): Promise<void> {
    await this.#append(draftOf(facts, { atMs: this.#clock.now(), phase: 'event' }))
  }

  /** Writes the opener of an act; durable when it resolves. Rejects AppError audit_failed: the act must not run. */
  async open(facts: AuditFacts): Promise<AuditOp> {
    const id = newId('op')
    const startedMs = this.#clock.monotonicMs()
    await this.#append(draftOf(facts, { atMs: this.#clock.now(), phase: 'open', op: id }))
    return new AuditOp(id, (more) => {
      const tookMs = Math.max(0, Math.round(this.#clock.monotonicMs() - startedMs))
      this.#keepCloser(id, { tookMs }, facts, more)
    })
  }

  /**
   * Opens, runs, closes: with `ok`, or with the outcome and code of what was thrown, unless `run` noted its own. What
   * `run` throws is thrown on.
   */
  async around<T>(facts: AuditFacts, run: (op: AuditOp) => Promise<T>): Promise<T> {
    const op = await this.open(facts)
    try {
      const result = await run(op)
      op.close({ outcome: 'ok' })
      return result
    } catch (error) {
      op.close(outcomeOf(error))
      throw error
    }
  }

  /** One page of entries, newest first. Throws AppError audit_failed when the file cannot be read. */
  list(filter: AuditFilter): AuditPage {
    const { rows, total } = this.#reading((store) => store.page(filter))
    const parsed = rows.map((row) => ({ row, entry: entryOf(row.json) }))
    const bad = parsed.findLast(({ entry }) => entry === null)
    if (bad !== undefined)
      this.#found({ index: bad.row.idx, code: 'changed', message: `Entry ${bad.row.idx} was changed.` })
    const last = rows.at(-1)
    const more = last !== undefined && rows.length === filter.limit && last.idx > 0
    return {
      entries: parsed.flatMap(({ entry }) => (entry === null ? [] : [entry])),
      total,
      nextBefore: more ? last.idx : null,
    }
  }

  /** Checks the whole log, with the keys if the vault is unlocked. Stops the program meanwhile: some seconds for 100,000 entries. */
  verify(): AuditVerdict {
    this.#commit(false)
    const opened = this.#open
    if (opened === null) return unreadable(new AppError('audit_failed', this.problem ?? 'The audit log is closed.'))
    const unlocked = this.#vault.state === 'unlocked'
    const verdict = verdictOn(opened.store, {
      publicKey: this.#vault.auditPublicKey,
      noted: unlocked ? this.#vault.auditCheckpoint() : null,
      openKey: unlocked ? (sealed) => this.#vault.inbox.open(sealed) : null,
      noticed: opened.writer.foreignChange(),
    })
    if (!verdict.ok) this.#found({ index: verdict.firstBad ?? 0, code: 'verify', message: verdict.message })
    return verdict
  }

  /** Writes all that is queued now. Rejects AppError audit_failed. */
  async flush(): Promise<void> {
    const error = this.#commit(false)
    if (error !== null) throw error
  }

  /** Writes what is queued, signs it if the vault is unlocked, closes the file. Later appends reject. */
  close(): void {
    if (this.#open === null) return
    this.#commit(true)
    this.#note()
    for (const end of this.#subscriptions) end()
    for (const timer of [this.#closerTimer, this.#checkpointTimer, this.#announceTimer])
      if (timer !== null) clearTimeout(timer)
    this.#open.writer.endSegment()
    this.#open.db.close()
    this.#open = null
  }

  #append(draft: Draft): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ draft, settle: { resolve, reject } })
      // After the poll phase: whatever arrived on other connections in this turn shares the commit.
      this.#turn ??= setImmediate(() => {
        this.#commit(false)
      })
    })
  }

  /** Queues an entry nobody waits for; it is kept until it can be written. */
  #keep(facts: AuditFacts, more: Partial<Pick<Draft, 'phase' | 'op'>> = {}): void {
    this.#queue.push({ draft: draftOf(facts, { atMs: this.#clock.now(), phase: 'event', ...more }), settle: null })
    this.#armCloser(this.#writeProblem === null ? closerWaitMs : retryWaitMs)
  }

  #keepCloser(op: string, took: { tookMs: number }, facts: AuditFacts, more: Partial<AuditFacts>): void {
    try {
      this.#keep({ ...facts, ...took, ...more }, { phase: 'close', op })
    } catch {
      // The act has run; a note that fits no entry must not undo its result, nor leave it open in the log.
      this.#keep({ ...facts, ...took, outcome: 'failed', code: 'unfit_note' }, { phase: 'close', op })
    }
  }

  /** One transaction for all that waits. Returns why it failed, after telling those who wait. */
  #commit(sign: boolean): AppError | null {
    if (this.#turn !== null) clearImmediate(this.#turn)
    if (this.#closerTimer !== null) clearTimeout(this.#closerTimer)
    this.#turn = null
    this.#closerTimer = null
    const batch = this.#queue
    this.#queue = []
    if (batch.length === 0 && !sign && this.#writeProblem === null) return null
    try {
      if (this.#open === null) throw new AppError('unavailable', this.#writeProblem ?? 'The audit log is closed.')
      this.#open.writer.write(
        batch.map(({ draft }) => draft),
        sign,
      )
    } catch (error) {
      return this.#failed(batch, failure(error))
    }
    for (const { settle } of batch) settle?.resolve()
    this.#setProblem(() => (this.#writeProblem = null))
    if (batch.length > 0) this.#announce()
    this.#armCheckpoint()
    return null
  }

  #failed(batch: ReadonlyArray<Pending>, error: AppError): AppError {
    this.#setProblem(() => (this.#writeProblem = error.message))
    for (const { settle } of batch) settle?.reject(error)
    const kept = [...batch.filter(({ settle }) => settle === null), ...this.#queue].slice(-mostKeptClosers)
    this.#queue = this.#open === null ? [] : kept
    if (this.#queue.length > 0) this.#armCloser(retryWaitMs)
    return error
  }

  /** At unlock: checks what was written without a signature, says so in the log and signs it. Never throws. */
  #join(): void {
    const opened = this.#open
    if (opened === null) return
    this.#commit(false)
    const finding = this.#examine(opened)
    if (finding !== null) {
      this.#found(finding)
      try {
        opened.writer.reload()
      } catch (error) {
        this.#setProblem(() => (this.#writeProblem = failure(error).message))
      }
    }
    this.#keep(joinFacts(finding))
    if (this.#commit(true) !== null) return
    this.#note()
    this.#renewSegment()
  }

  #examine(opened: Opened): Finding | null {
    try {
      const publicKey = this.#vault.auditPublicKey ?? this.#vault.auditSigner().publicKey
      const witness = {
        publicKey,
        openKey: (sealed: Buffer) => this.#vault.inbox.open(sealed),
        noted: this.#vault.auditCheckpoint(),
      }
      const found = examineAtUnlock(opened.store, witness)
      const noticed = opened.writer.foreignChange()
      const first = found === null || (noticed !== null && noticed.index < found.index) ? noticed : found
      return unrecorded(opened.store, first)
    } catch (error) {
      return { index: 0, code: 'unreadable', message: unreadable(error).message }
    }
  }

  /** At lock: signs what there is while the key is still there; what follows goes to a segment signed in advance. */
  #leave(): void {
    if (this.#open === null) return
    if (this.#commit(true) !== null) return
    this.#note()
    this.#renewSegment()
  }

  #renewSegment(): void {
    try {
      this.#open?.writer.renewSegment()
    } catch (error) {
      this.#setProblem(() => (this.#writeProblem = failure(error).message))
    }
  }

  /** Lets the vault remember the last checkpoint, so that a log cut behind it, or put back, is found. */
  #note(): void {
    if (this.#open === null || this.#vault.state === 'absent') return
    try {
      this.#vault.auditSigner()
      const last = this.#open.store.lastCheckpoint(this.#open.writer.signed)
      if (last !== null && last.size !== this.#vault.auditCheckpoint()?.size) {
        this.#vault.setAuditCheckpoint({ size: last.size, root: last.root.toString('hex') })
      }
      this.#setProblem(() => (this.#noteProblem = null))
    } catch (error) {
      if (error instanceof AppError && error.code === 'locked') return
      const reason = error instanceof AppError ? ` ${error.message}` : ''
      this.#setProblem(() => (this.#noteProblem = `The vault could not note the state of the audit log.${reason}`))
    }
  }

  #armCheckpoint(): void {
    if (this.#vault.state !== 'unlocked' || this.#open === null) return
    this.#checkpointTimer ??= setTimeout(() => {
      this.#checkpointTimer = null
      this.#commit(true)
      this.#note()
    }, checkpointWaitMs).unref()
  }

  #armCloser(waitMs: number): void {
    this.#closerTimer ??= setTimeout(() => {
      this.#closerTimer = null
      this.#commit(false)
    }, waitMs)
  }

  #announce(): void {
    this.#announceTimer ??= setTimeout(() => {
      this.#announceTimer = null
      this.#events.emit('audit')
    }, announceWaitMs).unref()
  }

  /** The earliest break is the one that stays reported. */
  #found(finding: Finding): void {
    if (this.#break !== null && this.#break.index <= finding.index) return
    this.#setProblem(() => (this.#break = finding))
  }

  #setProblem(change: () => unknown): void {
    const before = this.problem
    change()
    if (this.problem !== before) this.#events.emit('status')
  }

  #reading<T>(read: (store: AuditStore) => T): T {
    if (this.#open === null)
      throw failure(new AppError('unavailable', this.#writeProblem ?? 'The audit log is closed.'))
    try {
      return read(this.#open.store)
    } catch (error) {
      throw failure(error)
    }
  }
}

/** The entry that an unlock leaves: all fits, or what does not. */
function joinFacts(finding: Finding | null): AuditFacts {
  if (finding === null) return { kind: 'log.join', asker: core, outcome: 'ok' }
  return { kind: 'log.join', asker: core, outcome: 'failed', code: finding.code, target: String(finding.index) }
}

/** A break is written down once; it stays reported from there. */
function unrecorded(store: AuditStore, finding: Finding | null): Finding | null {
  const known = store.breaks().map(({ json }) => entryOf(json))
  const isKnown = known.some((entry) => entry?.code === finding?.code && entry?.target === String(finding?.index))
  return isKnown ? null : finding
}

function entryOf(json: string): AuditEntry | null {
  try {
    return AuditEntry.parse(JSON.parse(json))
  } catch {
    return null
  }
}

function failure(error: unknown): AppError {
  const known = toStorageError(error, 'audit log')
  const reason = known instanceof AppError ? known.message : 'An unexpected error came up.'
  const hint =
    known instanceof AppError && known.hint !== undefined
      ? known.hint
      : 'Restart Clawkeep. What was asked has not been done.'
  return new AppError(
    'audit_failed',
    `The audit log cannot be written, so nothing that needs an entry is done. ${reason}`,
    { hint, cause: error },
  )
}
