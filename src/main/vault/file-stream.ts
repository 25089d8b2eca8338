import type { FileHandle } from 'node:fs/promises'
import { AppError } from '../../shared/app-error.ts'
import {
  chunkBytes,
  maxFileBytes,
  openChunk,
  paddedFileBytes,
  sealChunk,
  sealedFileBytes,
  tagBytes,
  type FileSeal,
} from './file-chunks.ts'

/** What a file is read from: chunks of any size. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/**
 * Seals what a source gives into a file, one chunk at a time, and returns how many bytes it gave. `proceed` is called before every chunk
 * and throws to end it. Throws AppError too_large.
 */
export async function sealInto(
  file: FileHandle,
  source: ByteSource,
  seal: FileSeal,
  proceed: () => void,
): Promise<number> {
  const chunk = Buffer.alloc(chunkBytes)
  let filled = 0
  let bytes = 0
  let place = 0
  let writing: Promise<unknown> = Promise.resolve()
  const flush = async (isLast: boolean): Promise<void> => {
    proceed()
    const sealed = sealChunk(seal, place, isLast, chunk.subarray(0, filled))
    place += 1
    filled = 0
    // While this one is written, the next one is read and sealed.
    await writing
    writing = file.writev([...sealed])
    writing.catch(() => undefined)
  }
  try {
    for await (const given of source) {
      bytes += given.length
      if (bytes > maxFileBytes) throw tooLarge()
      for (let at = 0; at < given.length;) {
        // Full, and more to come: so it is not the last.
        if (filled === chunkBytes) await flush(false)
        const part = given.subarray(at, at + chunkBytes - filled)
        chunk.set(part, filled)
        filled += part.length
        at += part.length
      }
    }
    for (let left = paddedFileBytes(bytes) - bytes; left > 0;) {
      if (filled === chunkBytes) await flush(false)
      const zeros = Math.min(left, chunkBytes - filled)
      chunk.fill(0, filled, filled + zeros)
      filled += zeros
      left -= zeros
    }
    await flush(true)
    await writing
    return bytes
  } finally {
    chunk.fill(0)
  }
}

/**
 * Opens a sealed file one chunk at a time; gives only what is proved to be as it was sealed. A file of another size is refused before
 * anything is given. Throws AppError damaged.
 */
export async function* openFrom(
  file: FileHandle,
  bytes: number,
  seal: FileSeal,
  proceed: () => void,
): AsyncGenerator<Buffer> {
  if ((await file.stat()).size !== sealedFileBytes(bytes)) throw damagedFile()
  const chunks = Math.ceil(paddedFileBytes(bytes) / chunkBytes)
  const sealed = Buffer.alloc(chunkBytes + tagBytes)
  let left = bytes
  for (let place = 0; place < chunks; place += 1) {
    const bytesRead = await readAt(file, sealed, place * sealed.length)
    proceed()
    let plain: Buffer
    try {
      plain = openChunk(seal, place, place === chunks - 1, sealed.subarray(0, bytesRead))
    } catch (error) {
      throw damagedFile(error)
    }
    if (left > 0) yield plain.subarray(0, left)
    left -= Math.min(left, plain.length)
    plain.fill(0)
  }
}

/** Fills the buffer, unless the file ends before: one read may give less than there is. */
async function readAt(file: FileHandle, into: Buffer, position: number): Promise<number> {
  let filled = 0
  for (;;) {
    const { bytesRead } = await file.read(into, filled, into.length - filled, position + filled)
    filled += bytesRead
    if (bytesRead === 0 || filled === into.length) return filled
  }
}

/** The refusal of a file with more than `maxFileBytes`. */
export function tooLarge(): AppError {
  return new AppError('too_large', 'The file is larger than 100 MB.', {
    hint: 'Keep it elsewhere, sealed with a key that is in the vault.',
  })
}

export function damagedFile(cause?: unknown): AppError {
  return new AppError(
    'damaged',
    'This file was changed outside Clawkeep, or the disk lost a part of it. It is not used.',
    {
      hint: 'Put a backup of the vault in its place, or remove the file.',
      cause,
    },
  )
}
