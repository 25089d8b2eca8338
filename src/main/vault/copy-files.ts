import { constants, existsSync, readdirSync, rmSync } from 'node:fs'
import { chmod, copyFile, mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { openReadOnly, type Database } from '../db/open.ts'
import { fileAt, folderOf, sizeOf, syncFolder } from './file-folder.ts'
import { stopIfAborted } from './paced.ts'
import { vaultApplicationId } from './schema.ts'

/** The ids of the attached files a vault file knows. */
function fileIdsIn(database: Database): ReadonlyArray<string> {
  return database.prepare('SELECT id FROM files ORDER BY id').pluck().all() as ReadonlyArray<string>
}

/** The ids that any of these closed vault files names; null when one of them cannot be read and may name any. What is no vault names none. */
export function fileIdsOf(files: ReadonlyArray<string>): ReadonlySet<string> | null {
  const known = new Set<string>()
  for (const file of files) {
    try {
      for (const id of lookInto(file)) known.add(id)
    } catch (error) {
      const isNoDatabase = (error as { code?: unknown }).code === 'SQLITE_NOTADB'
      if (!isNoDatabase || file.endsWith('.ckbackup')) return null
    }
  }
  return known
}

function lookInto(file: string): ReadonlyArray<string> {
  const hadLog = existsSync(`${file}-wal`)
  const database = openReadOnly(file)
  try {
    if (database.pragma('application_id', { simple: true }) !== vaultApplicationId) return []
    return fileIdsIn(database)
  } finally {
    database.close()
    // Whoever may only read leaves the files of the log that SQLite made for that.
    if (!hadLog) for (const ending of ['-wal', '-shm']) rmSync(`${file}${ending}`, { force: true })
  }
}

/**
 * Brings the sealed files that `database` knows from the folder beside `from` into the folder beside `to`. They never change, so one
 * that is there is left as it is, and `examineFiles` replaces it if it is damaged; one that is missing at its source shows there too.
 * Returns the paths that were made. Throws what the file system says, AppError cancelled.
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
      if (sizeOf(source, id) === null || sizeOf(target, id) !== null) continue
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

/** Under its name only when all of it is on the disk and `isGood` says so of the copy; returns what that said. Throws what the file system says. */
export async function copySafely(
  from: string,
  to: string,
  isGood: (part: string) => Promise<boolean> = async () => true,
): Promise<boolean> {
  const part = `${to}.part`
  try {
    // Where the file system can, the copy shares its blocks until one of the two changes.
    await copyFile(from, part, constants.COPYFILE_FICLONE)
    // A write-protected file gives that to its copy.
    await chmod(part, 0o600)
    const handle = await open(part, 'r+')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
    const good = await isGood(part)
    if (good) await rename(part, to)
    else rmSync(part, { force: true })
    return good
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}
