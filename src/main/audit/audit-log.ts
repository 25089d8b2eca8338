import { AppError } from '../../shared/app-error.ts'
import type { AuditFilter, AuditPage, AuditVerdict } from '../../shared/models/audit.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { Clock } from '../clock.ts'
import { openDatabase, type Database } from '../db/open.ts'
import { WalSync } from '../db/wal-sync.ts'
import { newId } from '../ids.ts'
import { AuditOp } from './audit-op.ts'
import { AuditStore } from './audit-store.ts'
import { readEntry } from './breaks.ts'
import { ChainWriter } from './chain-writer.ts'
import { auditFailure, CommitQueue } from './commit-queue.ts'
import { draftOf, outcomeOf, type AuditFacts } from './facts.ts'
import { LogHealth } from './log-health.ts'
import { auditFile } from './schema.ts'
import { Signing, type SigningVault } from './signing.ts'
import { changesSince, newestMark, type ChangesSince, type RememberedMark } from './vault-marks.ts'
import { unreadable, verdictOn } from './verdict.ts'

export type { AuditFacts } from './facts.ts'
export type { AuditOp } from './audit-op.ts'

/** What the log uses of the vault. `onLock` listeners run while the keys are still there. */
export type AuditVault = SigningVault & {
  readonly auditPublicKey: Buffer | null
  onUnlock(listener: () => void): () => void
  onLock(listener: () => void): () => void
}

type AuditLogOptions = { file: string; clock: Clock; vault: AuditVault; events: ChangeEvents }

/** The window is told at most this often that there are new entries. */
const announceWaitMs = 200

type Opened = { db: Database; disk: WalSync; store: AuditStore; writer: ChainWriter; signing: Signing }

/**
 * The log of who did what: append-only, chained, signed, in its own file that is writable while the vault is locked.
 * An append is durable when its promise resolves and rejects with AppError audit_failed otherwise; whoever wants to act
 * waits for it. All appends of one turn of the event loop share one transaction. Design: docs/decisions/0003 and 0017.
 */
export class AuditLog {
  readonly #clock: Clock
  readonly #vault: AuditVault
  readonly #events: ChangeEvents
  readonly #health: LogHealth
  readonly #queue: CommitQueue
  readonly #subscriptions: ReadonlyArray<() => void>
  #opened: Opened | null = null
  #whyClosed: AppError | null = null
  #announceTimer: NodeJS.Timeout | null = null

  private constructor({ file, clock, vault, events }: AuditLogOptions) {
    this.#clock = clock
    this.#vault = vault
    this.#events = events
    this.#health = new LogHealth(() => events.emit('status'))
    this.#queue = new CommitQueue({
      write: (drafts, sign) => this.#file().writer.write(drafts, sign),
      disk: {
        sync: () => this.#file().disk.sync(),
        syncNow: () => this.#file().disk.syncNow(),
        isQuick: () => this.#opened?.disk.isQuick === true,
      },
      settled: (error, written) => this.#settled(error, written),
    })
    try {
      this.#opened = this.#openFile(file)
    } catch (error) {
      this.#whyClosed = auditFailure(error)
      this.#health.writing(this.#whyClosed)
    }
    this.#subscriptions = [vault.onUnlock(() => this.#join()), vault.onLock(() => this.#opened?.signing.sign())]
  }

  /**
   * Opens or creates the log and writes `log.start`. Never throws for a file that cannot be used: the app must start
   * and show it; `problem` says why, and every append rejects.
   */
  static open(options: AuditLogOptions): AuditLog {
    const log = new AuditLog(options)
    log.#begin()
    return log
  }

  /** Why the log cannot be written or is not whole; else null. A change is announced as `status`. */
  get problem(): string | null {
    return this.#health.problem
  }

  /** Writes one entry; durable when it resolves. Rejects AppError audit_failed. */
  async event(facts: AuditFacts): Promise<void> {
    await this.#queue.add(draftOf(facts, { atMs: this.#clock.now(), phase: 'event' }))
  }

  /**
   * Writes the opener of an act; durable when it resolves. Rejects AppError audit_failed: the act must not run. `meanwhile` is
   * called while the disk works, and must not throw.
   */
  async open(facts: AuditFacts, meanwhile?: () => void): Promise<AuditOp> {
    const id = newId('op')
    const startedMs = this.#clock.monotonicMs()
    await this.#queue.add(draftOf(facts, { atMs: this.#clock.now(), phase: 'open', op: id }), meanwhile)
    return new AuditOp(id, (more) => {
      const tookMs = Math.max(0, Math.round(this.#clock.monotonicMs() - startedMs))
      this.#keepCloser(id, { ...facts, tookMs }, more)
    })
  }

  /**
   * Opens, runs, closes: with `ok`, or with the outcome and code of what was thrown, unless `run` noted its own. What
   * `run` throws is thrown on. `meanwhile` as for `open`.
   */
  async around<T>(facts: AuditFacts, run: (op: AuditOp) => Promise<T>, meanwhile?: () => void): Promise<T> {
    const op = await this.open(facts, meanwhile)
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
    const { rows, total } = this.#page(filter)
    const entries = rows.flatMap(({ idx, json }) => {
      const entry = readEntry(json)
      if (entry === null) this.#health.found({ index: idx, code: 'changed', message: `Entry ${idx} was changed.` })
      return entry ?? []
    })
    const last = rows.at(-1)
    const more = last !== undefined && rows.length === filter.limit && last.idx > 0
    return { entries, total, nextBefore: more ? last.idx : null }
  }

  /** The newest state of the vault that this log remembers by a checkpoint which the key signed; null when it remembers none. */
  newestMark(publicKey: Buffer | null): RememberedMark | null {
    return this.#opened === null ? null : newestMark(this.#opened.store.checkpointsByVault(), publicKey)
  }

  /** What was done to the vault after a state of it. */
  changesSince(counter: number): ChangesSince {
    return changesSince(this.#file().store, counter)
  }

  /** Checks the whole log, with the keys if the vault is unlocked. The program stands still meanwhile: some seconds for 100,000 entries. */
  verify(): AuditVerdict {
    this.#queue.commit(false)
    if (this.#opened === null) return unreadable(auditFailure(this.#whyClosed ?? closed()))
    const { store, writer } = this.#opened
    const unlocked = this.#vault.state === 'unlocked'
    const verdict = verdictOn(store, {
      publicKey: this.#vault.auditPublicKey,
      noted: unlocked ? this.#vault.auditCheckpoint() : null,
      openKey: unlocked ? (sealed) => this.#vault.inbox.open(sealed) : null,
      notice: () => writer.foreignChange(),
    })
    if (!verdict.ok) this.#health.found({ index: verdict.firstBad ?? 0, code: 'verify', message: verdict.message })
    return verdict
  }

  /** Writes all that is queued now. Rejects AppError audit_failed. */
  async flush(): Promise<void> {
    const error = this.#queue.commit(false)
    if (error !== null) throw error
  }

  /** Writes what is queued, signs it if the vault is unlocked, closes the file. Later appends reject. */
  close(): void {
    const opened = this.#opened
    opened?.signing.sign()
    for (const end of this.#subscriptions) end()
    // Also for a file that never opened: what is kept for it would be tried again for ever, and the process would not end.
    this.#queue.stop()
    if (this.#announceTimer !== null) clearTimeout(this.#announceTimer)
    if (opened === null) return
    opened.signing.stop()
    opened.writer.endSegment()
    opened.disk.close()
    opened.db.close()
    this.#opened = null
  }

  #begin(): void {
    this.#keep({ kind: 'log.start', asker: { kind: 'system', id: 'core' } })
    this.#opened?.signing.begin()
    if (this.#vault.state === 'unlocked') this.#join()
    else this.#queue.commit(false)
  }

  #join(): void {
    this.#queue.commit(false)
    this.#opened?.signing.join()
  }

  #keep(facts: AuditFacts): void {
    const draft = draftOf(facts, { atMs: this.#clock.now(), phase: 'event' })
    this.#queue.keep(() => draft)
  }

  #keepCloser(op: string, facts: AuditFacts, more: Partial<AuditFacts>): void {
    const ids = { atMs: this.#clock.now(), phase: 'close', op } as const
    this.#queue.close(() => {
      try {
        return draftOf({ ...facts, ...more }, ids)
      } catch {
        // The act has run; a note that fits no entry must not undo its result, nor leave it open in the log.
        return draftOf({ ...facts, outcome: 'failed', code: 'unfit_note' }, ids)
      }
    })
  }

  #settled(error: AppError | null, written: number): void {
    this.#health.writing(error)
    if (error !== null || this.#opened === null) return
    if (written > 0) {
      this.#announceTimer ??= setTimeout(() => {
        this.#announceTimer = null
        this.#events.emit('audit')
      }, announceWaitMs).unref()
    }
    this.#opened.signing.soon()
  }

  #page(filter: AuditFilter): ReturnType<AuditStore['page']> {
    try {
      return this.#file().store.page(filter)
    } catch (error) {
      throw auditFailure(error)
    }
  }

  #file(): Opened {
    if (this.#opened === null) throw this.#whyClosed ?? closed()
    return this.#opened
  }

  #openFile(file: string): Opened {
    const db = openDatabase(file, { ...auditFile, exclusive: true, syncedByCaller: true })
    try {
      const store = new AuditStore(db)
      const writer = new ChainWriter(store, this.#vault, this.#clock)
      const signing = new Signing({
        store,
        writer,
        vault: this.#vault,
        health: this.#health,
        keep: (facts) => this.#keep(facts),
        commit: () => this.#queue.commit(true) === null,
      })
      return { db, disk: new WalSync(db), store, writer, signing }
    } catch (error) {
      db.close()
      throw error
    }
  }
}

function closed(): AppError {
  return new AppError('unavailable', 'The audit log is not open.', { hint: 'Start Clawkeep again.' })
}
