import { readFileSync, writeFileSync } from 'node:fs'
import type SqliteDatabase from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../src/shared/app-error.ts'
import { codeOf } from '../../support/error-code.ts'
import { ChangedVault, flipColumn, secretOf } from './changed-vault.ts'
import { tamper } from './vault-file.ts'

const names = ['alpha', 'beta', 'gamma', 'delta']

let vault: ChangedVault

beforeAll(async () => {
  vault = await ChangedVault.make()
})
afterAll(() => vault.cleanup())

describe('rows moved, put back, removed and put in', () => {
  const copyRow = (database: SqliteDatabase.Database, from: string, table: string, where: string): void => {
    database.exec(`ATTACH '${from}' AS old`)
    database.exec(`DELETE FROM main.${table} WHERE ${where}`)
    database.exec(`INSERT INTO main.${table} SELECT * FROM old.${table} WHERE ${where}`)
    database.exec('DETACH old')
  }
  const alphaRow = (): string => `id = '${vault.id('alpha')}'`

  it('erases what is left of several damaged items at once', () => {
    const file = vault.files.copy(vault.newer)
    const damaged = ['alpha', 'delta'].map((name) => vault.id(name))
    tamper(file, (database) => {
      for (const id of damaged) database.prepare('DELETE FROM items WHERE id = ?').run(id)
      database.exec('DELETE FROM item_versions')
      database.exec('DELETE FROM files')
    })
    const opened = vault.files.open(file)
    expect(opened.named).not.toEqual([])
    // The other tests have its sealed file too.
    opened.items.files.hold()
    opened.items.trash.erase(damaged)
    expect(codeOf(() => opened.items.trash.erase([vault.id('beta')]))).toBe('not_found')
    expect(codeOf(() => opened.items.trash.erase(['itm_none']))).toBe('not_found')
    opened.close()
    const again = vault.files.open(file)
    expect(again.named).toEqual([])
    expect(again.items.list().map(({ name }) => name)).toEqual(expect.arrayContaining(['beta', 'gamma']))
    again.close()
  })

  it('refuses two items that changed places', () => {
    const opened = vault.open((database) => {
      const swap = database.prepare('UPDATE items SET id = ? WHERE id = ?')
      swap.run('itm_x', vault.id('alpha'))
      swap.run(vault.id('alpha'), vault.id('beta'))
      swap.run(vault.id('beta'), 'itm_x')
    })
    expect(opened.named.toSorted()).toEqual([`items ${vault.id('alpha')}`, `items ${vault.id('beta')}`].toSorted())
    expect(vault.wrongIn(opened)).toEqual([])
    opened.close()
  })

  it('refuses details that came from another item', () => {
    const opened = vault.open((database) => {
      database.exec(
        `UPDATE items SET sealed_details = (SELECT sealed_details FROM items WHERE id = '${vault.id('beta')}') WHERE ${alphaRow()}`,
      )
    })
    expect(opened.named).toEqual([`items ${vault.id('alpha')}`])
    expect(vault.wrongIn(opened)).toEqual([])
    opened.close()
  })

  it('refuses a row put back to an earlier state', () => {
    const opened = vault.open((database) => copyRow(database, vault.older, 'items', alphaRow()))
    expect(opened.named).toEqual([`items ${vault.id('alpha')}`])
    expect(vault.wrongIn(opened)).toEqual([])
    opened.close()
  })

  it('refuses a revoked key that was put back together with its place in the list', () => {
    const opened = vault.open((database) => {
      copyRow(database, vault.older, 'records', "kind = 'api-key' AND id = 'one'")
      copyRow(database, vault.older, 'manifest_rows', "tbl = 'records' AND id = 'api-key/one'")
    })
    expect(opened.named).toContain('records api-key/one')
    expect(vault.wrongIn(opened)).toEqual([])
    opened.close()
  })

  it('gives no rights from a list whose proof was broken together with it, but lets items be read', () => {
    const opened = vault.open((database) => {
      copyRow(database, vault.older, 'records', "kind = 'api-key' AND id = 'one'")
      copyRow(database, vault.older, 'manifest_rows', "tbl = 'records' AND id = 'api-key/one'")
      copyRow(database, vault.older, 'manifest_buckets', '1')
    })
    expect(opened.named).toContain('manifest rows')
    for (const kind of ['api-key', 'grant']) expect(opened.records.list(kind)).toEqual([])
    for (const name of names) expect(opened.items.reveal(vault.id(name), 'secret')).toBe(secretOf(name))
    expect(codeOf(() => opened.items.remove(vault.id('beta')))).toBe('damaged')
    opened.close()
  })

  it('names a removed item, also when its place in the list was removed with it', () => {
    const alone = vault.open((database) => database.exec(`DELETE FROM items WHERE ${alphaRow()}`))
    expect(alone.named).toEqual([`items ${vault.id('alpha')}`])
    expect(vault.wrongIn(alone)).toEqual([])
    alone.close()
    const both = vault.open((database) => {
      database.exec(`DELETE FROM items WHERE ${alphaRow()}`)
      database.exec(`DELETE FROM manifest_rows WHERE ${alphaRow()}`)
    })
    expect(both.named[0]).toMatch(/^manifest bucket-\d+$/)
    for (const name of ['beta', 'gamma', 'delta']) {
      if (!both.named.includes(`items ${vault.id(name)}`))
        expect(both.items.reveal(vault.id(name), 'secret')).toBe(secretOf(name))
    }
    both.close()
  })

  it('refuses an item that was put back after it was removed', () => {
    const opened = vault.open((database) => copyRow(database, vault.older, 'items', `id = '${vault.id('removed')}'`))
    expect(opened.named).toEqual([`items ${vault.id('removed')}`])
    expect(opened.items.byName('removed')).toBeUndefined()
    expect(vault.wrongIn(opened)).toEqual([])
    opened.close()
  })

  it('notices a cut or exchanged audit checkpoint', () => {
    for (const change of ["checkpoint_size = 3, checkpoint_root = 'cd'", 'checkpoint_size = NULL']) {
      const opened = vault.open((database) => database.exec(`UPDATE manifest SET ${change}`))
      expect(opened.named).toEqual(['manifest proof'])
      opened.close()
    }
  })
})

describe('damage that was found', () => {
  it('stays reported after later writes, until the row is removed', () => {
    const file = vault.files.copy(vault.newer)
    tamper(file, (database) => flipColumn(database, 'items', 'sealed_details', `id = '${vault.id('alpha')}'`))
    const first = vault.files.open(file)
    for (let index = 0; index < 20; index += 1) first.records.put('grant', `later-${index}`, { index })
    first.items.edit(vault.id('beta'), { notes: 'later' })
    first.close()
    const second = vault.files.open(file)
    expect(second.named).toEqual([`items ${vault.id('alpha')}`])
    expect(vault.wrongIn(second)).toEqual([])
    expect(second.records.list('grant')).toHaveLength(21)
    second.items.remove(vault.id('alpha'))
    second.close()
    const third = vault.files.open(file)
    expect(third.named).toEqual([])
    third.close()
  })

  it('stays reported when the proof itself was broken', () => {
    const file = vault.files.copy(vault.newer)
    tamper(file, (database) => flipColumn(database, 'manifest', 'mac', 'id = 1'))
    const first = vault.files.open(file)
    first.items.edit(vault.id('beta'), { notes: 'later' })
    first.close()
    const second = vault.files.open(file)
    expect(second.named).toEqual(['manifest proof'])
    expect(vault.wrongIn(second)).toEqual([])
    second.close()
  })

  it('is mended when only the list was wrong and the rows are proved', () => {
    const file = vault.files.copy(vault.newer)
    tamper(file, (database) => flipColumn(database, 'manifest_rows', 'digest', `id = '${vault.id('alpha')}'`))
    const first = vault.files.open(file)
    expect(first.named).toHaveLength(1)
    first.items.edit(vault.id('beta'), { notes: 'later' })
    first.close()
    const second = vault.files.open(file)
    expect(second.named).toEqual([])
    expect(vault.wrongIn(second)).toEqual([])
    second.close()
  })

  it('is also found while the vault is open, when a row is changed under it', () => {
    const opened = vault.files.open(vault.files.copy(vault.newer))
    opened.database.exec(`UPDATE items SET details_revision = 9 WHERE id = '${vault.id('gamma')}'`)
    expect(codeOf(() => opened.items.reveal(vault.id('gamma'), 'secret'))).toBe('damaged')
    expect(opened.items.reveal(vault.id('beta'), 'secret')).toBe(secretOf('beta'))
    opened.close()
  })
})

describe('a write that is cut off between the row and the manifest', () => {
  it('leaves everything as it was, in memory and in the file', () => {
    const file = vault.files.copy(vault.newer)
    const opened = vault.files.open(file)
    opened.database.exec(
      "CREATE TEMP TRIGGER cut BEFORE UPDATE ON main.manifest BEGIN SELECT RAISE(ABORT, 'cut off'); END",
    )
    const { items, records } = opened
    expect(() => items.add({ kind: 'login', name: 'new', hosts: [], userName: '', secret: 'x', notes: '' })).toThrow(
      'cut off',
    )
    expect(() => items.edit(vault.id('beta'), { name: 'renamed', secret: 'changed' })).toThrow('cut off')
    expect(() => items.remove(vault.id('gamma'))).toThrow('cut off')
    expect(() => records.put('grant', 'three', { uses: 99 })).toThrow('cut off')
    expect(vault.wrongIn(opened)).toEqual([])
    opened.database.exec('DROP TRIGGER cut')
    items.edit(vault.id('beta'), { notes: 'goes on' })
    expect(vault.wrongIn(opened)).toEqual([])
    opened.close()
    const again = vault.files.open(file)
    expect(again.named).toEqual([])
    expect(vault.wrongIn(again)).toEqual([])
    again.close()
  })
})

describe('a bad page of the file', () => {
  it('never yields a wrong value: the vault says it is damaged, or names what is lost and opens the rest', () => {
    const whole = readFileSync(vault.newer)
    const pageBytes = whole.readUInt16BE(16)
    let opens = 0
    for (let at = 0; at < whole.length; at += pageBytes) {
      const broken = Buffer.from(whole)
      broken.fill(0xa5, at, at + pageBytes)
      const file = vault.files.copy(vault.newer)
      writeFileSync(file, broken)
      try {
        const opened = vault.files.open(file)
        expect(vault.wrongIn(opened)).toEqual([])
        if (opened.named.length > 0) opens += 1
        opened.close()
      } catch (error) {
        const code = error instanceof AppError ? error.code : error
        expect({ at, code }).toEqual({ at, code: 'damaged' })
      }
    }
    expect(opens).toBeGreaterThan(0)
  })
})
