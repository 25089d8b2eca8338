import { readFile, stat, unlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { AppError } from '../../shared/app-error.ts'
import type { KeyPreview, Scope } from '../../shared/models/api-key.ts'
import type { Asker } from '../../shared/models/asker.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Clock } from '../clock.ts'
import type { ApiKeys } from './api-keys.ts'
import { type FileKey, readKeyFile } from './key-file.ts'
import { prefixOf } from './key-record.ts'

/** Asks the person for a file; null when they chose none. */
export type ChooseFile = () => Promise<string | null>

type Chosen = { readonly path: string; readonly mark: string; taken: boolean }

const maxFileBytes = 4 * 1024 * 1024

/** Takes over keys that other programs made, so that their clients need not be changed. Only the hashes are kept. */
export class KeyImport {
  readonly #apiKeys: Pick<ApiKeys, 'adopt' | 'holderOf'>
  readonly #audit: Pick<AuditLog, 'around' | 'event'>
  readonly #clock: Clock
  readonly #chooseFile: ChooseFile
  #chosen: Chosen | null = null

  constructor(parts: {
    apiKeys: Pick<ApiKeys, 'adopt' | 'holderOf'>
    audit: Pick<AuditLog, 'around' | 'event'>
    clock: Clock
    chooseFile: ChooseFile
  }) {
    this.#apiKeys = parts.apiKeys
    this.#audit = parts.audit
    this.#clock = parts.clock
    this.#chooseFile = parts.chooseFile
  }

  /** What a text holds. `scopes` null: a line that names none is a problem. Throws AppError locked, invalid, too_large. */
  look(text: string, scopes: ReadonlyArray<Scope> | null): KeyPreview {
    return this.#read(text, scopes).preview
  }

  /** Imports all keys of a text, or none. Throws AppError invalid naming the first lines that are wrong. */
  async take(text: string, scopes: ReadonlyArray<Scope> | null, asker: Asker): Promise<KeyPreview> {
    const { keys, preview } = this.#read(text, scopes)
    if (preview.problems.length > 0) throw refused(preview.problems)
    await this.#audit.around({ kind: 'key.import', asker }, async () => {
      const made = this.#apiKeys.adopt(
        keys.map((key) => ({ ...key, name: nameOf(key), scopes: key.scopes ?? scopes ?? [] })),
        'import',
      )
      for (const { id } of made) await this.#audit.event({ kind: 'key.create', asker, target: id, outcome: 'ok' })
    })
    return preview
  }

  /** Lets the person choose a file and looks into it; null when they chose none. Its text is not kept. */
  async chooseFile(): Promise<{ fileName: string; preview: KeyPreview } | null> {
    this.#chosen = null
    const path = await this.#chooseFile()
    if (path === null) return null
    const { text, mark } = await readChosen(path)
    const preview = this.look(text, [])
    this.#chosen = { path, mark, taken: false }
    return { fileName: basename(path), preview }
  }

  /** Imports the chosen file. Throws AppError conflict when it is not the one that was looked into any more. */
  async takeFile(scopes: ReadonlyArray<Scope>, asker: Asker): Promise<KeyPreview> {
    const chosen = this.#chosen
    if (chosen === null || chosen.taken) throw noFile()
    const { text, mark } = await readChosen(chosen.path)
    if (mark !== chosen.mark) throw changed('Choose it again.')
    const taken = await this.take(text, scopes, asker)
    chosen.taken = true
    return taken
  }

  /** Deletes the file that was imported; never one that was changed since or not imported. */
  async removeFile(): Promise<void> {
    const chosen = this.#chosen
    if (chosen === null || !chosen.taken) throw noFile()
    if ((await markOf(chosen.path)) !== chosen.mark) throw changed('Look at it, and delete it yourself.')
    await unlink(chosen.path).catch((error: unknown) => {
      throw new AppError('no_permission', 'The file could not be deleted.', {
        hint: 'Delete it yourself.',
        cause: error,
      })
    })
    this.#chosen = null
  }

  #read(text: string, scopes: ReadonlyArray<Scope> | null): { keys: ReadonlyArray<FileKey>; preview: KeyPreview } {
    const { keys, problems } = readKeyFile(text, this.#clock.now())
    const more = keys.flatMap(({ line, token, scopes: own }) => {
      const holder = this.#apiKeys.holderOf(token)
      if (holder !== null) return [{ line, message: `has a key that is here already, as “${holder}”.` }]
      return own === null && scopes === null ? [{ line, message: 'names no scopes.' }] : []
    })
    const preview = {
      keys: keys.map((key) => ({
        line: key.line,
        name: nameOf(key),
        prefix: prefixOf(key.token),
        scopes: key.scopes === null ? null : [...key.scopes],
        expiresAtMs: key.expiresAtMs,
      })),
      problems: [...problems, ...more].toSorted((a, b) => a.line - b.line),
    }
    return { keys, preview }
  }
}

function nameOf({ name, token }: FileKey): string {
  return name ?? `Imported ${prefixOf(token)}`
}

const namedProblems = 5

function refused(problems: KeyPreview['problems']): AppError {
  const lines = problems.slice(0, namedProblems).map(({ line, message }) => `Line ${line} ${message}`)
  const rest = problems.length - lines.length
  return new AppError('invalid', `Nothing was imported. ${lines.join(' ')}${rest > 0 ? ` And ${rest} more.` : ''}`, {
    hint: 'Put these lines right and try again.',
  })
}

function noFile(): AppError {
  return new AppError('not_found', 'No file of keys is open.', { hint: 'Choose one.' })
}

function changed(hint: string): AppError {
  return new AppError('conflict', 'The file was changed meanwhile.', { hint })
}

async function readChosen(path: string): Promise<{ text: string; mark: string }> {
  const mark = await markOf(path)
  try {
    return { text: await readFile(path, 'utf8'), mark }
  } catch (error) {
    throw unreadable(error)
  }
}

/** Tells a file from a changed or another one of the same name. */
async function markOf(path: string): Promise<string> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(error)
  })
  if (!found.isFile()) throw new AppError('invalid', 'This is not a file.', { hint: 'Choose a file.' })
  if (found.size > maxFileBytes) throw new AppError('too_large', 'The file is larger than 1 MiB.')
  return [found.dev, found.ino, found.size, found.mtimeMs].join(' ')
}

function unreadable(cause: unknown): AppError {
  return new AppError('unavailable', 'The file could not be read.', { hint: 'Check that you may read it.', cause })
}
