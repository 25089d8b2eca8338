import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, lstat, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../shared/app-error.ts'
import { toStorageError } from '../db/open.ts'
import { stopIfAborted } from '../vault/paced.ts'

/**
 * Writes a file that only this user may read (0600), under its name only when it is whole and on the disk. Without `force` it never
 * takes the place of another, and with it only of a plain file. Throws AppError conflict, cancelled, disk_full, no_permission and the like; then nothing is left behind.
 */
export async function writeNewFile(
  path: string,
  bytes: Uint8Array,
  { force, signal }: { readonly force: boolean; readonly signal: AbortSignal },
): Promise<void> {
  if (!force && existsSync(path)) throw taken()
  if (force) await refuseOtherThanFile(path)
  const part = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`)
  try {
    const file = await open(part, 'wx', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    stopIfAborted(signal)
    if (force) await rename(part, path)
    else if (!(await giveName(part, path))) throw taken()
  } catch (error) {
    throw error instanceof AppError ? error : toStorageError(error, 'export')
  } finally {
    await rm(part, { force: true })
  }
}

/** A device, a pipe or a link would be replaced by a file, and what it stood for would be gone. */
async function refuseOtherThanFile(path: string): Promise<void> {
  const there = await lstat(path).catch(() => null)
  if (there === null || there.isFile()) return
  throw new AppError('conflict', 'What has this name is not a file, and is not replaced.', {
    hint: 'Choose another name.',
  })
}

/**
 * Gives a finished file its name, unless something has it: then false. The other name may stay, the caller removes it. A second name is only given where
 * there is none, in one step; a file system without them (FAT) gets a look before.
 */
export async function giveName(part: string, path: string): Promise<boolean> {
  try {
    await link(part, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(path)) return false
    await rename(part, path)
  }
  return true
}

function taken(): AppError {
  return new AppError('conflict', 'There is a file of this name already.', {
    hint: 'Choose another name, or say that it may be replaced.',
  })
}
