import { closeSync, existsSync, fsyncSync, openSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '../../shared/app-error.ts'
import { openDatabase, toStorageError, type Database } from '../db/open.ts'
import { copyFiles } from './copy-files.ts'
import { examine, type Examination } from './examine.ts'
import { stopIfAborted, type Course } from './paced.ts'
import { vaultApplicationId, vaultMigrations } from './schema.ts'
import type { OpenedSlot } from './slot-seal.ts'

/** Pages copied without a pause: 1 MiB. */
const pagesAtOnce = 256
const what = 'copy of the vault'

/** `vault.db`, opened so that no other program reads it meanwhile. */
export function openVaultFile(file: string): Database {
  return openDatabase(file, {
    migrations: vaultMigrations,
    applicationId: vaultApplicationId,
    what: 'vault',
    exclusive: true,
  })
}

/**
 * Copies an open vault as it is at one moment, whatever is written meanwhile, and opens every row of the copy. On any error the copy is
 * removed again. Throws AppError cancelled or a storage error.
 */
export async function snapshot(
  database: Database,
  file: string,
  slot: OpenedSlot,
  course: Course,
): Promise<Examination> {
  try {
    // Made here, so that it is never there with the rights of a file that others may read.
    closeSync(openSync(file, 'wx', 0o600))
    await database.backup(file, {
      progress: () => {
        stopIfAborted(course.signal)
        return pagesAtOnce
      },
    })
    return await examineFile(file, slot, course, database.name)
  } catch (error) {
    removeVaultFile(file)
    throw toStorageError(error, what)
  }
}

/** Gets the attached files, opens every row, and leaves one file without a write-ahead log, safe on the disk. */
async function examineFile(file: string, slot: OpenedSlot, course: Course, from: string): Promise<Examination> {
  const database = openVaultFile(file)
  try {
    const made = await copyFiles(database, { from, to: file }, course.signal)
    try {
      return await examine(database, slot, course, from)
    } catch (error) {
      for (const path of made) removeVaultFile(path)
      throw error
    }
  } finally {
    closeAsOneFile(database, file)
  }
}

/** Closes a vault file for good: no write-ahead log stays beside it. */
export function closeAsOneFile(database: Database, file: string): void {
  database.pragma('journal_mode = DELETE')
  database.close()
  syncFile(file)
  syncFolder(dirname(file))
}

/** Throws AppError conflict when something has the name already. */
export function refuseExisting(file: string): void {
  if (!existsSync(file)) return
  throw new AppError('conflict', `There is a file ${file} already.`, {
    hint: 'Choose another name; nothing was written.',
  })
}

/** Removes a vault file and what SQLite may have left beside it; never throws. */
export function removeVaultFile(file: string): void {
  for (const path of [file, `${file}-wal`, `${file}-shm`, `${file}-journal`]) {
    try {
      rmSync(path, { force: true })
    } catch {
      // A disk that is read-only by now keeps it; it is encrypted, and is removed at the next start.
    }
  }
}

export function syncFile(file: string): void {
  const descriptor = openSync(file, 'r+')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Makes renames in a folder durable; Windows has no such call and does it by itself. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
