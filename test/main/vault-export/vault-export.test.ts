import { lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/main/clock.ts'
import { checkImportable } from '../../../src/main/vault-export/import-limits.ts'
import { VaultExport } from '../../../src/main/vault-export/vault-export.ts'
import type { Parsed } from '../../../src/main/vault-import/found-entry.ts'
import { parseFile } from '../../../src/main/vault-import/parse-file.ts'
import { type Existing, planImport } from '../../../src/main/vault-import/plan.ts'
import { atOnce } from '../../../src/main/vault/paced.ts'
import { ExportChoices } from '../../../src/shared/models/export.ts'
import type { ItemInput } from '../../../src/shared/models/item.ts'
import { type AuditedVault, createAuditedVault } from '../../support/audited-vault.ts'
import { seed } from '../../support/import-files.ts'

const asker = { kind: 'person', id: 'cli' } as const
const filePassword = 'pässword of the file'
/** Stands in a secret, and so in no encrypted export. */
const canary = '=CANARY"7f1e,'

const items: ReadonlyArray<ItemInput> = [
  {
    kind: 'login',
    name: 'Fôrum, "quoted"',
    hosts: ['forum.example.org', '*.example.com'],
    userName: '+ada',
    secret: canary,
    notes: '-first\nsecond',
    totp: `otpauth://totp/Forum:ada?issuer=Forum&secret=${seed}&algorithm=SHA1&digits=6&period=30`,
    fields: [
      { name: 'Kunde', hidden: false, value: '0815' },
      { name: 'PIN', hidden: true, value: "'=1" },
    ],
    tags: ['bank, loans', 'größer', 'a;b\\', '\\;c'],
    favourite: true,
  },
  {
    kind: 'api-key',
    name: 'token',
    secret: "'=already quoted",
    expiresAtMs: Date.parse('2030-01-01T00:00:00Z'),
    rotateByMs: Date.parse('2400-06-01T12:00:00.5Z'),
  },
  { kind: 'note', name: '🦑'.repeat(101), notes: '@ünder' },
]

let test: AuditedVault
let vaultExport: VaultExport

beforeAll(async () => {
  test = await createAuditedVault()
  const { vault, audit } = test
  vaultExport = new VaultExport({ vault, audit, clock: systemClock })
  const [first] = vault.items.addMany(items.map((input) => ({ input })))
  await vault.items.files.add(first?.id ?? '', 'plän.bin', [Buffer.from([0, 1, 255])])
})

afterAll(() => test.cleanup())

let count = 0
async function write(choices: Partial<ExportChoices> & Pick<ExportChoices, 'format'>): Promise<Buffer> {
  count += 1
  const path = join(test.home, `export-${count}`)
  await vaultExport.write(path, ExportChoices.parse(choices), { force: false, asker })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  return readFileSync(path)
}

const read = (bytes: Uint8Array, password: string | null = null): Promise<Parsed> =>
  parseFile({ bytes, format: null, password, keyFile: null, map: null })

const noItems: Existing = {
  list: () => [],
  whole: () => {
    throw new Error('There is no item.')
  },
}

/** What an import of it would add to an empty vault: the items as they were. */
function comesBack(parsed: Parsed): void {
  const plan = atOnce(planImport(parsed, noItems, 'skip'))
  expect(parsed.leftOut).toEqual([])
  const wanted = items.map((input) => expect.objectContaining(input) as unknown)
  expect(plan.items.map(({ input }) => input)).toEqual(expect.arrayContaining(wanted))
  expect(plan.items).toHaveLength(items.length)
}

const theFile = [{ name: 'plän.bin', bytes: Uint8Array.from([0, 1, 255]) }]

describe('an export', () => {
  it('as an archive holds everything, shows nothing, and opens with its own password alone', async () => {
    const bytes = await write({ format: 'archive', filePassword })
    expect(bytes.includes('CANARY')).toBe(false)
    const parsed = await read(bytes, filePassword)
    comesBack(parsed)
    const [file] = parsed.entries.flatMap(({ attachments }) => attachments)
    expect({ name: file?.name, bytes: Uint8Array.from(file?.bytes ?? []) }).toEqual(theFile[0])
    await expect(read(bytes)).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(read(bytes, test.password)).rejects.toMatchObject({ code: 'unauthorized' })
  })

  it('as an archive is refused when any part of it is flipped, cut or put elsewhere', async () => {
    const bytes = await write({ format: 'archive', filePassword })
    const end = bytes.indexOf('}}', 0, 'latin1') + 3
    const changes: Record<string, Buffer> = {
      'a bit of the last chunk': flip(bytes, bytes.length - 1),
      'a bit of the first chunk': flip(bytes, end + 5),
      'the id': Buffer.from(
        bytes.toString('latin1').replace(/arc_./, (id) => `arc_${id.endsWith('a') ? 'b' : 'a'}`),
        'latin1',
      ),
      'the work, made cheaper': Buffer.from(bytes.toString('latin1').replace('"passes":3', '"passes":1'), 'latin1'),
      'a byte missing': bytes.subarray(0, -1),
      'bytes added': Buffer.concat([bytes, Buffer.alloc(40)]),
      'the head alone': bytes.subarray(0, end),
      'half of the head': bytes.subarray(0, 40),
    }
    for (const [what, changed] of Object.entries(changes)) {
      const error: unknown = await read(changed, filePassword).catch((thrown: unknown) => thrown)
      expect([what, (error as { code?: string }).code]).toEqual([
        what,
        expect.stringMatching(/^(damaged|unauthorized|invalid)$/),
      ])
    }
    const bomb = Buffer.from(bytes.toString('latin1').replace('"memoryKiB":65536', '"memoryKiB":9999999'), 'latin1')
    await expect(read(bomb, filePassword)).rejects.toMatchObject({ code: 'refused' })
  })

  it('for age opens with its passphrase', async () => {
    const bytes = await write({ format: 'age', filePassword })
    expect(bytes.toString('latin1', 0, 21)).toBe('age-encryption.org/v1')
    comesBack(await read(bytes, filePassword))
    const cheap = new Encrypter()
    cheap.setPassphrase(filePassword)
    cheap.setScryptWorkFactor(4)
    const small = await cheap.encrypt('A=b')
    expect((await read(small, filePassword)).entries).toMatchObject([{ name: 'A', secret: 'b' }])
    await expect(read(small, 'wrong password')).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(read(small)).rejects.toMatchObject({ code: 'unauthorized' })
  }, 60_000)

  it('for a recipient of age opens with the identity alone', async () => {
    const identity = await generateX25519Identity()
    const bytes = await write({ format: 'age', recipients: [await identityToRecipient(identity)] })
    comesBack(await read(bytes, identity))
    await expect(read(bytes, await generateX25519Identity())).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(write({ format: 'age', recipients: ['age1nonsense'] })).rejects.toMatchObject({ code: 'invalid' })
  })

  it('as JSON or CSV comes back as it was, without its files, and says so', async () => {
    for (const format of ['json', 'csv'] as const) {
      const bytes = await write({ format })
      const parsed = await read(bytes)
      expect(parsed.format).toBe(`clawkeep-${format}`)
      comesBack(parsed)
    }
    const path = join(test.home, 'counted')
    const result = await vaultExport.write(path, ExportChoices.parse({ format: 'json' }), { force: false, asker })
    expect(result).toMatchObject({ fileName: 'counted', items: 3, files: 0, filesLeftOut: 1 })
  })

  it('as CSV gives a spreadsheet nothing to run', async () => {
    const text = (await write({ format: 'csv' })).toString('utf8')
    const cells = text.split(/,|\r\n/).map((cell) => cell.replace(/^"/, ''))
    expect(cells.filter((cell) => /^[=+\-@\t]/.test(cell))).toEqual([])
    expect(text).toContain("'=CANARY")
    expect(text).toContain("''=already quoted")
  })

  it.runIf(process.platform !== 'win32')(
    'never takes the place of a link or a device, whatever it is told',
    async () => {
      const [target, link] = [join(test.home, 'target'), join(test.home, 'link')]
      writeFileSync(target, 'mine')
      symlinkSync(target, link)
      const choices = ExportChoices.parse({ format: 'json' })
      await expect(vaultExport.write(link, choices, { force: true, asker })).rejects.toMatchObject({ code: 'conflict' })
      expect(lstatSync(link).isSymbolicLink()).toBe(true)
      expect(readFileSync(target, 'utf8')).toBe('mine')
    },
  )

  it('never takes the place of a file unless told to, and leaves nothing behind', async () => {
    const path = join(test.home, 'there')
    writeFileSync(path, 'mine')
    const choices = ExportChoices.parse({ format: 'json' })
    await expect(vaultExport.write(path, choices, { force: false, asker })).rejects.toMatchObject({ code: 'conflict' })
    expect(readFileSync(path, 'utf8')).toBe('mine')
    await vaultExport.write(path, choices, { force: true, asker })
    expect(readFileSync(path, 'utf8')).toContain('CANARY')
    const missing = join(test.home, 'no', 'such', 'folder')
    await expect(vaultExport.write(missing, choices, { force: false, asker })).rejects.toBeInstanceOf(Error)
    expect(readdirSync(test.home).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('as CSV with an item that an import would not read again is refused, and nothing is written', async () => {
    const { items: all } = test.vault
    const fields = (many: number) =>
      Array.from({ length: many }, (_none, at) => ({ name: `f${at}`, hidden: true, value: '\u0001'.repeat(65_536) }))
    // Six characters each in the JSON of the column.
    const { id } = all.add({ kind: 'note', name: 'wide', fields: fields(2) })
    const found = (await read(await write({ format: 'csv' }))).entries.find(({ name }) => name === 'wide')
    expect(found?.fields).toHaveLength(2)
    all.edit(id, { fields: fields(3) })
    await expect(write({ format: 'csv' })).rejects.toMatchObject({
      code: 'too_large',
      message: '“wide” is larger than a line of a CSV may be.',
    })
    expect(readdirSync(test.home)).not.toContain(`export-${count}`)
    expect((await read(await write({ format: 'json' }))).entries).toHaveLength(items.length + 1)
    all.remove(id)
  })

  it.each([
    ['items', { items: 100_000 }, { items: 100_001 }],
    ['files', { files: 19_999 }, { files: 20_000 }],
    ['bytes of text', { textBytes: 64 * 1024 * 1024 }, { textBytes: 64 * 1024 * 1024 + 1 }],
    ['bytes', { fileBytes: 256 * 1024 * 1024 }, { fileBytes: 256 * 1024 * 1024 + 1 }],
  ])('of as many %s as an import takes is written, of one more not', (_name, most, tooMany) => {
    expect(() => checkImportable(most)).not.toThrow()
    expect(() => checkImportable(tooMany)).toThrow(expect.objectContaining({ code: 'too_large' }) as Error)
  })

  it('is in the audit log with its form and size, and nothing of a locked vault is written', async () => {
    await test.audit.flush()
    const [last] = test.audit.list({ limit: 1, kinds: ['vault.export'] }).entries
    expect(last).toMatchObject({ kind: 'vault.export', phase: 'close', target: 'json' })
    test.vault.lock()
    const choices = ExportChoices.parse({ format: 'json' })
    await expect(vaultExport.write(join(test.home, 'locked'), choices, { force: false, asker })).rejects.toMatchObject({
      code: 'locked',
    })
    await test.vault.unlock(test.password)
  })

  it.each([
    ['an archive without a password', { format: 'archive' }],
    ['JSON with a password', { format: 'json', filePassword }],
    ['age with both', { format: 'age', filePassword, recipients: ['age1x'] }],
    ['age with neither', { format: 'age' }],
    ['a short password', { format: 'archive', filePassword: 'short' }],
  ])('is not asked for as %s', (_name, choices) => {
    expect(ExportChoices.safeParse(choices).success).toBe(false)
  })
})

function flip(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes)
  changed[at] = (changed[at] ?? 0) ^ 1
  return changed
}
