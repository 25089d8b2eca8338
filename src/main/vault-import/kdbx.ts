import type * as KdbxWeb from 'kdbxweb'
import type { Kdbx, KdbxEntry, KdbxGroup } from 'kdbxweb'
import { AppError } from '../../shared/app-error.ts'
import { asMoment } from '../../shared/calendar-day.ts'
import { Moment } from '../../shared/models/item.ts'
import { deriveForeignKey } from '../vault/kdf.ts'
import { caps } from './caps.ts'
import {
  type FoundEntry,
  type FoundField,
  type FoundFile,
  foundEntry,
  type LeftOut,
  type Parsed,
} from './found-entry.ts'
import { aesRoundsOf, isCutShort } from './kdbx-header.ts'
import { otpOf, otpFields } from './kdbx-otp.ts'
import { msOf } from './loose.ts'
import { tooCostly, unreadable, wrongFilePassword } from './refusals.ts'

type Web = typeof KdbxWeb

/**
 * Reads a KeePass database, KDBX 3.1 or 4 (https://keepass.info/help/kb/kdbx.html), with its password, its key file, or both.
 * Throws AppError unauthorized, refused for a costly derivation, invalid.
 */
export async function readKdbx(
  bytes: Uint8Array,
  unlock: { readonly password: string | null; readonly keyFile: Uint8Array | null },
): Promise<Parsed> {
  if (bytes.length >= 8 && bytes[4] === 0x65)
    throw new AppError('refused', 'This is a database of KeePass 1.', {
      hint: 'Open it with KeePass 2 or KeePassXC, save it as .kdbx, and import that.',
    })
  if (unlock.password === null && unlock.keyFile === null) throw wrongFilePassword('needed', true)
  if ((aesRoundsOf(bytes) ?? 0) > caps.aesRounds) throw tooCostly()
  const web = await import('kdbxweb')
  const database = await open(web, bytes, unlock)
  const entries: FoundEntry[] = []
  const leftOut: LeftOut[] = []
  const bin = database.meta.recycleBinEnabled === true ? database.meta.recycleBinUuid?.id : undefined
  let at = 0
  const walk = (group: KdbxGroup, path: ReadonlyArray<string>, inBin: boolean): void => {
    if (path.length > caps.jsonDepth) throw unreadable('This database')
    for (const entry of group.entries) {
      at += 1
      const found = toEntry(web, at, entry, path)
      if (inBin) leftOut.push({ at, name: found.name, why: 'It is in the recycle bin.' })
      else entries.push(found)
    }
    for (const inner of group.groups) walk(inner, [...path, inner.name ?? ''], inBin || inner.uuid.id === bin)
  }
  for (const group of database.groups) walk(group, [], false)
  return { format: 'keepass-kdbx', entries, leftOut }
}

async function open(
  web: Web,
  bytes: Uint8Array,
  { password, keyFile }: { readonly password: string | null; readonly keyFile: Uint8Array | null },
): Promise<Kdbx> {
  const refusals: AppError[] = []
  web.CryptoEngine.setArgon2Impl(async (key, salt, memoryKiB, passes, _length, lanes, type, version) => {
    try {
      const derived = await deriveForeignKey(Buffer.from(key), {
        type: type === web.CryptoEngine.Argon2TypeArgon2d ? 'argon2d' : 'argon2id',
        version,
        memoryKiB,
        passes,
        lanes,
        salt: Buffer.from(salt),
      })
      return toArrayBuffer(derived)
    } catch (error) {
      if (error instanceof AppError) refusals.push(error)
      throw error
    }
  })
  try {
    const credentials = new web.Credentials(
      password === null ? null : web.ProtectedValue.fromString(password),
      keyFile === null ? null : toArrayBuffer(keyFile),
    )
    return await web.Kdbx.load(toArrayBuffer(bytes), credentials)
  } catch (error) {
    if (refusals[0] !== undefined) throw refusals[0]
    const code = error instanceof web.KdbxError ? error.code : ''
    // KDBX 3 has no sum of its own in front: what is cut short decrypts as badly as with a wrong password.
    if (code === web.Consts.ErrorCodes.InvalidKey && isCutShort(bytes))
      throw new AppError('damaged', 'This database is cut short.', { hint: 'Copy it again from where it came.' })
    if (code === web.Consts.ErrorCodes.InvalidKey) throw wrongFilePassword('wrong', true)
    if (code === web.Consts.ErrorCodes.InvalidVersion)
      throw new AppError('too_new', 'This database has a version that is not known.', { hint: 'Save it as KDBX 4.' })
    throw unreadable('This database')
  }
}

/** What a program shows elsewhere. */
const standard = new Set(['Title', 'UserName', 'Password', 'URL', 'Notes'])

function toEntry(web: Web, at: number, entry: KdbxEntry, path: ReadonlyArray<string>): FoundEntry {
  const { ProtectedValue } = web
  const texts = new Map(
    [...entry.fields].map(([name, value]) => [name, value instanceof ProtectedValue ? value.getText() : value]),
  )
  const text = (name: string): string => texts.get(name) ?? ''
  const fields = [...entry.fields].flatMap(([name, value]): ReadonlyArray<FoundField> =>
    standard.has(name) || otpFields.has(name) || name.startsWith('KP2A_URL') || text(name) === ''
      ? []
      : [{ name, value: text(name), concealed: value instanceof ProtectedValue }],
  )
  const moreAddresses = [...texts].flatMap(([name, value]) => (name.startsWith('KP2A_URL') ? [value] : []))
  const { times } = entry
  const expiryMs = times.expires === true && times.expiryTime ? times.expiryTime.getTime() : null
  const expires = Moment.safeParse(expiryMs)
  return foundEntry({
    at,
    name: text('Title'),
    kind: 'login',
    addresses: [text('URL'), ...moreAddresses].filter((address) => address !== ''),
    userName: text('UserName'),
    secret: text('Password'),
    notes: text('Notes'),
    totp: otpOf(texts),
    fields,
    tags: entry.tags,
    folder: path.join(' / '),
    createdAtMs: msOf(times.creationTime?.getTime() ?? Number.NaN),
    updatedAtMs: msOf(times.lastModTime?.getTime() ?? Number.NaN),
    expiresAtMs: expires.success ? asMoment(expires.data) : null,
    attachments: [...entry.binaries].map(([name, binary]): FoundFile => {
      const value = web.KdbxBinaries.isKdbxBinaryWithHash(binary) ? binary.value : binary
      return { name, bytes: value instanceof ProtectedValue ? value.getBinary() : new Uint8Array(value) }
    }),
    warnings: [
      ...(entry.history.length > 0 ? ['Its earlier versions do not come along.'] : []),
      ...(expiryMs !== null && !expires.success ? ['The date it expires on cannot be read.'] : []),
    ],
  })
}

/** A copy: the bytes of a Buffer may lie in a pool that others use. */
function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.byteLength)
  new Uint8Array(copy).set(bytes)
  return copy
}
