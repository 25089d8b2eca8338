import { describe, expect, it } from 'vitest'
import type { Parsed } from '../../../src/main/vault-import/found-entry.ts'
import { parseFile, type ParseRequest } from '../../../src/main/vault-import/parse-file.ts'
import type { ImportFormat } from '../../../src/shared/models/import.ts'
import { seed, utf8 } from '../../support/import-files.ts'
import { csvFiles, dotEnv } from '../../support/import-text-files.ts'

function read(bytes: Uint8Array, more: Partial<ParseRequest> = {}): Promise<Parsed> {
  return parseFile({ bytes, format: null, password: null, keyFile: null, map: null, ...more })
}

describe('CSV', () => {
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
        { name: 'PIN', value: '1234', concealed: false },
        { name: 'Key', value: 'a\nb', concealed: false },
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

  it('takes a row with fewer cells than columns, and says so', async () => {
    const { entries } = await read(utf8('name,url,username,password,note\nshort,,u,p\nfull,,u,p,'))
    expect(entries.map(({ name, secret, remarks }) => [name, secret, remarks])).toEqual([
      ['short', 'p', ['Its line has fewer cells than there are columns.']],
      ['full', 'p', []],
    ])
  })

  it('leaves out a row with more cells than columns, and names its line', async () => {
    const { entries, leftOut } = await read(utf8('name,url,username,password\n\na,b,c,d,e\n"x\ny",,,p\nz,,,q'))
    expect(leftOut).toEqual([{ at: 2, name: '', why: 'It has more cells than there are columns.' }])
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

it.each<ImportFormat>(['keepassxc-csv', 'firefox-csv'])(
  'a form that the person chose and the file is not is said: %s',
  async (format) => {
    await expect(read(utf8(csvFiles['1password-csv']), { format })).rejects.toMatchObject({ code: 'invalid' })
  },
)
