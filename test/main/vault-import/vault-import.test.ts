import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImportChoices, type ImportPreview } from '../../../src/shared/models/import.ts'
import * as files from '../../support/import-files.ts'
import { kdbx } from '../../support/kdbx-files.ts'
import { createImportHome, type ImportHome } from '../../support/import-home.ts'

const asker = { kind: 'person', id: 'cli' } as const
let test: ImportHome
beforeAll(async () => {
  test = await createImportHome()
})
afterAll(() => test.cleanup())

const choices = (more: Partial<ImportChoices> = {}): ImportChoices => ImportChoices.parse(more)
const outcomes = ({ rows }: ImportPreview) => rows.map(({ name, outcome }) => [name, outcome])
const names = (): ReadonlyArray<string> => test.vault.items.list().map(({ name }) => name)

describe('an import', () => {
  it('says what would come, changes nothing, then takes over exactly that', async () => {
    test.choose(await kdbx({ version: 4 }))
    const wanted = choices({ filePassword: 'pässword' })
    const preview = await test.vaultImport.preview(wanted)
    expect(names()).toEqual([])
    expect(outcomes(preview)).toContainEqual(['Kraken 🦑', 'add'])
    expect(preview.counts).toEqual({ add: 2, replace: 0, skip: 0, leftOut: 1, files: 1 })

    expect(await test.vaultImport.take(wanted, asker)).toEqual(preview)
    expect(names()).toEqual(['Kraken 🦑', 'bare'])
    const { items } = test.vault
    const item = items.byName('Kraken 🦑')
    expect(item).toMatchObject({
      kind: 'login',
      hosts: ['kraken.example.org:8443', 'other.example.org'],
      userName: 'ada',
      tags: ['bank', 'größer', 'Wéb / Büro'],
      hasTotp: true,
      files: 1,
      expiresAtMs: Date.parse('2030-01-02T03:04:05Z'),
    })
    const id = item?.id ?? ''
    expect(items.reveal(id, 'secret')).toBe('pÄss & <wörd>')
    expect(items.reveal(id, 'totp')).toContain(files.seed)
    const { fields, fileList } = items.view(id)
    expect(fields.map(({ name, hidden, value }) => [name, hidden, value])).toEqual([
      ['Kunde', false, '0815'],
      ['PIN', true, null],
      ['address', false, 'https://kraken.example.org:8443/in'],
    ])
    const [file] = fileList
    expect(file).toMatchObject({ name: 'plan.bin', bytes: 4 })
    const content: Buffer[] = []
    for await (const part of items.files.read(file?.id ?? '')) content.push(Buffer.from(part))
    expect(Buffer.concat(content)).toEqual(Buffer.from([0, 1, 2, 255]))
    await test.audit.flush()
    const { entries } = test.audit.list({ limit: 10, kinds: ['vault.import', 'item.add'] })
    expect(entries.map(({ kind, phase }) => `${kind} ${phase}`)).toEqual([
      'vault.import close',
      'item.add event',
      'vault.import open',
    ])
    expect(entries[1]?.itemIds).toHaveLength(2)
  })

  it('leaves a twin out, keeps both, or puts the old one into the trash, as the person chose', async () => {
    const csv = 'name,url,username,password\nTwin,https://twin.example,ada,one'
    test.choose(csv)
    await test.vaultImport.take(choices(), asker)
    const { items } = test.vault

    test.choose(csv.replace('one', 'two'))
    expect(outcomes(await test.vaultImport.preview(choices()))).toEqual([['Twin', 'skip']])
    await expect(test.vaultImport.take(choices(), asker)).rejects.toMatchObject({ code: 'invalid' })
    expect(outcomes(await test.vaultImport.preview(choices({ onDuplicate: 'keep-both' })))).toEqual([
      ['Twin (2)', 'add'],
    ])

    const replacing = choices({ onDuplicate: 'replace' })
    expect(outcomes(await test.vaultImport.preview(replacing))).toEqual([['Twin', 'replace']])
    await test.vaultImport.take(replacing, asker)
    expect(items.reveal(items.byName('Twin')?.id ?? '', 'secret')).toBe('two')
    expect(items.trash.list()).toMatchObject([{ name: 'Twin' }])
  })

  it('calls what has the name but not the user name something else, and says so', async () => {
    test.choose(
      'name,url,username,password\nTwin,https://twin.example,grace,three\nTwin,https://twin.example,grace,four\nTwin,https://twin.example,grace,four',
    )
    const preview = await test.vaultImport.preview(choices())
    expect(outcomes(preview)).toEqual([
      ['Twin (2)', 'add'],
      ['Twin (3)', 'add'],
      ['Twin', 'skip'],
    ])
    expect(preview.rows[0]?.remarks).toEqual(['The name is taken; it is called “Twin (2)” now.'])
    expect(preview.rows[2]?.remarks).toEqual(['It stands in the file twice; the other is at 3.'])
  })

  it('mends what the vault does not allow, and keeps what it has no place for', async () => {
    const items = [
      {
        type: 1,
        name: 'a{{secret:x}}\u200b\u0007b',
        login: {
          username: 'u',
          password: 'p',
          totp: 'steam://ABC',
          uris: [{ uri: 'https://[::1]/x' }, { uri: 'androidapp://x' }],
        },
      },
      { type: 1, name: '', login: { password: 'p', uris: [{ uri: 'https://Only.Example.org' }] } },
      { type: 5, name: 'not a key', sshKey: { privateKey: 'nonsense' } },
      { type: 1, name: 'long', login: { password: 'x'.repeat(70_000) } },
      { type: 1, name: 'codes', login: { totp: files.seed } },
      {
        type: 1,
        name: 'deep',
        fields: [{ name: '\u202e', value: 'v', type: 0 }],
        login: { password: 'p', username: 'u'.repeat(600) },
      },
    ]
    test.choose(files.json({ items }))
    const { rows } = await test.vaultImport.preview(choices())
    expect(rows.map(({ name, kind, hosts, outcome, remarks }) => [name, kind, hosts, outcome, remarks])).toEqual([
      [
        'a((secret:x)) b',
        'login',
        [],
        'add',
        [
          'Its one-time codes are of a sort that is not known; the seed is kept as a hidden field.',
          'Its name had braces or invisible characters, or was too long; it is changed.',
        ],
      ],
      [
        'only.example.org',
        'login',
        ['only.example.org'],
        'add',
        ['It has no name; it is called “only.example.org” now.'],
      ],
      ['not a key', 'note', [], 'add', ['Its SSH key cannot be read; it is kept as a hidden field of a note.']],
      ['long', null, [], 'left-out', ['A secret has at most 65,536 characters.']],
      ['codes', 'totp', [], 'add', []],
      ['deep', 'login', [], 'add', ['The user name is longer than 500 characters and is kept as a field.']],
    ])
    await test.vaultImport.take(choices(), asker)
    const note = test.vault.items.byName('not a key')
    const [field] = test.vault.items.view(note?.id ?? '').fields
    expect(field).toMatchObject({ name: 'secret', hidden: true })
    expect(test.vault.items.reveal(note?.id ?? '', `field:${field?.id ?? ''}`)).toBe('nonsense')
  })

  it('cuts off nothing without a word, and keeps what it cuts as a field', async () => {
    const [folder, tag, heading, name] = ['Folder '.repeat(9), 'tag'.repeat(21), 'h'.repeat(101), 'n'.repeat(201)]
    test.choose(`name,secret,folder,tags,${heading}\nfiled,p,${folder},${tag},v\n${name},p,,,`)
    const { rows, keepFile } = await test.vaultImport.take(choices(), asker)
    expect(rows.map(({ remarks }) => remarks)).toEqual([
      [
        'A tag or folder is longer than 60 characters; it is cut, and kept whole as a field.',
        'The name of a field is longer than 100 characters and is cut.',
      ],
      ['Its name had braces or invisible characters, or was too long; it is changed.'],
    ])
    expect(keepFile).toBe('Not all of the file is in the vault: 2 entries of which a part does not come along.')
    const item = test.vault.items.view(test.vault.items.byName('filed')?.id ?? '')
    expect(item.tags).toEqual([tag.slice(0, 60), folder.slice(0, 60).trim()])
    expect(item.fields.map(({ name: field, value }) => [field, value])).toEqual([
      [heading.slice(0, 100), 'v'],
      ['tag', tag],
      ['tag', folder],
    ])
  })

  it('takes over a name that differs from another only by an invisible character before an accent', async () => {
    const hidden = 'caf\u0065\u00ad\u0301'
    test.choose(`name,secret,tags\ncaf\u00e9,p,\n${hidden},q,${hidden}`)
    await test.vaultImport.take(choices(), asker)
    expect(test.vault.items.byName('caf\u00e9 (2)')).toMatchObject({ tags: ['caf\u00e9'] })
  })

  it('of a file that was changed since it was looked into is refused', async () => {
    const path = test.choose('name,url,username,password\nlate,,,x')
    await test.vaultImport.preview(choices())
    writeFileSync(path, 'name,url,username,password\nother,,,longer')
    await expect(test.vaultImport.take(choices(), asker)).rejects.toMatchObject({ code: 'conflict' })
    expect(names()).not.toContain('other')
  })

  it('adds nothing at all, and keeps no file, when one item cannot be added', async () => {
    const zip = zipSync({
      'data.json': files.json({ items: ['a1', 'a2', 'a3'].map((id) => ({ id, type: 2, name: id, notes: 'x' })) }),
      'attachments/a1/x.bin': randomBytes(8 * 1024 * 1024),
    })
    const folder = join(test.home, 'vault-files')
    const stored = (): number => (existsSync(folder) ? readdirSync(folder).length : 0)
    const filesBefore = stored()
    test.choose(zip)
    let over = false
    const taking = test.vaultImport
      .take(choices(), asker)
      .catch((error: unknown) => error)
      .finally(() => (over = true))
    while (!over && test.vaultImport.progress().step !== 'files') await new Promise((resolve) => setTimeout(resolve, 1))
    // Somebody else takes a name that the plan had found free.
    test.vault.items.add({ kind: 'note', name: 'a3' })
    expect(await taking).toMatchObject({ code: 'conflict' })
    expect(names()).not.toContain('a1')
    expect(names()).not.toContain('a2')
    expect(stored()).toBe(filesBefore)
  })

  it('that is cancelled while it reads leaves nothing, and another can begin', async () => {
    const before = names()
    const locked = await files.lockedBitwarden(files.bitwarden, 'x', { kdfType: 0, kdfIterations: 1 })
    test.choose(Buffer.from(locked).toString().replace('"kdfIterations":1', '"kdfIterations":9000000'))
    const taking = test.vaultImport.take(choices({ filePassword: 'x' }), asker)
    expect(() => test.vaultImport.choose({ path: 'x', keyFilePath: null })).toThrow(
      expect.objectContaining({ code: 'in_use' }) as Error,
    )
    setTimeout(() => test.vaultImport.close(), 200)
    await expect(taking).rejects.toMatchObject({ code: 'cancelled' })
    await test.audit.flush()
    const { entries } = test.audit.list({ limit: 1, kinds: ['vault.import'] })
    expect(entries[0]).toMatchObject({ phase: 'close', outcome: 'cancelled' })
    expect(test.vaultImport.progress()).toEqual({ step: 'idle', done: 0, total: 0 })
    expect(names()).toEqual(before)
    test.choose('A=b')
    expect(outcomes(await test.vaultImport.preview(choices()))).toEqual([['A', 'add']])
  })

  it('looks anew when the person changes their mind while it looks', async () => {
    test.choose('Dienst;Kennwort\nMind;geheim')
    const looks = (['name', 'notes', 'secret'] as const).map((role) =>
      test.vaultImport
        .preview(
          choices({
            map: [
              { column: 'Kennwort', role },
              { column: 'Dienst', role: 'name' },
            ],
          }),
        )
        .catch((error: unknown) => error),
    )
    const [first, second, last] = await Promise.all(looks)
    for (const early of [first, second]) expect(early).toMatchObject({ code: 'cancelled' })
    expect(last).toMatchObject({ rows: [{ name: 'Mind', outcome: 'add' }] })
  })

  it('is over at a lock, and reads nothing for a locked vault', async () => {
    test.choose('A=b')
    await test.vaultImport.preview(choices())
    test.vault.lock()
    await expect(test.vaultImport.preview(choices())).rejects.toMatchObject({ code: 'not_found' })
    test.choose('A=b')
    await expect(test.vaultImport.preview(choices())).rejects.toMatchObject({ code: 'locked' })
    await test.vault.unlock(test.password)
  })
})
