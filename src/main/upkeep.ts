import { mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError, toWireError } from '../shared/app-error.ts'
import type { Asker } from '../shared/models/asker.ts'
import type { CheckResult, Upkeep as UpkeepView, UpkeepKind } from '../shared/models/upkeep.ts'
import type { AuditFacts, AuditLog, AuditOp } from './audit/audit-log.ts'
import type { ChangeEvents } from './change-events.ts'
import type { Clock } from './clock.ts'
import { toStorageError } from './db/open.ts'
import { KeySince } from './key-since.ts'
import { reportBug } from './report-bug.ts'
import type { SettingsStore } from './settings/settings-store.ts'
import { throttled } from './throttled.ts'
import { BackupFolder, type BackupReason } from './vault/backup-folder.ts'
import type { Course } from './vault/paced.ts'
import { refuseExisting, removeVaultFile, syncFolder } from './vault/snapshot.ts'
import type { Vault } from './vault/vault.ts'

const dayMs = 24 * 60 * 60_000
/** After an unlock the person is at work first. */
const firstLookMs = 60_000
const lookEveryMs = 15 * 60_000
const announceEveryMs = 200

const system = { kind: 'system', id: 'core' } as const

type Parts = {
  readonly home: string
  readonly vault: Vault
  readonly audit: Pick<AuditLog, 'around'>
  readonly settings: Pick<SettingsStore, 'get'>
  readonly clock: Clock
  readonly events: ChangeEvents
}

type Job = { readonly kind: UpkeepKind; readonly stop: AbortController; done: number; total: number }

/**
 * The long work on the whole vault, one at a time: backups (by hand, each day by itself), rotation (by hand, every so many days), the
 * check of every row, restore. Each is audited, tells how far it is, and can be cancelled.
 */
export class Upkeep {
  readonly #parts: Parts
  readonly #folder: BackupFolder
  readonly #keySince: KeySince
  readonly #announce: () => void
  readonly #subscriptions: ReadonlyArray<() => void>
  #job: Job | null = null
  #problem: string | null = null
  /** The last rotation could not make the backup that the new key opens. */
  #owesBackup = false
  #check: CheckResult | null = null
  #keptAside: UpkeepView['keptAside'] = null
  #timer: NodeJS.Timeout | null = null

  constructor(parts: Parts) {
    this.#parts = parts
    this.#folder = new BackupFolder(parts.home)
    this.#keySince = new KeySince(parts.vault, parts.clock)
    this.#announce = throttled(() => parts.events.emit('upkeep'), announceEveryMs)
    this.#folder.sweep()
    for (const half of ['restoring', 'rescued', 'checked']) removeVaultFile(join(parts.home, `vault.db.${half}`))
    this.#subscriptions = [
      parts.vault.onUnlock(() => this.#lookAfter(firstLookMs)),
      parts.vault.onLock(() => {
        this.#check = null
        if (this.#timer !== null) clearTimeout(this.#timer)
      }),
    ]
  }

  view(): UpkeepView {
    const { vault, settings } = this.#parts
    const job = this.#job
    const unlocked = vault.state === 'unlocked'
    const days = settings.get().rotateEveryDays
    const keySinceMs = unlocked ? this.#keySince.atMs : null
    return {
      running: job === null ? null : { kind: job.kind, done: job.done, total: job.total },
      folder: this.#folder.path,
      backups: [...this.#folder.list()],
      problem: this.#problem,
      epoch: unlocked ? vault.whole.epoch : null,
      keySinceMs,
      nextRotationAtMs: keySinceMs === null || days === 0 ? null : keySinceMs + days * dayMs,
      check: this.#check,
      keptAside: this.#keptAside,
    }
  }

  /** Stops what runs; nothing of it stays. */
  cancel(): void {
    this.#job?.stop.abort()
  }

  /** A checked copy in the folder of backups, or in `out`, which must not exist. Throws AppError conflict, damaged, storage errors. */
  async backup(asker: Asker, out: string | null): Promise<{ file: string; items: number }> {
    return this.#run('backup', { kind: 'vault.backup', asker }, async (course) =>
      out === null ? this.#backupInFolder('manual', course) : this.#backupTo(out, course),
    )
  }

  /**
   * A new vault key: a checked backup first, then the next epoch, then a checked backup of that; with it the first one, which the
   * old key opens, is removed. Throws AppError damaged, cancelled, storage errors; then the old key stays.
   */
  async rotate(asker: Asker): Promise<{ epoch: number }> {
    const { vault } = this.#parts
    return this.#run('rotate', { kind: 'vault.rotate', asker }, async (course, op) => {
      await vault.whole.rotate(course, async () => {
        await this.#backupInFolder('before-rotation', course)
        this.#keySince.noteNext()
      })
      const { epoch } = vault.whole
      op.note({ target: `epoch-${epoch}` })
      try {
        await this.#backupInFolder('daily', { signal: new AbortController().signal })
      } catch (error) {
        // The vault has its new key; only the backup of it is missing, and the one from before stays.
        this.#owesBackup = true
        this.#problem = `The vault key was changed, but the backup after it failed. ${toWireError(error).message}`
      }
      return { epoch }
    })
  }

  /** Opens every row. With `rescue`, what opens of a damaged vault is put into a new file, and the vault is locked. */
  async check(asker: Asker, rescue: boolean): Promise<CheckResult> {
    const { vault, clock, home } = this.#parts
    return this.#run('check', { kind: 'vault.check', asker }, async (course) => {
      const copy = join(home, 'vault.db.checked')
      removeVaultFile(copy)
      try {
        const { epoch, items, records, problems } = await vault.whole.copyTo(copy, course)
        const found = { atMs: clock.now(), epoch, items, records, problems: [...problems] }
        const result = { ...found, keptAside: null }
        if (!rescue || problems.length === 0) return (this.#check = result)
        const rescued = join(home, 'vault.db.rescued')
        removeVaultFile(rescued)
        await vault.whole.rescueInto(rescued, copy, course)
        return { ...result, keptAside: this.#aside('check', await vault.whole.putInPlace(rescued)) }
      } finally {
        removeVaultFile(copy)
      }
    })
  }

  /**
   * Puts a backup in the place of the vault, which is locked and kept aside under the name returned (null: there was none). Throws
   * AppError wrong_password, throttled, conflict for a backup of another vault, damaged, storage errors; then nothing changed.
   */
  async restore(asker: Asker, from: string, password: string): Promise<{ items: number; keptAside: string | null }> {
    const { vault } = this.#parts
    return this.#run('restore', { kind: 'vault.restore', asker }, async (course) => {
      const { items, keptAside } = await vault.whole.restore({ from, password }, course)
      return { items, keptAside: this.#aside('restore', keptAside) }
    })
  }

  /** The path of a backup in the folder. Throws AppError not_found. */
  pathOf(name: string): string {
    const path = this.#folder.pathOf(name)
    if (path === null)
      throw new AppError('not_found', 'There is no such backup.', { hint: 'It may have been removed. Choose another.' })
    return path
  }

  dispose(): void {
    this.cancel()
    for (const end of this.#subscriptions) end()
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  /** The lock that comes with it takes from the screen what the answer would say. */
  #aside(kind: 'restore' | 'check', file: string | null): string | null {
    this.#keptAside = file === null ? null : { kind, file, atMs: this.#parts.clock.now() }
    return file
  }

  async #run<T>(kind: UpkeepKind, facts: AuditFacts, work: (course: Course, op: AuditOp) => Promise<T>): Promise<T> {
    if (this.#job !== null) {
      throw new AppError('in_use', 'Other work on the whole vault is under way.', {
        hint: 'Wait until it has ended, or cancel it.',
      })
    }
    const job: Job = { kind, stop: new AbortController(), done: 0, total: 0 }
    this.#job = job
    this.#parts.events.emit('upkeep')
    try {
      const onProgress = (done: number, total: number): void => {
        Object.assign(job, { done, total })
        this.#announce()
      }
      return await this.#parts.audit.around(facts, (op) => work({ signal: job.stop.signal, onProgress }, op))
    } finally {
      this.#job = null
      this.#parts.events.emit('upkeep')
    }
  }

  async #backupInFolder(reason: BackupReason, course: Course): Promise<{ file: string; items: number }> {
    try {
      const nowMs = this.#parts.clock.now()
      const part = this.#folder.part(nowMs, reason)
      const items = await this.#checkedCopy(part, course)
      const file = this.#folder.keep(part)
      if (reason !== 'before-rotation') this.#settleRotation()
      this.#folder.prune(nowMs)
      return { file, items }
    } catch (error) {
      throw toStorageError(error, 'backup')
    }
  }

  /** A backup that the present key opens is there: the one from right before it has done its duty. */
  #settleRotation(): void {
    for (const { name } of this.#folder.byKey(this.#keySince.atMs, this.#parts.clock.now()).ofOldKey)
      this.#folder.remove(join(this.#folder.path, name))
    this.#owesBackup = false
    this.#problem = null
  }

  async #backupTo(out: string, course: Course): Promise<{ file: string; items: number }> {
    refuseExisting(out)
    const part = `${out}.part`
    try {
      mkdirSync(dirname(out), { recursive: true })
      const items = await this.#checkedCopy(part, course)
      refuseExisting(out)
      renameSync(part, out)
      syncFolder(dirname(out))
      return { file: out, items }
    } catch (error) {
      throw toStorageError(error, 'backup')
    }
  }

  /** A copy in which anything does not open is no backup, and is removed. */
  async #checkedCopy(part: string, course: Course): Promise<number> {
    removeVaultFile(part)
    const { items, problems } = await this.#parts.vault.whole.copyTo(part, course)
    const [first] = problems
    if (first === undefined) return items
    removeVaultFile(part)
    throw new AppError('damaged', `No backup was made, because not everything in the vault opens. ${first.message}`, {
      hint: 'Run `clawkeep vault doctor`, or the check in Settings. Older backups are kept.',
    })
  }

  #lookAfter(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      void this.#look().finally(() => {
        if (this.#parts.vault.state === 'unlocked') this.#lookAfter(lookEveryMs)
      })
    }, ms).unref()
  }

  /** Does what is due. What fails is shown in Settings and tried again at the next look. */
  async #look(): Promise<void> {
    if (this.#parts.vault.state !== 'unlocked' || this.#job !== null) return
    try {
      this.#keySince.mend()
      const now = this.#parts.clock.now()
      const { nextRotationAtMs } = this.view()
      if (nextRotationAtMs !== null && nextRotationAtMs <= now) await this.rotate(system)
      else {
        if (this.#isBackupDue(now))
          await this.#run('backup', { kind: 'vault.backup', asker: system }, (course) =>
            this.#backupInFolder('daily', course),
          )
        this.#problem = null
      }
    } catch (error) {
      const { code, message } = toWireError(error)
      if (code === 'internal') reportBug('upkeep', error)
      if (code !== 'cancelled') this.#problem = message
    }
    this.#parts.events.emit('upkeep')
  }

  /** Each day; and, daily or not, when a rotation could not make its own, in this run or the one before. */
  #isBackupDue(nowMs: number): boolean {
    const { ofThisKey, ofOldKey } = this.#folder.byKey(this.#keySince.atMs, nowMs)
    if (this.#owesBackup || (ofThisKey.length === 0 && ofOldKey.length > 0)) return true
    return this.#parts.settings.get().backupDaily && nowMs - (ofThisKey[0]?.atMs ?? 0) >= dayMs
  }
}
