import { chmodSync, closeSync, accessSync, constants, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { AppError } from '../../shared/app-error.ts'
import { migrate } from './migrate.ts'
import { toStorageError } from './storage-error.ts'

export { toStorageError } from './storage-error.ts'

/** An open SQLite file; everything on it is synchronous. */
export type Database = SqliteDatabase.Database

export type OpenOptions = {
  /** SQL of each step; the file's `user_version` is the number of steps it has. Never change one that was released. */
  readonly migrations: ReadonlyArray<string>
  /** Marks the file as ours (PRAGMA application_id), one number per kind of file. */
  readonly applicationId: number
  /** Names the file for the person: `vault`, `audit log`. */
  readonly what: string
  /** No other program may even read the file while it is open: for a file whose content is also held in memory. */
  readonly exclusive?: boolean
  /** A commit survives a crash of the program, and a loss of power only once the caller has synced it (`WalSync`). */
  readonly syncedByCaller?: boolean
}

/** How long a statement waits for a program that holds the file, before it fails with `in_use`. The core stands still meanwhile. */
const busyTimeoutMs = 500

/**
 * Opens or creates a SQLite file that survives power loss and keeps nothing it was told to forget: WAL with
 * synchronous=FULL, secure_delete, no temporary files, mode 0600.
 * Throws AppError: damaged (garbage, another application's file, a foreign trigger), too_new, in_use, read_only, disk_full, no_permission.
 */
export function openDatabase(file: string, options: OpenOptions): Database {
  let database: Database | undefined
  try {
    prepareFile(file)
    database = new SqliteDatabase(file, { timeout: busyTimeoutMs })
    // Before the first read, so that SQLite needs no shared-memory file.
    if (options.exclusive === true) database.pragma('locking_mode = EXCLUSIVE')
    const opened = database
    const scratch = new SqliteDatabase(':memory:')
    try {
      migrate(opened, scratch, options, () => {
        setPragmas(opened)
        if (options.syncedByCaller === true) opened.pragma('synchronous = NORMAL')
      })
    } finally {
      scratch.close()
    }
    return opened
  } catch (error) {
    database?.close()
    throw toStorageError(error, options.what)
  }
}

/** Opens or creates a SQLite file as it is, without our settings: for files that only carry a lock. Throws what SQLite throws. */
export function openBareDatabase(file: string, busyTimeoutMs: number): Database {
  return new SqliteDatabase(file, { timeout: busyTimeoutMs })
}

/** Opens a SQLite file to look into, and writes nothing. Throws what SQLite throws. */
export function openReadOnly(file: string): Database {
  return new SqliteDatabase(file, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs })
}

function setPragmas(database: Database): void {
  for (const pragma of [
    'journal_mode = WAL',
    'synchronous = FULL',
    // Without it macOS only hands the bytes to the drive, which may lose them.
    'fullfsync = ON',
    'checkpoint_fullfsync = ON',
    'secure_delete = ON',
    'temp_store = MEMORY',
    'foreign_keys = ON',
    // A schema that was changed outside cannot call functions with side effects.
    'trusted_schema = OFF',
    'cell_size_check = ON',
  ]) {
    database.pragma(pragma)
  }
  if (database.pragma('journal_mode', { simple: true }) !== 'wal') {
    throw new AppError('unavailable', 'The file system here cannot keep a database safely.', {
      hint: 'Choose a folder on a local disk with --home.',
    })
  }
}

/**
 * SQLite would open an unwritable file read-only and fail later, and would create a file that others can read. It is
 * only looked at by its path: closing a descriptor of a file that SQLite has open would drop SQLite's locks (POSIX).
 */
function prepareFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  try {
    closeSync(openSync(file, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR, 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  accessSync(dirname(file), constants.W_OK)
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    if (!existsSync(path)) continue
    accessSync(path, constants.R_OK | constants.W_OK)
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
  }
}
