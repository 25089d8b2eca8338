import { describe, expect, it } from 'vitest'
import type { FoundEntry } from '../../../src/main/vault-import/found-entry.ts'
import { parseFile } from '../../../src/main/vault-import/parse-file.ts'
import { planImport } from '../../../src/main/vault-import/plan.ts'
import type { ImportPreview } from '../../../src/shared/models/import.ts'
import { json, onePassword, seed, utf8 } from '../../support/import-files.ts'
import { kdbxEntry, kdbxWith } from '../../support/kdbx-files.ts'

/** What a file gives, and whether it may be shredded afterwards. */
async function read(bytes: Uint8Array): Promise<{ entries: ReadonlyArray<FoundEntry>; preview: ImportPreview }> {
  const parsed = await parseFile({ bytes, format: null, password: 'pässword', keyFile: null, map: null })
  const plan = planImport(parsed, { list: () => [], whole: () => expect.fail('The vault is empty.') }, 'skip')
  for (;;) {
    const step = plan.next()
    if (step.done === true) return { entries: parsed.entries, preview: step.value.preview }
  }
}

const field = (name: string, value: string, concealed = false) => ({ name, value, concealed })

describe('Proton Pass', () => {
  const proton = (data: object): Uint8Array =>
    json({
      version: '1.31.0',
      encrypted: false,
      vaults: { v: { name: 'Personal', items: [{ state: 1, data: { extraFields: [], ...data } }] } },
    })
  const text = (name: string, content: string, type = 'text') => ({ fieldName: name, type, data: { content } })

  it('gives every list of fields and every section of an identity, hidden ones hidden', async () => {
    const content = {
      fullName: 'Ada',
      licenseNumber: 'B072',
      extraPersonalDetails: [text('Secret PIN', '4711', 'hidden')],
      extraAddressDetails: [text('Door', '7')],
      extraContactDetails: [text('Signal', '@ada')],
      extraWorkDetails: [text('Badge', 'X1', 'hidden')],
      extraSections: [
        { sectionName: 'Bank', sectionFields: [text('IBAN', 'DE00'), text('PIN', '1', 'hidden')] },
        { sectionName: 'Empty', sectionFields: [] },
      ],
    }
    const { entries, preview } = await read(proton({ type: 'identity', metadata: { name: 'Me', note: '' }, content }))
    expect(entries[0]?.fields).toEqual([
      field('fullName', 'Ada'),
      field('licenseNumber', 'B072', true),
      field('Secret PIN', '4711', true),
      field('Door', '7'),
      field('Signal', '@ada'),
      field('Badge', 'X1', true),
      field('Bank: IBAN', 'DE00'),
      field('Bank: PIN', '1', true),
    ])
    expect(preview.keepFile).toBeNull()
  })

  it('gives the addresses of apps and all names of a login', async () => {
    const content = {
      itemEmail: 'a@x.org',
      itemUsername: 'ada',
      username: 'old',
      password: 'pw',
      urls: ['https://x.org'],
    }
    const platformSpecific = { android: { allowedApps: [{ packageName: 'org.x.app', hashes: [], appName: 'X' }] } }
    const { entries } = await read(
      proton({ type: 'login', metadata: { name: 'X', note: '' }, content, platformSpecific }),
    )
    expect(entries[0]).toMatchObject({
      addresses: ['https://x.org', 'androidapp://org.x.app'],
      userName: 'ada',
      fields: [field('email', 'a@x.org'), field('username', 'old')],
    })
  })

  it('keeps the file when an item has a part that is not known', async () => {
    const content = { ssid: 'home', password: 'pw', security: 2, routers: [{ mac: 'aa' }] }
    const { entries, preview } = await read(proton({ type: 'wifi', metadata: { name: 'W', note: '' }, content }))
    expect(entries[0]?.fields).toEqual([field('password', 'pw', true), field('ssid', 'home'), field('security', '2')])
    expect(preview.rows[0]?.remarks).toContain('It has a part that is not known, and that does not come along.')
    expect(preview.keepFile).not.toBeNull()
  })
})

describe('1Password', () => {
  const item = (details: object, categoryUuid = '001') =>
    onePassword({
      accounts: [
        {
          vaults: [
            {
              attrs: { name: 'Private' },
              items: [{ categoryUuid, state: 'active', overview: { title: 'X' }, details }],
            },
          ],
        },
      ],
    })
  const login = (designation: string, value: string, fieldType = 'T') => ({
    designation,
    value,
    fieldType,
    name: '',
    id: '',
  })

  it('gives a second seed hidden, a second password, a text area and a date that is none', async () => {
    const fields = [
      { title: 'otp a', id: 'a', value: { totp: `otpauth://totp/a?secret=${seed}` } },
      { title: 'otp b', id: 'b', value: { totp: 'otpauth://totp/b?secret=KRSXG5CTMVRXEZLU' } },
      { title: 'born', id: 'c', value: { date: 99_999_999_999_999 } },
    ]
    const loginFields = [
      login('password', 'pw', 'P'),
      login('password', 'older', 'P'),
      login('', 'a long text', 'A'),
      login('', 'on', 'C'),
    ]
    const { entries, preview } = await read(item({ loginFields, sections: [{ title: '', fields }] }))
    expect(entries[0]).toMatchObject({ secret: 'pw', totp: `otpauth://totp/a?secret=${seed}` })
    expect(entries[0]?.fields).toEqual([
      field('password', 'older', true),
      field('', 'a long text'),
      field('otp b', 'otpauth://totp/b?secret=KRSXG5CTMVRXEZLU', true),
      field('born', '99999999999999'),
    ])
    expect(preview.keepFile).toBeNull()
  })

  it('gives the password of a note and the second key of an SSH key', async () => {
    const note = { password: 'hidden', loginFields: [login('username', 'ada')] }
    expect((await read(item(note, '003'))).entries[0]?.fields).toEqual([
      field('username', 'ada'),
      field('password', 'hidden', true),
    ])
    const fields = ['one', 'two'].map((key) => ({ title: key, id: key, value: { sshKey: { privateKey: key } } }))
    expect((await read(item({ sections: [{ title: '', fields }] }, '114'))).entries[0]).toMatchObject({
      secret: 'one',
      fields: [field('two', 'two', true)],
    })
  })
})

it('Bitwarden gives the part of a kind of item that is not known, or keeps the file', async () => {
  const items = [
    { type: 7, name: 'Bank', organizationId: null, bankAccount: { iban: 'DE00', bic: null } },
    { type: 9, name: 'Deep', new: { list: [{ a: 1 }] } },
  ]
  const { entries, preview } = await read(json({ encrypted: false, items }))
  expect(entries.map(({ fields, warnings }) => [fields, warnings.length])).toEqual([
    [[field('iban', 'DE00', true)], 0],
    [[], 1],
  ])
  expect(preview.keepFile).toContain('1 entry of which a part does not come along')
})

it('.env gives its comments to what they stand at, hidden', async () => {
  const text = '# ours\n\n## old: hunter2\nA=a#1 # behind\nB="b" # quoted\n#\nC=c\nEMPTY= # none\n# the end\n'
  const { entries } = await read(utf8(text))
  expect(entries.map(({ name, secret, fields }) => [name, secret, fields])).toEqual([
    ['A', 'a#1', [field('comment', 'ours\nold: hunter2\nbehind', true)]],
    ['B', 'b', [field('comment', 'quoted', true)]],
    ['C', 'c', [field('comment', 'the end', true)]],
  ])
})

describe('KeePass', () => {
  const hex = '48656c6c6f21deadbeef'
  it.each([
    ['Hex', hex],
    ['Base64', Buffer.from(hex, 'hex').toString('base64')],
    ['Base32', 'JBSWY3DPEHPK3PXP'],
  ])('reads a seed in %s with its settings', async (encoding, secret) => {
    const { entries } = await read(
      await kdbxWith((database) => {
        kdbxEntry(database, {
          Title: 'x',
          [`TimeOtp-Secret-${encoding}*`]: secret,
          'TimeOtp-Period': '60',
          'TimeOtp-Length': '8',
          'TimeOtp-Algorithm': 'HMAC-SHA-512',
        })
      }),
    )
    const query = new URL(entries[0]?.totp ?? '').searchParams
    expect(Object.fromEntries(query)).toEqual({
      secret: 'JBSWY3DPEHPK3PXP',
      period: '60',
      digits: '8',
      algorithm: 'SHA512',
    })
    expect(entries[0]?.fields).toEqual([])
  })

  it('keeps every field of one-time codes that it did not use, seeds hidden', async () => {
    const { entries } = await read(
      await kdbxWith((database) => {
        kdbxEntry(database, { Title: 'both', otp: seed, 'TOTP Seed': 'KRSXG5CTMVRXEZLU', 'TOTP Settings': '30;6' })
        kdbxEntry(database, { Title: 'odd', 'TOTP Seed': seed, 'TOTP Settings': '30;6;https://time.example' })
        kdbxEntry(database, { Title: 'counts', 'HmacOtp-Secret-Hex': hex, 'HmacOtp-Counter': '5' })
      }),
    )
    expect(entries.map(({ totp, fields }) => [totp, fields])).toEqual([
      [seed, [field('TOTP Seed', 'KRSXG5CTMVRXEZLU', true), field('TOTP Settings', '30;6')]],
      [`otpauth://totp/imported?secret=${seed}`, [field('TOTP Settings', '30;6;https://time.example')]],
      ['', [field('HmacOtp-Secret-Hex', hex, true), field('HmacOtp-Counter', '5')]],
    ])
  })

  it('copies what an entry refers to in another, and keeps the file when it cannot', async () => {
    const { entries, preview } = await read(
      await kdbxWith((database) => {
        const uuid = ({ uuid: { id } }: { uuid: { id: string } }) =>
          Buffer.from(id, 'base64').toString('hex').toUpperCase()
        const real = uuid(kdbxEntry(database, { Title: 'real', UserName: 'ada', 'Password*': 's3cret' }))
        const between = kdbxEntry(database, { Title: 'between', 'Password*': `{REF:P@I:${real}}` })
        kdbxEntry(database, {
          Title: 'far',
          UserName: `{REF:U@I:${real}}@x.org`,
          'Password*': `{ref:p@i:${uuid(between).toLowerCase()}}`,
          copy: `{REF:P@I:${real}}`,
        })
        const loop = kdbxEntry(database, { Title: 'loop' })
        loop.fields.set('Password', `{REF:P@I:${uuid(loop)}}`)
        kdbxEntry(database, { Title: 'nowhere', 'Password*': '{REF:P@I:46C9B1FFBD4ABC4BBB260C6190BAD20C}' })
        kdbxEntry(database, { Title: 'search', 'Password*': '{REF:P@T:real}' })
      }),
    )
    const byName = new Map(entries.map((entry) => [entry.name, entry]))
    expect(byName.get('far')).toMatchObject({
      userName: 'ada@x.org',
      secret: 's3cret',
      fields: [field('copy', 's3cret', true)],
      remarks: ['What it refers to in another entry is copied into it.'],
      warnings: [],
    })
    for (const name of ['loop', 'nowhere', 'search']) expect(byName.get(name)?.warnings).toHaveLength(1)
    expect(byName.get('search')?.secret).toBe('{REF:P@T:real}')
    expect(preview.keepFile).toContain('3 entries of which a part does not come along')
  })

  it('does not grow without end by references to one long text', async () => {
    const { entries } = await read(
      await kdbxWith((database) => {
        const { uuid } = kdbxEntry(database, { Title: 'long', Notes: 'x'.repeat(60_000) })
        const one = `{REF:N@I:${Buffer.from(uuid.id, 'base64').toString('hex')}}`
        kdbxEntry(database, { Title: 'many', Notes: one.repeat(1_000) })
      }),
    )
    const many = entries.find(({ name }) => name === 'many')
    expect(many?.notes.length).toBeLessThan(2 * 1024 * 1024)
    expect(many?.warnings).toHaveLength(1)
  })

  it('gives the notes of a group, and what is typed for an entry', async () => {
    const { entries } = await read(
      await kdbxWith((database) => {
        database.createGroup(database.getDefaultGroup(), 'Bank').notes = 'Call first.'
        const entry = kdbxEntry(database, { Title: 'typed' })
        entry.overrideUrl = 'cmd://x'
        entry.autoType.defaultSequence = '{USERNAME}{TAB}hunter2'
        entry.autoType.items.push({ window: 'Bank*', keystrokeSequence: '{PASSWORD}' })
      }),
    )
    expect(entries.find(({ kind }) => kind === 'note')).toMatchObject({
      name: 'Notes of the group Bank',
      notes: 'Call first.',
      folder: 'Bank',
    })
    expect(entries.find(({ name }) => name === 'typed')?.fields).toEqual([
      field('override URL', 'cmd://x'),
      field('auto-type', '{USERNAME}{TAB}hunter2', true),
      field('auto-type', 'Bank*: {PASSWORD}', true),
    ])
  })
})
