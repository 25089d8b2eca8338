import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImportChoices } from '../../../src/shared/models/import.ts'
import * as files from '../../support/import-files.ts'
import { createImportHome, type ImportHome } from '../../support/import-home.ts'

const asker = { kind: 'person', id: 'cli' } as const
let test: ImportHome
beforeAll(async () => {
  test = await createImportHome()
})
afterAll(() => test.cleanup())

const choices = (more: Partial<ImportChoices> = {}): ImportChoices => ImportChoices.parse(more)

describe('the file afterwards', () => {
  it('is overwritten and deleted when the person wants it', async () => {
    const path = test.choose('SHRED=me')
    await expect(test.vaultImport.shredFile()).rejects.toMatchObject({ code: 'not_found' })
    await test.vaultImport.take(choices(), asker)
    await test.vaultImport.shredFile()
    expect(existsSync(path)).toBe(false)
  })

  it('can still go when all of it is in the vault already, but not when nothing of it was understood', async () => {
    const text = 'AGAIN=me'
    test.choose(text)
    await test.vaultImport.take(choices(), asker)
    const path = test.choose(text)
    expect(await test.vaultImport.take(choices(), asker)).toMatchObject({ counts: { add: 0, skip: 1 }, keepFile: null })
    await test.vaultImport.shredFile()
    expect(existsSync(path)).toBe(false)
    for (const nothing of [
      'Dienst;Kennwort\nForum;geheim',
      'name,url,username,password\n',
      files.json({ items: [] }),
    ]) {
      const kept = test.choose(nothing)
      await expect(test.vaultImport.take(choices(), asker)).rejects.toMatchObject({ code: 'invalid' })
      await expect(test.vaultImport.shredFile()).rejects.toMatchObject({ code: 'not_found' })
      expect(existsSync(kept)).toBe(true)
    }
  })

  describe('is kept, and the door says why, when something of it is not in the vault', () => {
    const head = 'name,url,username,password,notes\n'
    const held = 'kept,https://kept.example/,u,OLD,mine\n'
    it.each([
      [
        'another password',
        'kept,https://kept.example/,u,NEW,mine\n',
        'In the vault with another password.',
        '1 entry skipped that the vault has otherwise',
      ],
      [
        'other notes and another host',
        'kept,https://kept.example/ https://more.example,u,OLD,theirs\n',
        'In the vault with other notes and other hosts.',
        '1 entry skipped that the vault has otherwise',
      ],
      ['more cells than columns', 'x,y,z,a,b,c,d\n', 'It has more cells than there are columns.', '1 entry left out'],
    ])('%s', async (what, line, remark, why) => {
      const { items } = test.vault
      if (items.byName('kept') === undefined) {
        test.choose(head + held)
        await test.vaultImport.take(choices(), asker)
      }
      const path = test.choose(`${head}${line}new ${what},,u,x,\n`)
      const { rows, keepFile } = await test.vaultImport.take(choices(), asker)
      expect(rows[0]?.remarks).toEqual([remark])
      expect(keepFile).toBe(`Not all of the file is in the vault: ${why}.`)
      await expect(test.vaultImport.shredFile()).rejects.toMatchObject({ code: 'refused', message: keepFile })
      expect(readFileSync(path, 'utf8')).toContain(line)
      expect(items.reveal(items.byName('kept')?.id ?? '', 'secret')).toBe('OLD')
    })

    it('but not for a true twin, or one of which the vault has more', async () => {
      const path = test.choose(`${head}${held}kept,https://kept.example/,u,OLD,\nanother,,u,x,\n`)
      const { rows, keepFile } = await test.vaultImport.take(choices(), asker)
      expect(rows.slice(0, 2).map(({ remarks }) => remarks)).toEqual([
        ['It is in the vault already.'],
        ['It is in the vault already.'],
      ])
      expect(keepFile).toBeNull()
      await test.vaultImport.shredFile()
      expect(existsSync(path)).toBe(false)
    })

    it('a part of an entry that does not come along, or a file that was not compared', async () => {
      const passkey = { username: 'u', password: 'p', fido2Credentials: [{}] }
      test.choose(files.json({ items: [{ type: 1, name: 'passkey', login: passkey }] }))
      expect((await test.vaultImport.take(choices(), asker)).keepFile).toBe(
        'Not all of the file is in the vault: 1 entry of which a part does not come along.',
      )
      const data = { items: [{ id: 'a', type: 2, name: 'with a file', notes: 'x' }] }
      const zip = zipSync({ 'data.json': files.json(data), 'attachments/a/x.bin': randomBytes(9) })
      test.choose(zip)
      expect((await test.vaultImport.take(choices(), asker)).keepFile).toBeNull()
      test.choose(zip)
      expect(await test.vaultImport.preview(choices())).toMatchObject({
        keepFile: 'Not all of the file is in the vault: 1 entry skipped that the vault has otherwise.',
        rows: [{ remarks: ['It is in the vault already.', 'Its files were not compared with those in the vault.'] }],
      })
    })
  })

  it('is left when it was changed since, or is a link to another', async () => {
    const path = test.choose('SHRED2=me')
    await test.vaultImport.take(choices(), asker)
    writeFileSync(path, 'something new')
    await expect(test.vaultImport.shredFile()).rejects.toMatchObject({ code: 'conflict' })
    expect(readFileSync(path, 'utf8')).toBe('something new')
    const link = join(test.home, 'link')
    symlinkSync(path, link)
    writeFileSync(path, 'SHRED3=me')
    test.vaultImport.choose({ path: link, keyFilePath: null })
    await test.vaultImport.take(choices(), asker)
    await expect(test.vaultImport.shredFile()).rejects.toMatchObject({ code: 'conflict' })
    expect(existsSync(path)).toBe(true)
  })

  it('keeps its bytes under another name that it has', async () => {
    const path = test.choose('SHRED4=me')
    linkSync(path, join(test.home, 'second-name'))
    await test.vaultImport.take(choices(), asker)
    await test.vaultImport.shredFile()
    expect(existsSync(path)).toBe(false)
    expect(readFileSync(join(test.home, 'second-name'), 'utf8')).toBe('SHRED4=me')
  })
})
