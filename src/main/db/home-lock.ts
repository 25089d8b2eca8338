import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../shared/app-error.ts'
import { makePrivateFolder } from '../private-folder.ts'
import { openBareDatabase, type Database } from './open.ts'
import { toStorageError } from './storage-error.ts'

const what = 'Clawkeep folder'
const busyTimeoutMs = 250

/**
 * Makes this process the only core of a home folder; creates the folder (0700) when it is missing.
 * The lock is a write transaction held open on `core.lock`, so the operating system drops it with the process: it
 * cannot go stale after kill -9, needs no guess about a reused process id, and two at once cannot both get it. The
 * process id inside is only for the message.
 * Throws AppError in_use naming the process, or a storage error.
 */
export function lockHome(home: string): { release(): void } {
  let database: Database | undefined
  try {
    makePrivateFolder(home)
    const file = join(home, 'core.lock')
    database = openBareDatabase(file, busyTimeoutMs)
    if (process.platform !== 'win32') chmodSync(file, 0o600)
    const held = database
    writeOwner(held)
    held.exec('BEGIN IMMEDIATE')
    return {
      release() {
        if (!held.open) return
        held.exec('ROLLBACK')
        held.close()
      },
    }
  } catch (error) {
    const owner = database === undefined ? null : readOwner(database)
    database?.close()
    const known = toStorageError(error, what)
    if (!(known instanceof AppError) || known.code !== 'in_use') throw known
    throw new AppError(
      'in_use',
      `Another Clawkeep${owner === null ? '' : ` (process ${owner})`} is using this folder.`,
      {
        hint: 'Use its window or the clawkeep command, close it and try again, or choose another folder with --home.',
        cause: error,
      },
    )
  }
}

function writeOwner(database: Database): void {
  try {
    database
      .transaction(() => {
        database.exec('CREATE TABLE IF NOT EXISTS owner (id INTEGER PRIMARY KEY CHECK (id = 1), pid INTEGER NOT NULL)')
        database.prepare('INSERT OR REPLACE INTO owner (id, pid) VALUES (1, ?)').run(process.pid)
      })
      .immediate()
  } catch (error) {
    // A full disk must not keep a person from reading the vault; the lock itself writes nothing.
    const known = toStorageError(error, what)
    if (!(known instanceof AppError) || known.code !== 'disk_full') throw error
  }
}

function readOwner(database: Database): number | null {
  try {
    const row = database.prepare('SELECT pid FROM owner WHERE id = 1').get() as { pid: unknown } | undefined
    return typeof row?.pid === 'number' ? row.pid : null
  } catch {
    return null
  }
}
