import { randomFillSync } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, unlink } from 'node:fs/promises'
import { AppError } from '../../shared/app-error.ts'

/** A file as it was when it was read; `mark` tells it from a changed or another one of the same name. */
export type ReadFile = { readonly bytes: Buffer; readonly mark: string }

/** Reads a whole file; never waits for a pipe. Throws AppError not_found, no_permission, invalid (no plain file), too_large, unavailable. */
export async function readChosen(path: string, maxBytes: number): Promise<ReadFile> {
  const file = await openFile(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const mark = await markOf(file)
    const { size } = await file.stat()
    if (size > maxBytes)
      throw new AppError('too_large', `The file is larger than ${Math.round(maxBytes / 1024 / 1024)} MiB.`, {
        hint: 'Export it without its files, or in parts.',
      })
    return { bytes: await file.readFile(), mark }
  } finally {
    await file.close()
  }
}

const shredChunkBytes = 1024 * 1024

/**
 * Overwrites a file once with random bytes and deletes it; never one that was changed since. What the disk itself keeps of it
 * (an SSD, a snapshot, a backup) is out of reach. A file with a second name is only deleted: its bytes belong to that name too.
 * Throws AppError conflict, no_permission.
 */
export async function shred(path: string, mark: string): Promise<void> {
  if ((await lstat(path).catch(noWay)).isSymbolicLink()) throw changed()
  const file = await openFile(path, constants.O_RDWR)
  try {
    if ((await markOf(file)) !== mark) throw changed()
    const { size, nlink } = await file.stat()
    if (nlink === 1) await overwrite(file, size)
    await unlink(path)
  } catch (error) {
    throw error instanceof AppError ? error : noWayError(error)
  } finally {
    await file.close()
  }
}

async function overwrite(file: FileHandle, size: number): Promise<void> {
  const noise = Buffer.alloc(Math.min(shredChunkBytes, size))
  for (let at = 0; at < size; at += noise.length) {
    randomFillSync(noise)
    await file.write(noise, 0, Math.min(noise.length, size - at), at)
  }
  await file.sync()
}

async function openFile(path: string, flags: number): Promise<FileHandle> {
  try {
    return await open(path, flags)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new AppError('not_found', 'There is no such file.', { hint: 'Check the path.' })
    if (code === 'EACCES' || code === 'EPERM') throw noWayError(error)
    throw new AppError('unavailable', 'The file could not be opened.', { hint: 'Check the path.', cause: error })
  }
}

async function markOf(file: FileHandle): Promise<string> {
  const found = await file.stat()
  if (!found.isFile()) throw new AppError('invalid', 'This is not a file.', { hint: 'Choose a file.' })
  return [found.dev, found.ino, found.size, found.mtimeMs].join(' ')
}

function changed(): AppError {
  return new AppError('conflict', 'The file was changed meanwhile.', { hint: 'Look at it, and delete it yourself.' })
}

function noWay(error: unknown): never {
  throw noWayError(error)
}

function noWayError(cause: unknown): AppError {
  return new AppError('no_permission', 'You may not do that with this file.', {
    hint: 'Check who owns it, and delete it yourself when it is not needed any more.',
    cause,
  })
}
