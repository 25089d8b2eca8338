import { basename } from 'node:path'
import { AppError } from '../../shared/app-error.ts'
import type { Asker } from '../../shared/models/asker.ts'
import type { ImportChoices, ImportPreview, ImportProgress } from '../../shared/models/import.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { SealedFile } from '../vault/file-head.ts'
import type { NewItem } from '../vault/new-items.ts'
import { paced, stopIfAborted, type Course } from '../vault/paced.ts'
import type { Vault } from '../vault/vault.ts'
import { caps } from './caps.ts'
import { readChosen, shred } from './chosen-file.ts'
import type { Parsed } from './found-entry.ts'
import { parseApart } from './apart.ts'
import { type ImportPlan, planImport } from './plan.ts'

/** A file to be imported, with the key file that opens it. */
export type ImportSource = { readonly path: string; readonly keyFilePath: string | null }

type Opened = { readonly parsed: Parsed; readonly mark: string; readonly choices: string }

/** So many items one audit entry names. */
const mostIds = 50
/** What is under way; a look gives way to the next one, an import does not. */
type Running = { readonly abort: AbortController; readonly isLook: boolean; readonly over: Promise<unknown> }

const idle: ImportProgress = { step: 'idle', done: 0, total: 0 }

/**
 * Takes over what other programs exported: looks into a file in a thread of its own, says what would become of each entry, and
 * adds all of it in one transaction or nothing. What was read is held no longer than until the import, a lock, or `close`.
 */
export class VaultImport {
  readonly #vault: Vault
  readonly #audit: Pick<AuditLog, 'around' | 'event'>
  #source: ImportSource | null = null
  #opened: Opened | null = null
  #taken: { readonly path: string; readonly mark: string; readonly keepFile: string | null } | null = null
  #running: Running | null = null
  #progress: ImportProgress = idle

  constructor(parts: { vault: Vault; audit: Pick<AuditLog, 'around' | 'event'> }) {
    this.#vault = parts.vault
    this.#audit = parts.audit
    parts.vault.onLock(() => this.#end(lockedMeanwhile()))
  }

  /** How far the import is; `done` of `total` files, then items, while they are sealed. */
  progress(): ImportProgress {
    return this.#progress
  }

  /** Begins with another file; nothing is read yet. */
  choose(source: ImportSource): { readonly fileName: string } {
    if (this.#running?.isLook === false) throw underWay()
    this.close()
    this.#source = source
    return { fileName: basename(source.path) }
  }

  /** Gives the file a key file beside its password. Throws AppError not_found without a file. */
  useKeyFile(keyFilePath: string): { readonly fileName: string } {
    this.#source = { ...this.#chosen(), keyFilePath }
    this.#opened = null
    return { fileName: basename(keyFilePath) }
  }

  /** Says what would come; changes nothing. Takes the place of a look that is under way. Throws what reading the file throws, cancelled, locked. */
  async preview(choices: ImportChoices): Promise<ImportPreview> {
    while (this.#running?.isLook === true) {
      this.#running.abort.abort(cancelled())
      await this.#running.over
    }
    return this.#run(true, async (signal) => (await this.#plan(choices, signal)).plan.preview)
  }

  /**
   * Takes the chosen file over, all of it or nothing. Throws what `preview` throws, conflict when the file was changed since it was
   * looked into, invalid when nothing would come and not all of it is in the vault, and what adding items throws.
   */
  async take(choices: ImportChoices, asker: Asker): Promise<ImportPreview> {
    return this.#run(false, (signal) =>
      this.#audit.around({ kind: 'vault.import', asker }, async (op) => {
        const { path } = this.#chosen()
        const { plan, mark } = await this.#plan(choices, signal)
        const { counts, keepFile } = plan.preview
        // A file whose entries are all in the vault already is done, and may go; one with nothing in it may not have been understood.
        if (plan.items.length === 0 && (counts.skip === 0 || keepFile !== null))
          throw new AppError('invalid', 'Nothing of this file would be imported.', {
            hint: 'Look at the list: it says why.',
          })
        const made = plan.items.length === 0 ? [] : await this.#add(plan, signal)
        op.note({ itemIds: made.slice(0, mostIds) })
        const events: Promise<void>[] = []
        for (let at = 0; at < made.length; at += mostIds)
          events.push(
            this.#audit.event({ kind: 'item.add', asker, outcome: 'ok', itemIds: made.slice(at, at + mostIds) }),
          )
        await Promise.all(events)
        this.close()
        this.#taken = { path, mark, keepFile }
        return plan.preview
      }),
    )
  }

  /**
   * Overwrites and deletes the file that was imported last, unless it was changed or something of it is not in the vault. Throws
   * AppError not_found, refused, conflict, no_permission.
   */
  async shredFile(): Promise<void> {
    const taken = this.#taken
    if (taken === null) throw noFile()
    if (taken.keepFile !== null)
      throw new AppError('refused', taken.keepFile, { hint: 'Look at what is missing, and delete the file yourself.' })
    await shred(taken.path, taken.mark)
    this.#taken = null
  }

  /** Ends what is under way and forgets what was read. */
  close(): void {
    this.#end(cancelled())
  }

  #end(why: AppError): void {
    this.#running?.abort.abort(why)
    this.#source = null
    this.#opened = null
    this.#taken = null
  }

  async #run<T>(isLook: boolean, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#running !== null) throw underWay()
    const abort = new AbortController()
    const result = work(abort.signal).finally(() => {
      this.#running = null
      this.#progress = idle
    })
    this.#running = { abort, isLook, over: result.catch(() => undefined) }
    return result
  }

  async #plan(choices: ImportChoices, signal: AbortSignal): Promise<{ plan: ImportPlan; mark: string }> {
    const { parsed, mark } = await this.#open(choices, signal)
    const planning = planImport(parsed, this.#vault.items, choices.onDuplicate)
    return { plan: await paced(planning, { signal }), mark }
  }

  /** The file is read and opened once for the same password, form and columns. */
  async #open({ format, filePassword, map }: ImportChoices, signal: AbortSignal): Promise<Opened> {
    const source = this.#chosen()
    const choices = JSON.stringify([format, filePassword, map])
    // Fails early: nothing is read for a locked vault.
    this.#vault.items.list()
    this.#progress = { step: 'reading', done: 0, total: 0 }
    const { bytes, mark } = await readChosen(source.path, caps.fileBytes)
    if (this.#opened !== null && this.#opened.mark !== mark) {
      this.#opened = null
      throw new AppError('conflict', 'The file was changed since it was looked into.', { hint: 'Look at it again.' })
    }
    if (this.#opened?.choices === choices) return this.#opened
    const keyFile = source.keyFilePath === null ? null : (await readChosen(source.keyFilePath, caps.keyFileBytes)).bytes
    const parsed = await parseApart({ bytes, format, password: filePassword, keyFile, map }, { signal })
    stopIfAborted(signal)
    this.#opened = { parsed, mark, choices }
    return this.#opened
  }

  async #add({ items, preview }: ImportPlan, signal: AbortSignal): Promise<ReadonlyArray<string>> {
    const sealed: SealedFile[] = []
    const { files } = this.#vault.items
    try {
      const entries: NewItem[] = []
      for (const { input, files: found, createdAtMs, replaces } of items) {
        const own: SealedFile[] = []
        for (const { name, bytes } of found) {
          this.#progress = { step: 'files', done: sealed.length, total: preview.counts.files }
          stopIfAborted(signal)
          const file = await files.seal(name, [bytes])
          sealed.push(file)
          own.push(file)
        }
        entries.push({ input, files: own, createdAtMs, replaces })
      }
      const onProgress: Course['onProgress'] = (done, total) => {
        this.#progress = { step: 'writing', done, total }
      }
      onProgress(0, entries.length)
      return (await this.#vault.items.addPaced(entries, { signal, onProgress })).map(({ id }) => id)
    } catch (error) {
      if (this.#vault.state === 'unlocked') files.drop(sealed)
      throw error
    }
  }

  #chosen(): ImportSource {
    if (this.#source === null) throw noFile()
    return this.#source
  }
}

function noFile(): AppError {
  return new AppError('not_found', 'No file to import is open.', { hint: 'Choose one.' })
}

function underWay(): AppError {
  return new AppError('in_use', 'An import is under way already.', { hint: 'Wait for its end, or cancel it.' })
}

function lockedMeanwhile(): AppError {
  return new AppError('cancelled', 'The vault was locked meanwhile. Nothing was imported.', {
    hint: 'Unlock it and begin again.',
  })
}

function cancelled(): AppError {
  return new AppError('cancelled', 'Cancelled. Nothing was imported.')
}
