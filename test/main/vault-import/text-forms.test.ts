import { describe, expect, it } from 'vitest'
import type { Parsed } from '../../../src/main/vault-import/found-entry.ts'
import { parseFile, type ParseRequest } from '../../../src/main/vault-import/parse-file.ts'
import type { ImportFormat } from '../../../src/shared/models/import.ts'
import { dayOf, isDay } from '../../../src/shared/calendar-day.ts'
import { seed, utf8 } from '../../support/import-files.ts'
import { csvFiles, dotEnv } from '../../support/import-text-files.ts'
import { inZone, zones } from '../../support/time-zone.ts'

function read(bytes: Uint8Array, more: Partial<ParseRequest> = {}): Promise<Parsed> {
  return parseFile({ bytes, format: null, password: null, keyFile: null, map: null, ...more })
}

describe('CSV', () => {
  it.each(zones)('gives the day that is written, and the day that a time is on, in %s', async (here) => {
    await inZone(here, async () => {
      const midnight = new Date(2030, 6, 1)
      const rows = ['name,password,expires', 'day,x,2030-07-01', `midnight,x,${midnight.toISOString()}`]
      const map = [
        { column: 'name', role: 'name' as const },
        { column: 'password', role: 'secret' as const },
        { column: 'expires', role: 'expires' as const },
      ]
      const { entries } = await read(utf8(rows.join('\n')), { map })
      expect(entries.map(({ expiresAtMs }) => dayOf(expiresAtMs ?? 0))).toEqual(['2030-07-01', '2030-07-01'])
      expect(entries.map(({ expiresAtMs }) => isDay(expiresAtMs ?? 0))).toEqual([true, false])
    })
  })

  const shared = { name: 'Forum', userName: 'ada', secret: 'p,ß"w', notes: 'a "note",\nwith lines', at: 2 }
  const uri = `otpauth://totp/x?secret=${seed}`
  const wanted: Record<keyof typeof csvFiles, object> = {
    'bitwarden-csv': {
      ...shared,
      addresses: ['https://forum.example.org/x', 'app.example.org'],
      totp: seed,
      folder: 'Sóciál / In',
      favourite: true,
      fields: [
        { name: 'PIN', value: '1234', concealed: true },
        { name: 'Key', value: 'a\nb', concealed: true },
      ],
    },
    '1password-csv': {
      ...shared,
      addresses: ['https://forum.example.org/x'],
      totp: uri,
      favourite: true,
      tags: ['tools', 'wölke'],
      fields: [],
    },
    'keepassxc-csv': {
      ...shared,
      addresses: ['https://forum.example.org/x'],
      totp: uri,
      folder: 'Wéb',
      createdAtMs: Date.parse('2026-11-22T04:16:14Z'),
      fields: [],
    },
    'browser-csv': { ...shared, addresses: ['https://forum.example.org/x'], fields: [] },
    'firefox-csv': {
      ...shared,
      name: 'forum.example.org',
      notes: '',
      addresses: ['https://forum.example.org'],
      createdAtMs: 1589182868000,
      updatedAtMs: 1689182868000,
      fields: [],
    },
    'proton-csv': {
      ...shared,
      addresses: ['https://forum.example.org/x'],
      totp: uri,
      userName: 'ada@example.org',
      folder: 'Persönlich',
      fields: [{ name: 'username', value: 'ada', concealed: false }],
    },
    'lastpass-csv': {
      ...shared,
      addresses: ['https://forum.example.org/x'],
      totp: seed,
      folder: 'Sóciál / In',
      favourite: true,
      fields: [],
    },
    'dashlane-csv': {
      ...shared,
      addresses: ['https://forum.example.org/x'],
      totp: seed,
      folder: 'Sóciál',
      fields: [{ name: 'username2', value: 'ada2', concealed: false }],
    },
    'nordpass-csv': {
      ...shared,
      addresses: ['https://forum.example.org/x', 'https://app.example.org'],
      folder: 'Sóciál',
      fields: [
        { name: 'Kunde', value: '0815', concealed: false },
        { name: 'Frage', value: 'Rex', concealed: true },
      ],
    },
  }
  it.each(Object.entries(csvFiles))('of %s is known by its first line and gives every part', async (form, text) => {
    const { format, entries } = await read(utf8(text))
    expect(format).toBe(form)
    expect(entries[0]).toMatchObject(wanted[form as keyof typeof wanted])
  })

  it.each([
    ['UTF-8 with a mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf8(csvFiles['browser-csv'])])],
    ['UTF-16LE', Buffer.from(`\uFEFF${csvFiles['browser-csv']}`, 'utf16le')],
    ['UTF-16BE', Buffer.from(`\uFEFF${csvFiles['browser-csv']}`, 'utf16le').swap16()],
  ])('is read in %s', async (_name, bytes) => {
    expect((await read(bytes)).entries).toMatchObject([{ name: 'Forum', secret: 'p,ß"w' }])
  })

  it('with semicolons or tabs between its cells is read too', async () => {
    for (const sign of [';', '\t']) {
      const text =
        ['name', 'url', 'username', 'password'].join(sign) + '\n' + ['a,b', 'https://x.example', 'u', 'p'].join(sign)
      expect((await read(utf8(text))).entries).toMatchObject([{ name: 'a,b', secret: 'p' }])
    }
  })

  it('with columns of its own tells what it took them for, and follows the person', async () => {
    const text = 'Service;Kennwort;Konto\nForum;geheim;ada'
    const unknown = await read(utf8(text))
    expect(unknown).toMatchObject({ format: 'csv', entries: [] })
    expect(unknown.columns).toEqual([
      { column: 'Service', role: 'field' },
      { column: 'Kennwort', role: 'field' },
      { column: 'Konto', role: 'field' },
    ])
    const map = [
      { column: 'Service', role: 'name' },
      { column: 'Kennwort', role: 'secret' },
    ] as const
    const { entries } = await read(utf8(text), { map: [...map] })
    expect(entries).toMatchObject([
      { name: 'Forum', secret: 'geheim', fields: [{ name: 'Konto', value: 'ada', concealed: false }] },
    ])
  })

  it('keeps every column, also where two are taken for the same', async () => {
    const header = 'Account,Title,URL,Password,Token,totp,otp,folder,group,tags,labels,fav,expires,expiry,comment,extra'
    const cells = `ada,Forum,https://f.example,p,t,${seed},${seed}A,Work,Club,"a,b",c,five stars,2031-01-02,2032-03-04,m,n`
    const [entry] = (await read(utf8(`${header}\n${cells}`))).entries
    expect(entry).toMatchObject({ name: 'Forum', userName: 'ada', secret: 'p', totp: seed, notes: 'm\n\nn' })
    expect([entry?.folder, ...(entry?.tags ?? [])]).toEqual(['Work', 'Club', 'a', 'b', 'c'])
    expect(entry?.fields).toEqual([
      { name: 'Token', value: 't', concealed: true },
      { name: 'otp', value: `${seed}A`, concealed: true },
      { name: 'fav', value: 'five stars', concealed: false },
      { name: 'expiry', value: '2032-03-04', concealed: false },
    ])
    const both = await read(utf8('Title,Account,Username,Password\nForum,Ada L.,ada,p'))
    expect(both.entries).toMatchObject([
      { name: 'Forum', userName: 'ada', fields: [{ name: 'Account', value: 'Ada L.', concealed: false }] },
    ])
  })

  it('takes what the person named before what it only guessed, and nothing that is not there', async () => {
    const text = utf8('Title,Account,Password,Pass\nForum,ada,p,q')
    const map = [
      { column: 'Account', role: 'name' },
      { column: 'Pass', role: 'secret' },
    ] as const
    expect((await read(text, { map: [...map] })).entries).toMatchObject([
      {
        name: 'ada',
        secret: 'q',
        fields: [
          { name: 'Title', value: 'Forum', concealed: false },
          { name: 'Password', value: 'p', concealed: true },
        ],
      },
    ])
    const typo = [{ column: 'Kenwort', role: 'secret' }] as const
    await expect(read(text, { map: [...typo] })).rejects.toMatchObject({
      code: 'invalid',
      message: 'This CSV has no column “Kenwort”.',
    })
  })

  it('takes a row with fewer cells than columns, and says so', async () => {
    const { entries } = await read(utf8('name,url,username,password,note\nshort,,u,p\nfull,,u,p,'))
    expect(entries.map(({ name, secret, remarks }) => [name, secret, remarks])).toEqual([
      ['short', 'p', ['Its line has fewer cells than there are columns.']],
      ['full', 'p', []],
    ])
  })

  it.each([
    ['sep=,\r\n', ','],
    ['"sep=;"\n', ';'],
    ['SEP=|\n', '|'],
    ['sep=\t\r\n', '\t'],
  ])('with the first line of Excel is read with what that says: %j', async (mark, sign) => {
    const lines = [
      ['name', 'url', 'username', 'password'],
      ['x', 'https://x.example', 'u', 'p'],
    ]
    const { format, entries } = await read(utf8(mark + lines.map((cells) => cells.join(sign)).join('\n')))
    expect([format, entries.map(({ at, name, secret }) => [at, name, secret])]).toEqual([
      'browser-csv',
      [[3, 'x', 'p']],
    ])
  })

  it('leaves out a row with more cells than columns, and names its line', async () => {
    const { entries, leftOut } = await read(utf8('name,url,username,password\n\na,b,c,d,e\n"x\ny",,,p\nz,,,q'))
    expect(leftOut).toEqual([{ at: 3, name: '', why: 'It has more cells than there are columns.' }])
    expect(entries.map(({ at, name }) => [at, name])).toEqual([
      [4, 'x\ny'],
      [6, 'z'],
    ])
  })
})

it('.env gives its values as they are meant', async () => {
  const { format, entries, leftOut } = await read(utf8(dotEnv))
  expect(format).toBe('dotenv')
  expect(entries.map(({ at, name, kind, secret }) => [at, name, kind, secret])).toEqual([
    [2, 'GITHUB_TOKEN', 'api-key', 'ghp_abc#not-a-comment'],
    [4, 'QUOTED', 'api-key', 'line 1\nline 2 "x" $HOME'],
    [5, 'SINGLE', 'api-key', 'as is \\n $HOME'],
    [6, 'MANY', 'api-key', '-----BEGIN KEY-----\näöü\n-----END KEY-----'],
  ])
  expect(leftOut).toEqual([
    { at: 3, name: 'EMPTY', why: 'It has no value.' },
    { at: 9, name: '', why: 'It is not NAME=value.' },
    { at: 10, name: 'OPEN', why: 'Its quote is not closed.' },
  ])
})

it.each([
  ['text behind the quote', 'H="x"y', 'There is text behind its closing quote.'],
  ['quotes of a shell', `H='it'"'"'s'`, 'There is text behind its closing quote.'],
  ['a comment without a space', 'H="x"#y', 'There is text behind its closing quote.'],
  ['text behind many lines', 'H="x\ny"z', 'There is text behind its closing quote.'],
  ['a quote closed by that of the next', 'H="x\nB="y"', 'Its quote is not closed before the next NAME=.'],
  ['a quote closed lines later', 'H="x\nB=y\nexport C=z\n"', 'Its quote is not closed before the next NAME=.'],
])('.env cuts nothing off without a word: %s', async (_name, text, why) => {
  const { entries, leftOut } = await read(utf8(`A=1\n${text}\nE='e' # comment\nF=f`))
  expect(leftOut[0]).toEqual({ at: 2, name: 'H', why })
  const found = new Map(entries.map(({ name, secret }) => [name, secret]))
  expect([found.get('A'), found.get('E'), found.get('F'), found.has('H')]).toEqual(['1', 'e', 'f', false])
  if (text.includes('B=')) expect(found.get('B')).toBe('y')
})

it('.env keeps a key whose last line ends like an assignment', async () => {
  const key = '-----BEGIN KEY-----\nQUJDRA==\n-----END KEY-----'
  expect(await read(utf8(`K="${key}"\nQ="MIIC\nQUJDRA=="`))).toMatchObject({
    leftOut: [],
    entries: [{ secret: key }, { secret: 'MIIC\nQUJDRA==' }],
  })
})

it('what begins like .env and is mostly something else is read as such only when the person says so', async () => {
  const bytes = utf8('a=b\nGeheim steht hier\nund hier')
  const error: unknown = await read(bytes).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'invalid', hint: expect.stringContaining('--format') as string })
  expect(String((error as Error).message)).not.toContain('Geheim')
  expect(await read(bytes, { format: 'dotenv' })).toMatchObject({ entries: [{ name: 'a' }] })
})

it.each<ImportFormat>(['keepassxc-csv', 'firefox-csv'])(
  'a form that the person chose and the file is not is said: %s',
  async (format) => {
    await expect(read(utf8(csvFiles['1password-csv']), { format })).rejects.toMatchObject({ code: 'invalid' })
  },
)
