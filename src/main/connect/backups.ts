import { readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProgramId } from '../../shared/models/connection.ts'
import { makePrivateFolder } from '../private-folder.ts'
import { toStorageError } from '../db/storage-error.ts'

const keptBackups = 5

/**
 * Copies of other programs' settings from before a change, in the private home: they may hold other people's keys, and beside
 * the original they could end up in a dotfiles repository.
 */
export class Backups {
  readonly #folder: string

  constructor(home: string) {
    this.#folder = join(home, 'connections')
  }

  /** Keeps the bytes (0600), then drops all but the newest five and the one that undo needs. Returns the file's path. */
  keep(program: ProgramId, bytes: Buffer, atMs: number, needed: string | null): string {
    const folder = join(this.#folder, program)
    try {
      makePrivateFolder(this.#folder)
      makePrivateFolder(folder)
      const file = freeName(folder, atMs)
      writeFileSync(file, bytes, { flag: 'wx', mode: 0o600, flush: true })
      const others = backupsIn(folder).filter((path) => path !== needed)
      for (const path of others.slice(0, -keptBackups)) unlinkSync(path)
      return file
    } catch (error) {
      throw toStorageError(error, 'backup')
    }
  }

  /** Null when it is gone. */
  read(file: string): Buffer | null {
    try {
      return readFileSync(file)
    } catch {
      return null
    }
  }
}

function backupsIn(folder: string): ReadonlyArray<string> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.bak'))
  return names.toSorted().map((name) => join(folder, name))
}

/** `2026-11-22T01-02-03.456Z.bak`: sorts by time; a second one of the same moment gets a later name. */
function freeName(folder: string, atMs: number): string {
  const taken = new Set(backupsIn(folder))
  for (let ms = atMs; ; ms += 1) {
    const file = join(folder, `${new Date(ms).toISOString().replaceAll(':', '-')}.bak`)
    if (!taken.has(file)) return file
  }
}
