import { constants, rmSync, statSync } from 'node:fs'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { toStorageError } from '../db/open.ts'

/** An id that `newId` makes: what the database names is not followed anywhere else. */
const fileId = /^fil_[a-z2-7]{20}$/

/** The folder of sealed files, beside the database. */
export function folderOf(databaseFile: string): string {
  return join(dirname(databaseFile), 'vault-files')
}

/** The sealed file of an id. Throws for what is no id: a changed database cannot lead elsewhere. */
export function fileAt(folder: string, id: string): string {
  if (!fileId.test(id)) throw new TypeError('Not the id of a file')
  return join(folder, id)
}

/** The size of a sealed file; null when it is not there. */
export function sizeOf(folder: string, id: string): number | null {
  try {
    return statSync(fileAt(folder, id)).size
  } catch {
    return null
  }
}

/** Makes a sealed file that did not exist, fills it, and returns when it is on the disk. Throws AppError disk_full, read_only and the like. */
export async function writeSealed(
  folder: string,
  id: string,
  fill: (file: FileHandle) => Promise<void>,
): Promise<void> {
  try {
    // Not the folders above it: where the home was moved away, nothing is made in its old place.
    await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    const file = await open(fileAt(folder, id), 'wx', 0o600)
    try {
      await fill(file)
      await file.sync()
    } finally {
      await file.close()
    }
    await syncFolder(folder)
  } catch (error) {
    throw toStorageError(error, 'attached file')
  }
}

/** True when nothing of the file is left. */
export function deleteSealed(folder: string, id: string): boolean {
  try {
    rmSync(fileAt(folder, id), { force: true })
    return true
  } catch {
    return false
  }
}

/** Without it a power loss may forget the name of a file whose bytes are on the disk. Windows cannot open a folder and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
