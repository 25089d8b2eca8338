import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'

/** Argon2id parameters as they stand in a key slot, inside its authenticated data. */
export const KdfParams = z.strictObject({
  kdf: z.literal('argon2id'),
  version: z.literal(19),
  memoryKiB: z.int(),
  passes: z.int(),
  lanes: z.int(),
  /** base64url of 16 bytes. */
  salt: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
})
export type KdfParams = z.infer<typeof KdfParams>

/** Below it a stolen file is too cheap to guess (OWASP asks for less); also what a new slot gets, with 4 lanes. */
const floor = { memoryKiB: 64 * 1024, passes: 3, lanes: 1 }
/** Above it a changed file could make unlocking eat the machine; a calibration stops here too. */
export const ceiling = { memoryKiB: 1024 * 1024, passes: 16, lanes: 16 }
const saltBytes = 16
const keyBytes = 32

export function newKdfParams(): KdfParams {
  return {
    kdf: 'argon2id',
    version: 19,
    memoryKiB: floor.memoryKiB,
    passes: floor.passes,
    lanes: 4,
    salt: randomBytes(saltBytes).toString('base64url'),
  }
}

/** The same cost with a salt of its own: one for each slot. */
export function sameCost(params: KdfParams): KdfParams {
  return { ...params, salt: randomBytes(saltBytes).toString('base64url') }
}

/**
 * Reads the parameters of a slot. Throws AppError damaged when they cannot be read or are outside floor and ceiling,
 * before anything is derived: a weakened or bomb-like slot is refused.
 */
export function parseKdfParams(json: string): KdfParams {
  const params = KdfParams.safeParse(parseJson(json))
  if (!params.success) throw refusal('cannot be read')
  for (const name of ['memoryKiB', 'passes', 'lanes'] as const) {
    if (params.data[name] < floor[name]) throw refusal('are weaker than Clawkeep allows')
    if (params.data[name] > ceiling[name]) throw refusal('are costlier than Clawkeep allows')
  }
  return params.data
}

/**
 * Derives a slot key from a password (Argon2id, RFC 9106; UTF-8 of the NFC form): 32 bytes, which the caller
 * overwrites after use. Takes about 0.15 s and 64 MiB in a worker thread.
 */
export async function deriveSlotKey(password: string, params: KdfParams): Promise<Buffer> {
  // Loaded when first needed, and only here: start-up stays fast, and there is one place that derives.
  const argon2 = await import('argon2')
  const secret = Buffer.from(password.normalize('NFC'), 'utf8')
  try {
    return await argon2.hash(secret, {
      raw: true,
      type: argon2.argon2id,
      version: params.version,
      memoryCost: params.memoryKiB,
      timeCost: params.passes,
      parallelism: params.lanes,
      salt: Buffer.from(params.salt, 'base64url'),
      hashLength: keyBytes,
    })
  } finally {
    secret.fill(0)
  }
}

/** Argon2 parameters of a file that another program made; `version` 0x10 or 0x13. */
export type ForeignKdf = {
  readonly type: 'argon2d' | 'argon2id'
  readonly version: number
  readonly memoryKiB: number
  readonly passes: number
  readonly lanes: number
  readonly salt: Buffer
}

/** Other programs count in many passes over little memory: what matters is their product, here about 10 s of work. */
const foreignCeiling = { memoryKiB: ceiling.memoryKiB, lanes: 64, workKiB: 16 * 1024 * 1024 }

/**
 * Derives the 32-byte key of a file that another program made, as weak as that program wanted it. Throws AppError refused, before
 * anything is derived, when it is costlier than honest files are, invalid when it is no such derivation.
 */
export async function deriveForeignKey(secret: Buffer, kdf: ForeignKdf): Promise<Buffer> {
  const { type, version, memoryKiB, passes, lanes, salt } = kdf
  const whole = [version, memoryKiB, passes, lanes].every((number) => Number.isSafeInteger(number) && number > 0)
  if (
    !whole ||
    memoryKiB < 8 * lanes ||
    salt.length < 8 ||
    salt.length > 1024 ||
    (version !== 0x10 && version !== 0x13)
  )
    throw new AppError('invalid', 'The password settings of this file cannot be read.', { hint: 'Export it again.' })
  const { memoryKiB: mostKiB, lanes: mostLanes, workKiB } = foreignCeiling
  if (memoryKiB > mostKiB || lanes > mostLanes || memoryKiB * passes > workKiB)
    throw new AppError('refused', 'Opening this file would cost more work than Clawkeep allows.', {
      hint: 'Save it with a cheaper key derivation in the program that made it.',
    })
  const argon2 = await import('argon2')
  return argon2.hash(secret, {
    raw: true,
    type: argon2[type],
    version,
    memoryCost: memoryKiB,
    timeCost: passes,
    parallelism: lanes,
    salt,
    hashLength: keyBytes,
  })
}

function refusal(why: string): AppError {
  return new AppError(
    'damaged',
    `The password settings in the vault file ${why}: the file was changed outside Clawkeep.`,
    {
      hint: 'Put a backup in its place.',
    },
  )
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
