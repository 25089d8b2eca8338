import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../shared/app-error.ts'
import type { AttachedFile } from '../shared/models/item.ts'
import { toStorageError } from './db/open.ts'
import { maxFileBytes } from './vault/file-chunks.ts'
import { tooLarge } from './vault/file-stream.ts'
import type { Files } from './vault/files.ts'
import { giveName } from './vault-export/new-file.ts'
import { stopIfAborted, type Course } from './vault/paced.ts'

const pieceBytes = 256 * 1024

/**
 * Attaches a file of this computer to an item, under its own name; the progress counts bytes. Throws AppError not_found, no_permission,
 * too_large, cancelled and the like; then nothing is attached.
 */
export async function attachFrom(
  files: Pick<Files, 'add'>,
  itemId: string,
  path: string,
  course: Course,
): Promise<AttachedFile> {
  // A named pipe would keep whoever opens it waiting.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) => {
    throw unreadable(error)
  })
  try {
    const found = await handle.stat()
    if (!found.isFile())
      throw new AppError('invalid', 'This is not a file.', { hint: 'Choose a file; a folder is packed first.' })
    // Known before a hundred megabytes are sealed for nothing. One that grows meanwhile is found while it is sealed.
    if (found.size > maxFileBytes) throw tooLarge()
    return await files.add(itemId, basename(path), piecesOf(handle, found.size, course))
  } finally {
    await handle.close()
  }
}

/**
 * Writes an attached file out, whole or not at all, so that only its user can read it (0600). Returns its size. Throws AppError conflict
 * when something has the name and may not be overwritten, damaged, disk_full, cancelled and the like.
 */
export async function saveTo(
  files: Pick<Files, 'get' | 'read'>,
  id: string,
  path: string,
  { overwrite, signal, onProgress }: Course & { readonly overwrite: boolean },
): Promise<number> {
  // Known before it is opened for nothing. What takes the name meanwhile is found when it is given.
  if (!overwrite && (await isThere(path))) throw taken()
  const unfinished = join(dirname(path), `.clawkeep-${randomBytes(6).toString('hex')}.part`)
  const total = files.get(id).bytes
  let bytes = 0
  try {
    const handle = await open(unfinished, 'wx', 0o600)
    try {
      for await (const piece of files.read(id)) {
        stopIfAborted(signal)
        await handle.writeFile(piece)
        bytes += piece.length
        onProgress?.(bytes, total)
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
    stopIfAborted(signal)
    if (overwrite) await rename(unfinished, path)
    else if (!(await giveName(unfinished, path))) throw taken()
    return bytes
  } catch (error) {
    throw notWritten(error)
  } finally {
    // A disk that was pulled out refuses this too, and that is not the news.
    await rm(unfinished, { force: true }).catch(() => undefined)
  }
}

/** Read into one buffer again and again; a piece counts until the next is asked for. */
async function* piecesOf(handle: FileHandle, total: number, { signal, onProgress }: Course): AsyncGenerator<Buffer> {
  const piece = Buffer.alloc(pieceBytes)
  let bytes = 0
  try {
    for (;;) {
      const { bytesRead } = await handle.read(piece, 0, piece.length)
      stopIfAborted(signal)
      if (bytesRead === 0) return
      yield piece.subarray(0, bytesRead)
      bytes += bytesRead
      onProgress?.(bytes, Math.max(bytes, total))
    }
  } finally {
    piece.fill(0)
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

function taken(): AppError {
  return new AppError('conflict', 'There is something of this name already.', { hint: 'Choose another name.' })
}

/** Why a file could not be written where the person wants it: that is no place of Clawkeep. */
function notWritten(error: unknown): unknown {
  if (error instanceof AppError) return error
  const known = toStorageError(error, 'saved file')
  if (!(known instanceof AppError) || !['read_only', 'no_permission', 'not_found'].includes(known.code)) return known
  return new AppError(known.code, 'The file cannot be written there.', {
    hint: 'Choose a folder that is there and that you may write to.',
    cause: error,
  })
}

function unreadable(error: unknown): AppError {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new AppError('not_found', 'There is no such file.', { hint: 'Check the path.' })
  return new AppError('no_permission', 'The file may not be read.', { hint: 'Check who owns it.', cause: error })
}
