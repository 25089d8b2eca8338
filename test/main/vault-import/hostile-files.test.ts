import { zipSync } from 'fflate'
import * as kdbxweb from 'kdbxweb'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/shared/app-error.ts'
import { parseApart } from '../../../src/main/vault-import/apart.ts'
import { parseFile, type ParseRequest } from '../../../src/main/vault-import/parse-file.ts'
import * as files from '../../support/import-files.ts'
import { kdbx, kdbxOf } from '../../support/kdbx-files.ts'

const { utf8, json } = files

function request(bytes: Uint8Array, more: Partial<ParseRequest> = {}): ParseRequest {
  return { bytes, format: null, password: 'pässword', keyFile: null, map: null, ...more }
}

/** What must never stand in a message: the values of the file. */
const canary = 'CANARY-9f3c'

const lockedWith = (kdf: object): Uint8Array =>
  json({
    encrypted: true,
    passwordProtected: true,
    salt: 'c2FsdA==',
    encKeyValidation_DO_NOT_EDIT: '2.a|b|c',
    data: '2.a|b|c',
    ...kdf,
  })

/** The sizes in a zip's directory and in front of its first file set to what an attacker claims. */
function claiming(zip: Uint8Array, bytes: number): Uint8Array {
  const lying = Buffer.from(zip)
  lying.writeUInt32LE(bytes, lying.indexOf('PK\x03\x04', 0, 'latin1') + 22)
  lying.writeUInt32LE(bytes, lying.indexOf('PK\x01\x02', 0, 'latin1') + 24)
  return lying
}

const zeros = new Uint8Array(4 * 1024 * 1024)

/** Attack, the file, the code of the refusal and a word of it. */
const attacks: ReadonlyArray<readonly [string, () => Uint8Array, string, RegExp]> = [
  ['nothing', () => new Uint8Array(), 'invalid', /empty/],
  ['blank lines', () => utf8(' \n\n'), 'invalid', /empty/],
  ['a PBKDF2 bomb', () => lockedWith({ kdfType: 0, kdfIterations: 2_000_000_000 }), 'refused', /more work/],
  [
    'an Argon2 bomb of memory',
    () => lockedWith({ kdfType: 1, kdfIterations: 1, kdfMemory: 64_000, kdfParallelism: 1 }),
    'refused',
    /more work/,
  ],
  [
    'an Argon2 bomb of passes',
    () => lockedWith({ kdfType: 1, kdfIterations: 4_000_000, kdfMemory: 64, kdfParallelism: 1 }),
    'refused',
    /more work/,
  ],
  ['an Argon2 with no lanes', () => lockedWith({ kdfType: 1, kdfIterations: 1, kdfMemory: 64 }), 'invalid', /settings/],
  ['an unknown derivation', () => lockedWith({ kdfType: 7, kdfIterations: 1 }), 'invalid', /not known/],
  ['a zip bomb', () => zipSync({ 'export.data': zeros }, { level: 9 }), 'too_large', /unpacks/],
  [
    'a zip that claims to be small',
    () => claiming(zipSync({ 'export.data': utf8(`{"accounts":["${canary}"]}`) }), 5),
    'invalid',
    /JSON|read/,
  ],
  [
    'a zip that claims 4 GB',
    () => claiming(zipSync({ 'export.data': utf8('{}') }), 0xffff_fff0),
    'too_large',
    /unpacks/,
  ],
  ['a zip with too many files', () => manyFiles(20_001), 'too_large', /unpacks/],
  ['a zip slip upwards', () => zipSync({ '../../etc/passwd': utf8('x') }), 'refused', /names/],
  ['a zip slip to the root', () => zipSync({ '/etc/passwd': utf8('x') }), 'refused', /names/],
  ['a zip slip to a drive', () => zipSync({ 'C:\\x': utf8('x') }), 'refused', /names/],
  ['a file called __proto__', () => zipSync({ 'files/__proto__': utf8('x') }), 'refused', /names/],
  ['a zip of something else', () => zipSync({ 'word/document.xml': utf8('x') }), 'invalid', /no program/],
  ['a zip cut short', () => zipSync({ 'export.data': json(files.onePasswordData) }).slice(0, 300), 'invalid', /zip/],
  ['JSON as deep as it is long', () => utf8('['.repeat(1_000_000)), 'invalid', /levels deep/],
  ['objects as deep', () => utf8('{"a":'.repeat(100_000)), 'invalid', /levels deep/],
  ['JSON cut short', () => utf8(`{"items":[{"name":"${canary}"`), 'invalid', /JSON/],
  ['JSON of something else', () => json({ items: canary }), 'invalid', /Bitwarden/],
  [
    'an open quote over a megabyte',
    () => utf8(`name,url,username,password\n"${canary.repeat(200_000)}`),
    'invalid',
    /quote/,
  ],
  [
    'more columns than a sheet has',
    () => utf8(Array.from({ length: 300 }, (_, at) => `c${at}`).join(',')),
    'too_large',
    /columns/,
  ],
  ['Latin-1', () => Buffer.from(`name,url,username,password\nCafé,,,${canary}é`, 'latin1'), 'invalid', /Latin-1/],
  ['UTF-16 without its mark', () => Buffer.from('name,url,username,password', 'utf16le'), 'invalid', /UTF-16/],
  ['half of UTF-16', () => Buffer.from([0xff, 0xfe, 0x41]), 'invalid', /UTF-16/],
  ['NUL inside', () => utf8(`name,url,username,password\na,b,c,${canary}\0`), 'invalid', /NUL/],
  [
    'XML with an external entity',
    () => utf8('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
    'refused',
    /XML/,
  ],
  ['KeePass 1', () => Uint8Array.from([0x03, 0xd9, 0xa2, 0x9a, 0x65, 0xfb, 0x4b, 0xb5, 0, 0]), 'refused', /KeePass 1/],
  ['a PGP message', () => utf8('-----BEGIN PGP MESSAGE-----\n'), 'refused', /PGP/],
  ['a picture', () => Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]), 'invalid', /./],
]

describe('a hostile file', () => {
  it.each(attacks)('with %s is refused with words that hold nothing of it', async (_name, make, code, words) => {
    const error: unknown = await parseFile(request(make())).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) as string })
    expect(JSON.stringify((error as AppError).toWire())).not.toContain(canary)
  })

  it('of KeePass with a bomb of a derivation is refused before anything is derived', async () => {
    const aes = Buffer.from(await kdbx({ version: 3 }))
    // Field 6, 8 bytes: the rounds.
    const at = aes.indexOf(Buffer.from([6, 8, 0]))
    aes.writeBigUInt64LE(10_000_000_000n, at + 3)
    const memory = await kdbx({ version: 4, kdf: 'argon2d' })
    const bomb = Buffer.from(memory)
    // A number of 8 bytes that is called M; an M alone may stand in the salt.
    const start = Buffer.from([5, 1, 0, 0, 0, 0x4d, 8, 0, 0, 0])
    expect(bomb.includes(start)).toBe(true)
    bomb.writeBigUInt64LE(64n * 1024n * 1024n * 1024n, bomb.indexOf(start) + start.length)
    for (const bytes of [aes, await resealHeader(bomb)]) {
      await expect(parseFile(request(bytes))).rejects.toMatchObject({ code: 'refused' })
    }
  })

  it.each([3, 4] as const)(
    'of KeePass, KDBX %i, that is cut short is not called wrong of password',
    async (version) => {
      const whole = await kdbx({ version })
      for (const bytes of [whole.length - 1, whole.length - 200 - (version === 3 ? 1 : 0), 150, 30]) {
        const error: unknown = await parseFile(request(whole.slice(0, bytes))).catch((thrown: unknown) => thrown)
        expect([bytes, (error as AppError).code]).toEqual([bytes, expect.stringMatching(/^(damaged|invalid)$/)])
      }
      const wrong: unknown = await parseFile(request(whole, { password: 'x' })).catch((thrown: unknown) => thrown)
      expect(wrong).toMatchObject({ code: 'unauthorized', hint: expect.stringContaining('cut short') as string })
    },
  )

  it('of KeePass with entities in its XML, of whatever kind, gives none of them', async () => {
    for (const inner of [
      '<!ENTITY x "boom">',
      '<!ENTITY x SYSTEM "file:///etc/passwd">',
      '<!ENTITY a "aa"><!ENTITY x "&a;&a;&a;">',
    ]) {
      const bytes = await databaseOf(`<!DOCTYPE k [${inner}]>`, '&x;')
      const outcome = await parseFile(request(bytes)).catch((error: unknown) => error)
      expect(outcome).toMatchObject({ code: 'invalid' })
    }
    const plain = await databaseOf('', 'fine')
    expect((await parseFile(request(plain))).entries).toMatchObject([{ name: 'fine' }])
  })

  it('that names things like the insides of objects changes no object', async () => {
    const bytes = utf8(
      '{"items":[{"type":1,"name":"a","__proto__":{"polluted":1},"login":{"password":"x"},"fields":[{"name":"__proto__","value":"v","type":0}]}],"__proto__":{"polluted":1}}',
    )
    const { entries } = await parseFile(request(bytes))
    expect(entries[0]?.fields).toEqual([{ name: '__proto__', value: 'v', concealed: false }])
    const csv = await parseFile(request(utf8('name,url,username,password,__proto__,constructor\na,,,x,y,z')))
    expect(csv.entries[0]?.fields.map(({ name }) => name)).toEqual(['__proto__', 'constructor'])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

describe('the thread that reads', () => {
  it('is ended at its time, and the program goes on meanwhile', async () => {
    const slow = lockedWith({ kdfType: 0, kdfIterations: 9_000_000 })
    let ticks = 0
    const timer = setInterval(() => (ticks += 1), 20)
    await expect(parseApart(request(slow), { timeMs: 400 })).rejects.toMatchObject({ code: 'timeout' })
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(5)
  })

  it('is ended when the program grows too much', async () => {
    const large = json({ items: Array.from({ length: 15_000 }, () => files.bitwarden.items[0]) })
    await expect(parseApart(request(large), { memoryBytes: 4 * 1024 * 1024 })).rejects.toMatchObject({
      code: 'too_large',
    })
  })

  it('is ended when the person cancels', async () => {
    const cancelled = new AbortController()
    const reading = parseApart(request(lockedWith({ kdfType: 0, kdfIterations: 9_000_000 })), {
      signal: cancelled.signal,
    })
    setTimeout(() => cancelled.abort(), 50)
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('hands over what it found and what it refused', async () => {
    expect((await parseApart(request(files.onePassword()))).entries[0]?.attachments).toEqual([
      { name: 'scan.txt', bytes: utf8('hällo') },
    ])
    await expect(parseApart(request(utf8('[')))).rejects.toMatchObject({ code: 'invalid' })
  })
})

/** A zip that is only a directory of empty files: local header once, then a line of the directory for each (APPNOTE 4.3.12). */
function manyFiles(count: number): Uint8Array {
  const local = Buffer.alloc(31)
  local.write('PK\x03\x04', 'latin1')
  local.writeUInt16LE(1, 26)
  const lines = Array.from({ length: count }, (_, at) => {
    const name = `f${at}`
    const line = Buffer.alloc(46 + name.length)
    line.write('PK\x01\x02', 'latin1')
    line.writeUInt16LE(name.length, 28)
    line.write(name, 46)
    return line
  })
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, ...lines, end])
}

/** The header of KDBX 4 is followed by its SHA-256, which is looked at first. */
async function resealHeader(bytes: Buffer): Promise<Uint8Array> {
  const header = await kdbxweb.Kdbx.load(
    new Uint8Array(bytes).buffer,
    new kdbxweb.Credentials(kdbxweb.ProtectedValue.fromString('x')),
  ).then(
    () => null,
    () =>
      kdbxweb.KdbxHeader.read(
        new kdbxweb.BinaryStream(new Uint8Array(bytes).buffer),
        new kdbxweb.KdbxContext({ kdbx: new kdbxweb.Kdbx() }),
      ),
  )
  const end = header?.endPos ?? 0
  const sum = await kdbxweb.CryptoEngine.sha256(new Uint8Array(bytes.subarray(0, end)).buffer)
  return Buffer.concat([bytes.subarray(0, end), Buffer.from(sum), bytes.subarray(end + 32)])
}

/** A database whose XML has a document type and one entry with this title. */
async function databaseOf(doctype: string, title: string): Promise<Uint8Array> {
  return kdbxOf((xml) => xml.replace(/(<\?xml[^>]*\?>)?/, (head) => `${head}${doctype}`).replace('TITLE', title))
}
