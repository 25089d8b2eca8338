import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import type { Parsed } from '../../../src/main/vault-import/found-entry.ts'
import { parseFile, type ParseRequest } from '../../../src/main/vault-import/parse-file.ts'
import { dayOf } from '../../../src/shared/calendar-day.ts'
import * as files from '../../support/import-files.ts'
import { kdbx } from '../../support/kdbx-files.ts'
import { inZone } from '../../support/time-zone.ts'

const { utf8, json, seed } = files

function read(bytes: Uint8Array, more: Partial<ParseRequest> = {}): Promise<Parsed> {
  return parseFile({ bytes, format: null, password: null, keyFile: null, map: null, ...more })
}

describe('Bitwarden', () => {
  it('gives every part of its JSON, and says what does not come', async () => {
    const { format, entries, leftOut } = await read(json(files.bitwarden))
    expect(format).toBe('bitwarden-json')
    expect(entries[0]).toEqual({
      at: 1,
      name: 'GitHub 🐙',
      kind: 'login',
      addresses: ['https://github.com/login', 'androidapp://com.github'],
      userName: 'ada@example.org',
      secret: 'p=ä,"ß"',
      notes: 'línea 1\nlínea 2',
      totp: seed,
      fields: [
        { name: 'Kundennummer', value: '0815', concealed: false },
        { name: 'PIN', value: 'ünsichtbar', concealed: true },
        { name: 'ok', value: 'true', concealed: false },
      ],
      tags: [],
      folder: 'Arbeit / Büro',
      favourite: true,
      createdAtMs: Date.parse('2021-03-04T05:06:07.890Z'),
      updatedAtMs: Date.parse('2022-03-04T05:06:07.890Z'),
      expiresAtMs: null,
      rotateByMs: null,
      attachments: [],
      remarks: [],
      warnings: [
        'Its passkey does not come along.',
        'A linked field does not come along.',
        'Its earlier passwords do not come along.',
      ],
    })
    expect(entries[1]).toMatchObject({ name: 'Türcode', kind: 'note', notes: '4711' })
    expect(entries[2]).toMatchObject({ name: 'Visa', kind: 'note' })
    expect(entries[2]?.fields).toContainEqual({ name: 'number', value: '4111111111111111', concealed: true })
    expect(entries[3]).toMatchObject({ name: 'Deploy', kind: 'ssh-key', secret: 'PRIVATE' })
    expect(leftOut).toEqual([
      { at: 5, name: 'Weg', why: 'It is in the trash.' },
      { at: 6, name: '', why: 'It is not readable.' },
    ])
  })

  it('gives the files of its zip to their items', async () => {
    const zip = zipSync({ 'data.json': json(files.bitwarden), 'attachments/i1/photo.jpg': utf8('jpeg') })
    const { entries } = await read(zip)
    expect(entries[0]?.attachments).toEqual([{ name: 'photo.jpg', bytes: utf8('jpeg') }])
  })

  it.each([
    ['PBKDF2', { kdfType: 0, kdfIterations: 5_000 }],
    ['Argon2id', { kdfType: 1, kdfIterations: 2, kdfMemory: 16, kdfParallelism: 4 }],
  ])('opens its password-protected export with %s, and only with the password', async (_name, kdf) => {
    const locked = await files.lockedBitwarden(files.bitwarden, 'pässwörd', kdf)
    expect((await read(locked, { password: 'pässwörd' })).entries).toHaveLength(4)
    await expect(read(locked, { password: 'wrong' })).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(read(locked)).rejects.toMatchObject({ code: 'unauthorized', message: 'This file is encrypted.' })
  })

  it('says what to do with an export that only its account can open', async () => {
    await expect(read(json({ encrypted: true, items: [] }), { password: 'x' })).rejects.toMatchObject({
      code: 'refused',
    })
  })
})

describe('1Password', () => {
  it('gives every part of a 1PUX file, attachments and one-time codes included', async () => {
    const { format, entries, leftOut } = await read(files.onePassword())
    expect(format).toBe('1password-1pux')
    expect(leftOut).toEqual([])
    expect(entries[0]).toEqual({
      at: 1,
      name: 'Dropbox',
      kind: 'login',
      addresses: ['https://www.dropbox.com/', 'https://dropbox.example'],
      userName: 'zoë',
      secret: 'most-secure-password-ever!',
      notes: 'Cette note',
      totp: `otpauth://totp/x?secret=${seed}`,
      fields: [
        { name: 'PIN', value: '12345', concealed: true },
        { name: 'born', value: '2021-02-26', concealed: false },
        { name: 'until', value: '2027-01', concealed: false },
        { name: 'mail', value: 'z@example.org', concealed: false },
      ],
      tags: ['tools', 'wölke'],
      folder: 'Privé',
      favourite: true,
      createdAtMs: 1614298956000,
      updatedAtMs: 1635346445000,
      expiresAtMs: null,
      rotateByMs: null,
      attachments: [{ name: 'scan.txt', bytes: utf8('hällo') }],
      remarks: [],
      warnings: ['Its earlier passwords do not come along.'],
    })
    expect(entries[1]).toMatchObject({
      kind: 'api-key',
      secret: 'sk-123',
      fields: [],
      remarks: ['It was in the archive.'],
      warnings: [],
    })
    expect(entries[2]).toMatchObject({ kind: 'note', attachments: [], warnings: ['A file is not in the export.'] })
  })
})

describe('Proton Pass', () => {
  it('gives every part of its zip', async () => {
    const { format, entries, leftOut } = await read(files.protonZip())
    expect(format).toBe('proton-json')
    expect(entries[0]).toMatchObject({
      name: 'Forum',
      kind: 'login',
      addresses: ['https://forum.example.org/x'],
      userName: 'ada',
      secret: 'pw',
      notes: 'niño',
      totp: `otpauth://totp/x?secret=${seed}`,
      fields: [
        { name: 'email', value: 'ada@example.org', concealed: false },
        { name: 'second', value: 'otpauth://totp/y?secret=MFRGG', concealed: true },
        { name: 'hint', value: 'tip', concealed: false },
        { name: 'pin', value: '99', concealed: true },
      ],
      folder: 'Persönlich',
      favourite: true,
      createdAtMs: 1689182868000,
      attachments: [{ name: 'plan.txt', bytes: utf8('secret plan') }],
      remarks: [],
      warnings: [],
    })
    expect(entries[1]?.fields).toContainEqual({ name: 'number', value: '4242', concealed: true })
    expect(leftOut).toEqual([{ at: 2, name: 'Gone', why: 'It is in the trash.' }])
  })

  it('reads the JSON alone and says which files are missing', async () => {
    const { entries } = await read(json(files.proton))
    expect(entries[0]?.warnings).toEqual(['A file is not in the export.'])
  })

  it('says that PGP is not opened', async () => {
    await expect(read(zipSync({ 'Proton Pass/data.pgp': utf8('x') }))).rejects.toMatchObject({ code: 'refused' })
    await expect(read(json({ ...files.proton, encrypted: true }))).rejects.toMatchObject({ code: 'refused' })
  })
})

describe('KeePass', () => {
  it('an entry that expires at midnight in Fiji expires on that day there', async () => {
    await inZone('Pacific/Fiji', async () => {
      const { entries } = await read(await kdbx({ version: 3, expires: new Date(2030, 6, 1) }), {
        password: 'pässword',
      })
      const { expiresAtMs } = entries.find(({ name }) => name === 'Kraken 🦑') ?? {}
      expect(dayOf(expiresAtMs ?? 0)).toBe('2030-07-01')
    })
  })

  const keyFile = new Uint8Array(Buffer.alloc(32, 7))
  it.each([
    ['KDBX 3', { version: 3 } as const, 'pässword', null],
    ['KDBX 4 with AES', { version: 4, kdf: 'aes' } as const, 'pässword', null],
    ['KDBX 4 with Argon2d', { version: 4, kdf: 'argon2d' } as const, 'pässword', null],
    ['KDBX 4 with Argon2id', { version: 4, kdf: 'argon2id' } as const, 'pässword', null],
    ['KDBX 4 with a key file beside the password', { version: 4, keyFile } as const, 'pässword', keyFile],
    ['KDBX 3 with a key file alone', { version: 3, keyFile, password: null } as const, null, keyFile],
  ])('gives every part of %s', async (_name, options, password, key) => {
    const database = await kdbx(options)
    const { format, entries, leftOut } = await read(database, { password, keyFile: key })
    expect(format).toBe('keepass-kdbx')
    expect(entries).toHaveLength(2)
    expect(entries.find(({ name }) => name === 'Kraken 🦑')).toMatchObject({
      kind: 'login',
      addresses: ['https://kraken.example.org:8443/in', 'https://other.example.org'],
      userName: 'ada',
      secret: 'pÄss & <wörd>',
      notes: 'ünder\nlines',
      totp: `otpauth://totp/Kraken:ada?secret=${seed}&issuer=Kraken`,
      fields: [
        { name: 'Kunde', value: '0815', concealed: false },
        { name: 'PIN', value: '4711', concealed: true },
      ],
      tags: ['bank', 'größer'],
      folder: 'Wéb / Büro',
      expiresAtMs: Date.parse('2030-01-02T03:04:05Z'),
      attachments: [{ name: 'plan.bin', bytes: Uint8Array.from([0, 1, 2, 255]) }],
      remarks: [],
      warnings: ['Its earlier versions do not come along.'],
    })
    expect(entries.find(({ name }) => name === 'bare')?.totp).toBe(`otpauth://totp/imported?secret=${seed}&period=60`)
    expect(leftOut).toEqual([{ at: 2, name: 'gone', why: 'It is in the recycle bin.' }])
    await expect(read(database, { password: 'wrong' })).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(read(database)).rejects.toMatchObject({ code: 'unauthorized' })
  })

  it('reads a database that KeePassXC made, with its key file', async () => {
    const folder = join(import.meta.dirname, '../../fixtures/import')
    const { entries } = await read(readFileSync(join(folder, 'keepassxc.kdbx')), {
      password: 'correct horse',
      keyFile: readFileSync(join(folder, 'keepassxc.keyx')),
    })
    expect(entries).toMatchObject([
      {
        name: 'Gît 日本',
        userName: 'ada@example.org',
        secret: 'sésame-ouvre-toi',
        notes: 'première ligne',
        folder: 'Web',
        attachments: [{ name: 'note.txt', bytes: new Uint8Array(utf8('hello attachment')) }],
      },
    ])
  })
})
