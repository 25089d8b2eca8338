import * as kdbxweb from 'kdbxweb'
import { deriveForeignKey } from '../../src/main/vault/kdf.ts'
import { seed } from './import-files.ts'

/** A database of KeePass with one entry that has everything, one bare and one in the recycle bin. */
export async function kdbx(options: {
  readonly version: 3 | 4
  readonly kdf?: 'aes' | 'argon2d' | 'argon2id'
  readonly password?: string | null
  readonly keyFile?: Uint8Array | null
  readonly memoryKiB?: number
  readonly entries?: number
  readonly expires?: Date
}): Promise<Uint8Array> {
  const { version, kdf = 'aes', password = 'pässword', keyFile = null, memoryKiB = 1024, entries = 0 } = options
  kdbxweb.CryptoEngine.setArgon2Impl(
    async (key, salt, memory, passes, _length, lanes, type, argonVersion) =>
      Uint8Array.from(
        await deriveForeignKey(Buffer.from(key), {
          type: type === 0 ? 'argon2d' : 'argon2id',
          version: argonVersion,
          memoryKiB: memory,
          passes,
          lanes,
          salt: Buffer.from(salt),
        }),
      ).buffer,
  )
  const protect = (text: string): kdbxweb.ProtectedValue => kdbxweb.ProtectedValue.fromString(text)
  const database = kdbxweb.Kdbx.create(
    new kdbxweb.Credentials(
      password === null ? null : protect(password),
      keyFile === null ? null : Uint8Array.from(keyFile).buffer,
    ),
    'Datenbank',
  )
  database.setVersion(version)
  if (version === 4) {
    const { Argon2d, Argon2id, Aes } = kdbxweb.Consts.KdfId
    database.setKdf(kdf === 'aes' ? Aes : kdf === 'argon2d' ? Argon2d : Argon2id)
    if (kdf !== 'aes') {
      const { ValueType } = kdbxweb.VarDictionary
      database.header.kdfParameters?.set('M', ValueType.UInt64, kdbxweb.Int64.from(memoryKiB * 1024))
    }
  }
  const root = database.getDefaultGroup()
  const inner = database.createGroup(database.createGroup(root, 'Wéb'), 'Büro')
  const full = database.createEntry(inner)
  full.fields.set('Title', 'Kraken 🦑')
  full.fields.set('UserName', 'ada')
  full.fields.set('Password', protect('pÄss & <wörd>'))
  full.fields.set('URL', 'https://kraken.example.org:8443/in')
  full.fields.set('KP2A_URL_1', 'https://other.example.org')
  full.fields.set('Notes', 'ünder\nlines')
  full.fields.set('otp', protect(`otpauth://totp/Kraken:ada?secret=${seed}&issuer=Kraken`))
  full.fields.set('Kunde', '0815')
  full.fields.set('PIN', protect('4711'))
  full.tags = ['bank', 'größer']
  full.times.expires = true
  full.times.expiryTime = options.expires ?? new Date('2030-01-02T03:04:05Z')
  full.binaries.set('plan.bin', await database.createBinary(Uint8Array.from([0, 1, 2, 255]).buffer))
  full.pushHistory()
  const bare = database.createEntry(root)
  bare.fields.set('Title', 'bare')
  bare.fields.set('TimeOtp-Secret-Base32', protect(seed))
  bare.fields.set('TimeOtp-Period', '60')
  for (let number = 0; number < entries; number += 1) {
    const entry = database.createEntry(root)
    entry.fields.set('Title', `Entry ${number}`)
    entry.fields.set('UserName', `user${number}`)
    entry.fields.set('Password', protect(`secret ${number}`))
    entry.fields.set('URL', `https://host${number}.example.org`)
  }
  const gone = database.createEntry(root)
  gone.fields.set('Title', 'gone')
  database.remove(gone)
  return new Uint8Array(await database.save())
}

/** A database with what `fill` puts into it; its password is `pässword`. */
export async function kdbxWith(fill: (database: kdbxweb.Kdbx) => void): Promise<Uint8Array> {
  const database = kdbxweb.Kdbx.create(new kdbxweb.Credentials(kdbxweb.ProtectedValue.fromString('pässword')), 'x')
  database.setVersion(3)
  fill(database)
  return new Uint8Array(await database.save())
}

/** Makes an entry of texts; those whose name ends in `*` are protected. */
export function kdbxEntry(database: kdbxweb.Kdbx, fields: Readonly<Record<string, string>>): kdbxweb.KdbxEntry {
  const entry = database.createEntry(database.getDefaultGroup())
  for (const [name, text] of Object.entries(fields))
    if (name.endsWith('*')) entry.fields.set(name.slice(0, -1), kdbxweb.ProtectedValue.fromString(text))
    else entry.fields.set(name, text)
  return entry
}

/** A database of one entry, called TITLE, with its XML changed before it is encrypted. */
export async function kdbxOf(change: (xml: string) => string): Promise<Uint8Array> {
  const database = kdbxweb.Kdbx.create(new kdbxweb.Credentials(kdbxweb.ProtectedValue.fromString('pässword')), 'x')
  database.setVersion(3)
  database.header.compression = kdbxweb.Consts.CompressionAlgorithm.None
  database.createEntry(database.getDefaultGroup()).fields.set('Title', 'TITLE')
  const format = new kdbxweb.KdbxFormat(database)
  const writer = format as unknown as { encryptData: (data: ArrayBuffer, key: ArrayBuffer) => Promise<ArrayBuffer> }
  const encrypt = writer.encryptData.bind(format)
  // The blocks inside hold hashes of the XML: they are taken apart, changed and made anew.
  writer.encryptData = async (data, key) => {
    const start = data.slice(0, 32)
    const xml = Buffer.from(await kdbxweb.HashedBlockTransform.decrypt(data.slice(32))).toString('utf8')
    const blocks = await kdbxweb.HashedBlockTransform.encrypt(new Uint8Array(Buffer.from(change(xml))).buffer)
    return encrypt(new Uint8Array(Buffer.concat([Buffer.from(start), Buffer.from(blocks)])).buffer, key)
  }
  return new Uint8Array(await format.save())
}
