import { createCipheriv, createDecipheriv } from 'node:crypto'
import { withoutTraces } from '../without-traces.ts'
import { flatJson } from './flat-json.ts'
import { bucketBytes } from './padding.ts'

/** The largest file that can be attached. */
export const maxFileBytes = 100 * 1024 * 1024
/** Large enough that a call of the cipher costs nothing beside its work, small enough that nobody waits for one. */
export const chunkBytes = 256 * 1024
export const tagBytes = 16

const algorithm = 'aes-256-gcm'
const nonceBytes = 12

/**
 * What the chunks of a sealed file are bound to. The key is random and seals this one file, once.
 *
 * The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
 * Misuse-Resistance", CRYPTO 2015): the nonce of a chunk is its place (11 bytes, big-endian) and 1 for the last chunk, 0 for others. A
 * chunk that is moved, repeated or left out has another place; what is cut off or added leaves another last chunk; a chunk of
 * another file has another key. Nonces cannot repeat, because nothing is ever sealed again under the key of a file.
 */
export type FileSeal = { readonly key: Buffer; readonly vaultId: string; readonly fileId: string }

/** Seals one chunk: ciphertext ‖ tag 16 (AES-256-GCM). Every chunk but the last has `chunkBytes`. */
export function sealChunk(file: FileSeal, place: number, isLast: boolean, plain: Buffer): ReadonlyArray<Buffer> {
  const cipher = withoutTraces(() =>
    createCipheriv(algorithm, file.key, nonceOf(place, isLast), { authTagLength: tagBytes }),
  )
  cipher.setAAD(additionalData(file))
  const sealed = cipher.update(plain)
  cipher.final()
  return [sealed, cipher.getAuthTag()]
}

/** Opens one chunk. Throws when it is not the chunk of this file, at this place, as it was sealed. */
export function openChunk(file: FileSeal, place: number, isLast: boolean, sealed: Buffer): Buffer {
  if (sealed.length <= tagBytes) throw new Error('Not a chunk')
  const decipher = withoutTraces(() =>
    createDecipheriv(algorithm, file.key, nonceOf(place, isLast), { authTagLength: tagBytes }),
  )
  decipher.setAAD(additionalData(file))
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
  const plain = decipher.update(sealed.subarray(0, sealed.length - tagBytes))
  decipher.final()
  return plain
}

/** The size of a plaintext with the zeros that hide it; never 0, so that there is a last chunk. */
export function paddedFileBytes(bytes: number): number {
  return bucketBytes(Math.max(1, bytes))
}

/** The size of the sealed file. */
export function sealedFileBytes(bytes: number): number {
  const padded = paddedFileBytes(bytes)
  return padded + Math.ceil(padded / chunkBytes) * tagBytes
}

function nonceOf(place: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(nonceBytes)
  nonce.writeUInt32BE(place, nonceBytes - 5)
  nonce[nonceBytes - 1] = isLast ? 1 : 0
  return nonce
}

function additionalData({ vaultId, fileId }: FileSeal): Buffer {
  return Buffer.from(flatJson(['clawkeep.file/1', vaultId, fileId]), 'utf8')
}
