import type * as KdbxWeb from 'kdbxweb'
import type { Kdbx, KdbxEntry, KdbxEntryField, KdbxGroup } from 'kdbxweb'
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
import { isSeedField, otpOf } from './kdbx-otp.ts'
import { type FieldOf, refersToPassword, resolveReferences } from './kdbx-references.ts'
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
  const bin = database.meta.recycleBinEnabled === true ? database.meta.recycleBinUuid?.id : undefined
  const groups = database.groups.flatMap((group) => [...withInner(group, [], bin)])
  const fieldOf = fieldsOf(
    web,
    groups.flatMap(({ group }) => group.entries),
  )
  const entries: FoundEntry[] = []
  const leftOut: LeftOut[] = []
  let at = 0
  for (const { group, path, inBin } of groups) {
    const notes = group.notes ?? ''
    if (notes !== '' && !inBin) {
      at += 1
      const name = `Notes of the group ${group.name ?? ''}`.trim()
      entries.push(foundEntry({ at, name, kind: 'note', notes, folder: path.join(' / ') }))
    }
    for (const entry of group.entries) {
      at += 1
      const found = toEntry(web, at, entry, path, fieldOf)
      if (inBin) leftOut.push({ at, name: found.name, why: 'It is in the recycle bin.' })
      else entries.push(found)
    }
  }
  return { format: 'keepass-kdbx', entries, leftOut }
}

type PlacedGroup = { readonly group: KdbxGroup; readonly path: ReadonlyArray<string>; readonly inBin: boolean }

/** A group and those in it, with the names of those around them; the outermost has no say in where an entry lies. */
function* withInner(
  group: KdbxGroup,
  path: ReadonlyArray<string>,
  bin: string | undefined,
  inBin = false,
): Generator<PlacedGroup> {
  if (path.length > caps.jsonDepth) throw unreadable('This database')
  yield { group, path, inBin }
  for (const inner of group.groups)
    yield* withInner(inner, [...path, inner.name ?? ''], bin, inBin || inner.uuid.id === bin)
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

/** Reads the fields of any entry, those in the recycle bin too. */
function fieldsOf(web: Web, entries: ReadonlyArray<KdbxEntry>): FieldOf {
  const byUuid = new Map(
    entries.map((entry) => [Buffer.from(entry.uuid.id, 'base64').toString('hex').toUpperCase(), entry]),
  )
  return (uuid, name) => {
    const entry = byUuid.get(uuid)
    return entry === undefined ? undefined : textOf(web, entry.fields.get(name))
  }
}

function textOf({ ProtectedValue }: Web, value: KdbxEntryField | undefined): string {
  return value instanceof ProtectedValue ? value.getText() : (value ?? '')
}

function toEntry(web: Web, at: number, entry: KdbxEntry, path: ReadonlyArray<string>, fieldOf: FieldOf): FoundEntry {
  const { ProtectedValue } = web
  const resolved = new Map(
    [...entry.fields].map(([name, value]) => [name, resolveReferences(textOf(web, value), fieldOf)]),
  )
  const texts = new Map([...resolved].map(([name, { text: whole }]) => [name, whole]))
  const references = [...resolved.values()]
  const text = (name: string): string => texts.get(name) ?? ''
  const { totp, used } = otpOf(texts)
  const fields = [...entry.fields].flatMap(([name, value]): ReadonlyArray<FoundField> => {
    if (standard.has(name) || used.has(name) || name.startsWith('KP2A_URL') || text(name) === '') return []
    const concealed = value instanceof ProtectedValue || isSeedField(name) || refersToPassword(textOf(web, value))
    return [{ name, value: text(name), concealed }]
  })
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
    totp,
    fields: [...fields, ...behaviourOf(entry)],
    tags: entry.tags,
    folder: path.join(' / '),
    createdAtMs: msOf(times.creationTime?.getTime() ?? Number.NaN),
    updatedAtMs: msOf(times.lastModTime?.getTime() ?? Number.NaN),
    expiresAtMs: expires.success ? asMoment(expires.data) : null,
    attachments: [...entry.binaries].map(([name, binary]): FoundFile => {
      const value = web.KdbxBinaries.isKdbxBinaryWithHash(binary) ? binary.value : binary
      return { name, bytes: value instanceof ProtectedValue ? value.getBinary() : new Uint8Array(value) }
    }),
    remarks: references.some(({ filled }) => filled) ? ['What it refers to in another entry is copied into it.'] : [],
    warnings: [
      ...(references.some(({ open }) => open)
        ? ['It refers to another entry in a way that cannot be followed; the reference stands as text.']
        : []),
      ...(entry.history.length > 0 ? ['Its earlier versions do not come along.'] : []),
      ...(expiryMs !== null && !expires.success ? ['The date it expires on cannot be read.'] : []),
    ],
  })
}

/** What else a person wrote for it: what is typed for them, which may hold a password, and the address that is opened instead. */
function behaviourOf({ autoType, overrideUrl = '' }: KdbxEntry): ReadonlyArray<FoundField> {
  const { defaultSequence = '', items } = autoType
  return [
    { name: 'override URL', value: overrideUrl, concealed: false },
    { name: 'auto-type', value: defaultSequence, concealed: true },
    ...items.map(({ window, keystrokeSequence }) => ({
      name: 'auto-type',
      value: [window, keystrokeSequence].filter((part) => part !== '').join(': '),
      concealed: true,
    })),
  ].filter(({ value }) => value !== '')
}

/** A copy: the bytes of a Buffer may lie in a pool that others use. */
function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.byteLength)
  new Uint8Array(copy).set(bytes)
  return copy
}
