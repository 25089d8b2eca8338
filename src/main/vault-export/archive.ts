import { createHash } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import { newId } from '../ids.ts'
import { chunkBytes, type FileSeal, openChunk, paddedFileBytes, sealChunk, tagBytes } from '../vault/file-chunks.ts'
import { deriveForeignKey, deriveSlotKey, KdfParams, newKdfParams } from '../vault/kdf.ts'
import { wrongFilePassword } from '../vault-import/refusals.ts'

const magic = Buffer.from('CLAWKEEP ARCHIVE 1\n', 'latin1')
const longestHead = 1_000
const lengthBytes = 8

const Head = z.strictObject({ id: z.string().min(1).max(100), kdf: KdfParams })

/** Whether these bytes begin like an archive of this program. */
export function isArchive(bytes: Uint8Array): boolean {
  return magic.equals(bytes.subarray(0, magic.length))
}

/**
 * Seals an export under a password of its own: a line that names the form, a line of JSON (id, Argon2id parameters), then chunks like
 * those of an attached file. The key is used for this one archive; the head is bound into every chunk; zeros hide the exact size.
 */
export async function sealArchive(password: string, payload: Uint8Array): Promise<Buffer> {
  const kdf = newKdfParams()
  const head = Buffer.from(`${JSON.stringify({ id: newId('arc'), kdf } satisfies z.infer<typeof Head>)}\n`, 'utf8')
  const key = await deriveSlotKey(password, kdf)
  const plain = Buffer.alloc(paddedFileBytes(lengthBytes + payload.length))
  try {
    plain.writeBigUInt64BE(BigInt(payload.length), 0)
    plain.set(payload, lengthBytes)
    const seal = sealOf(key, head)
    const chunks = Math.ceil(plain.length / chunkBytes)
    const parts: Buffer[] = [magic, head]
    for (let place = 0; place < chunks; place += 1) {
      const chunk = plain.subarray(place * chunkBytes, (place + 1) * chunkBytes)
      parts.push(...sealChunk(seal, place, place === chunks - 1, chunk))
    }
    return Buffer.concat(parts)
  } finally {
    key.fill(0)
    plain.fill(0)
  }
}

/** Opens an archive. Throws AppError unauthorized (no or a wrong password), refused for a costly derivation, damaged. */
export async function openArchive(password: string | null, bytes: Uint8Array): Promise<Buffer> {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = archive.subarray(0, magic.length + longestHead).indexOf('\n', magic.length, 'latin1') + 1
  const head = archive.subarray(magic.length, end)
  const parsed = Head.safeParse(parseJson(head.toString('utf8')))
  if (end === 0 || !parsed.success) throw damaged()
  if (password === null) throw wrongFilePassword('needed')
  const { memoryKiB, passes, lanes, salt, version } = parsed.data.kdf
  const secret = Buffer.from(password.normalize('NFC'), 'utf8')
  const key = await deriveForeignKey(secret, {
    type: 'argon2id',
    version,
    memoryKiB,
    passes,
    lanes,
    salt: Buffer.from(salt, 'base64url'),
  })
  try {
    return payloadOf(openChunks(sealOf(key, head), archive.subarray(end)))
  } finally {
    secret.fill(0)
    key.fill(0)
  }
}

function openChunks(seal: FileSeal, sealed: Buffer): Buffer {
  const size = chunkBytes + tagBytes
  const chunks = Math.ceil(sealed.length / size)
  const plain: Buffer[] = []
  for (let place = 0; place < chunks; place += 1) {
    try {
      plain.push(openChunk(seal, place, place === chunks - 1, sealed.subarray(place * size, (place + 1) * size)))
    } catch {
      // The first chunk alone cannot tell a wrong password from a change; a later one opened with the same key.
      throw place === 0 ? wrongFilePassword('wrong') : damaged()
    }
  }
  return Buffer.concat(plain)
}

function payloadOf(plain: Buffer): Buffer {
  const length = plain.length < lengthBytes ? -1n : plain.readBigUInt64BE(0)
  if (length < 0n || length > BigInt(plain.length - lengthBytes)) throw damaged()
  return plain.subarray(lengthBytes, lengthBytes + Number(length))
}

/** The head is part of what every chunk is bound to, so its parameters cannot be changed unseen. */
function sealOf(key: Buffer, head: Buffer): FileSeal {
  return { key, vaultId: 'clawkeep.archive/1', fileId: createHash('sha256').update(head).digest('hex') }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function damaged(): AppError {
  return new AppError('damaged', 'The archive was changed or cut short.', { hint: 'Use another copy of it.' })
}
