import { constants, readdirSync, rmSync } from 'node:fs'
import { copyFile, mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { openReadOnly, type Database } from '../db/open.ts'
import { fileAt, folderOf, sizeOf, syncFolder } from './file-folder.ts'
import { stopIfAborted } from './paced.ts'

/** The ids of the attached files a vault file knows. */
function fileIdsIn(database: Database): ReadonlyArray<string> {
  return database.prepare('SELECT id FROM files ORDER BY id').pluck().all() as ReadonlyArray<string>
}

/** The same for a vault file that is closed; null when it cannot be read. */
export function fileIdsOf(file: string): ReadonlyArray<string> | null {
  try {
    const database = openReadOnly(file)
    try {
      return fileIdsIn(database)
    } finally {
      database.close()
    }
  } catch {
    return null
  }
}

/**
 * Brings the sealed files that `database` knows from the folder beside `from` into the folder beside `to`. They never change, so one
 * that is there with the right size is left as it is; one that is missing at its source shows when the copy is checked. Returns the
 * paths that were made. Throws what the file system says, AppError cancelled.
 */
export async function copyFiles(
  database: Database,
  { from, to }: { from: string; to: string },
  signal: AbortSignal,
): Promise<ReadonlyArray<string>> {
  const source = folderOf(from)
  const target = folderOf(to)
  const made: string[] = []
  if (source === target) return made
  try {
    for (const id of fileIdsIn(database)) {
      stopIfAborted(signal)
      const size = sizeOf(source, id)
      if (size === null || size === sizeOf(target, id)) continue
      await mkdir(target, { recursive: true, mode: 0o700 })
      const path = fileAt(target, id)
      await copySafely(fileAt(source, id), path)
      made.push(path)
    }
    if (made.length > 0) await syncFolder(target)
    return made
  } catch (error) {
    for (const path of made) rmSync(path, { force: true })
    throw error
  }
}

/** Removes the sealed files in the folder beside `beside` that none of `known` names. */
export function pruneFiles(beside: string, known: ReadonlySet<string>): void {
  const folder = folderOf(beside)
  let names: ReadonlyArray<string>
  try {
    names = readdirSync(folder)
  } catch {
    return
  }
  for (const name of names) if (!known.has(name)) rmSync(join(folder, name), { force: true })
}

/** Under its name only when all of it is on the disk. */
async function copySafely(from: string, to: string): Promise<void> {
  const part = `${to}.part`
  try {
    // Where the file system can, the copy shares its blocks until one of the two changes.
    await copyFile(from, part, constants.COPYFILE_FICLONE)
    const handle = await open(part, 'r+')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(part, to)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}
