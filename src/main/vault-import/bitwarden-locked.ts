import { createDecipheriv, createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import { deriveForeignKey } from '../vault/kdf.ts'
import { caps } from './caps.ts'
import { tooCostly, wrongFilePassword } from './refusals.ts'

const LockedExport = z.object({
  encrypted: z.literal(true),
  passwordProtected: z.literal(true),
  salt: z.string().min(1).max(1000),
  kdfType: z.int(),
  kdfIterations: z.int().positive(),
  kdfMemory: z.int().positive().nullish(),
  kdfParallelism: z.int().positive().nullish(),
  encKeyValidation_DO_NOT_EDIT: z.string(),
  data: z.string(),
})
type LockedExport = z.infer<typeof LockedExport>

const kdfTypes = { pbkdf2: 0, argon2id: 1 } as const
const keyBytes = 32

/** Whether a JSON is an encrypted export of Bitwarden, of whichever sort. */
export function isLockedBitwarden(json: unknown): boolean {
  return (
    typeof json === 'object' &&
    json !== null &&
    Object.hasOwn(json, 'encrypted') &&
    (json as { encrypted: unknown }).encrypted === true
  )
}

/**
 * Opens the password-protected JSON export of Bitwarden and gives the text inside
 * (https://bitwarden.com/help/encrypted-export/; PBKDF2-SHA-256 or Argon2id, stretched with HKDF-Expand of RFC 5869, AES-256-CBC
 * with HMAC-SHA-256). Throws AppError unauthorized (the password), refused for a costly derivation, invalid, damaged.
 */
export async function openLockedBitwarden(json: unknown, password: string | null): Promise<Uint8Array> {
  const locked = LockedExport.safeParse(json)
  if (!locked.success)
    throw new AppError('refused', 'This export of Bitwarden opens only in the account that made it.', {
      hint: 'Export again and choose “Password protected”, or JSON without encryption.',
    })
  if (password === null) throw wrongFilePassword('needed')
  const master = await masterKey(locked.data, password)
  const keys = { cipher: expand(master, 'enc'), mac: expand(master, 'mac') }
  master.fill(0)
  try {
    if (openText(locked.data.encKeyValidation_DO_NOT_EDIT, keys) === null) throw wrongFilePassword('wrong')
    const data = openText(locked.data.data, keys)
    if (data === null)
      throw new AppError('damaged', 'The export was changed or cut short.', { hint: 'Export it again.' })
    return data
  } finally {
    keys.cipher.fill(0)
    keys.mac.fill(0)
  }
}

async function masterKey(locked: LockedExport, password: string): Promise<Buffer> {
  const { kdfType, kdfIterations, kdfMemory, kdfParallelism, salt } = locked
  const secret = Buffer.from(password.normalize('NFKC'), 'utf8')
  try {
    if (kdfType === kdfTypes.pbkdf2) {
      if (kdfIterations > caps.pbkdf2Rounds) throw tooCostly()
      // The salt is the base64 text itself.
      return await promisify(pbkdf2)(secret, salt, kdfIterations, keyBytes, 'sha256')
    }
    if (kdfType === kdfTypes.argon2id) {
      return await deriveForeignKey(secret, {
        type: 'argon2id',
        version: 0x13,
        memoryKiB: (kdfMemory ?? 0) * 1024,
        passes: kdfIterations,
        lanes: kdfParallelism ?? 0,
        salt: createHash('sha256').update(salt, 'utf8').digest(),
      })
    }
  } finally {
    secret.fill(0)
  }
  throw new AppError('invalid', 'This export uses a derivation of keys that is not known.', {
    hint: 'Export it again with PBKDF2 or Argon2id.',
  })
}

/** HKDF-Expand (RFC 5869, 2.3) with SHA-256 for one block. */
function expand(key: Buffer, info: string): Buffer {
  return createHmac('sha256', key).update(info, 'utf8').update(Buffer.of(1)).digest()
}

/** `2.iv|ciphertext|mac` in base64; null when it does not open. */
function openText(text: string, keys: { readonly cipher: Buffer; readonly mac: Buffer }): Uint8Array | null {
  const [type, body = ''] = splitOnce(text, '.')
  const [iv, sealed, mac] = body.split('|').map((part) => Buffer.from(part, 'base64'))
  if (type !== '2' || iv?.length !== 16 || sealed === undefined || mac?.length !== 32) return null
  if (!timingSafeEqual(createHmac('sha256', keys.mac).update(iv).update(sealed).digest(), mac)) return null
  const decipher = createDecipheriv('aes-256-cbc', keys.cipher, iv)
  return Buffer.concat([decipher.update(sealed), decipher.final()])
}

function splitOnce(text: string, mark: string): [string, string?] {
  const at = text.indexOf(mark)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
