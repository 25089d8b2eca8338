import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../shared/app-error.ts'
import { makePrivateFolder } from '../private-folder.ts'
import { openBareDatabase, type Database } from './open.ts'
import { toStorageError } from './storage-error.ts'

const what = 'Clawkeep folder'
const busyTimeoutMs = 250

/** Who holds a home folder. */
export type HomeOwner = {
  readonly pid: number
  /** It was only started for a client, and ends when a window or a core that a person starts wants the folder. */
  readonly makesWay: boolean
}

/** Another core holds the home folder; `owner` is null when it does not say who it is. */
export class HomeInUse extends AppError {
  readonly owner: HomeOwner | null

  constructor(owner: HomeOwner | null, cause: unknown) {
    const which = owner === null ? '' : ` (process ${owner.pid})`
    super('in_use', `Another Clawkeep${which} is using this folder.`, {
      hint: 'Use its window or the clawkeep command, end it with `clawkeep stop` and try again, or choose another folder with --home.',
      cause,
    })
    this.owner = owner
  }
}

/**
 * Makes this process the only core of a home folder; creates the folder (0700) when it is missing.
 * The lock is a write transaction held open on `core.lock`, so the operating system drops it with the process: it
 * cannot go stale after kill -9, needs no guess about a reused process id, and two at once cannot both get it. What
 * stands inside, who it is and whether it makes way, is only for whoever finds it taken.
 * Throws HomeInUse, or a storage error.
 */
export function lockHome(
  home: string,
  { makesWay = false }: Partial<Pick<HomeOwner, 'makesWay'>> = {},
): { release(): void } {
  let database: Database | undefined
  try {
    makePrivateFolder(home)
    const file = join(home, 'core.lock')
    database = openBareDatabase(file, busyTimeoutMs)
    if (process.platform !== 'win32') chmodSync(file, 0o600)
    const held = database
    writeOwner(held, { pid: process.pid, makesWay })
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
    throw new HomeInUse(owner, error)
  }
}

function writeOwner(database: Database, { pid, makesWay }: HomeOwner): void {
  try {
    database
      .transaction(() => {
        // Made anew: one of an earlier version has fewer columns.
        database.exec('DROP TABLE IF EXISTS owner')
        database.exec('CREATE TABLE owner (id INTEGER PRIMARY KEY, pid INTEGER NOT NULL, makes_way INTEGER DEFAULT 0)')
        database.prepare('INSERT INTO owner (id, pid, makes_way) VALUES (1, ?, ?)').run(pid, makesWay ? 1 : 0)
      })
      .immediate()
  } catch (error) {
    // A full disk must not keep a person from reading the vault; the lock itself writes nothing.
    const known = toStorageError(error, what)
    if (!(known instanceof AppError) || known.code !== 'disk_full') throw error
  }
}

function readOwner(database: Database): HomeOwner | null {
  try {
    const row = database.prepare('SELECT * FROM owner WHERE id = 1').get() as
      | { readonly pid: unknown; readonly makes_way?: unknown }
      | undefined
    return typeof row?.pid === 'number' ? { pid: row.pid, makesWay: row.makes_way === 1 } : null
  } catch {
    return null
  }
}
