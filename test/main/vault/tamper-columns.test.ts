import SqliteDatabase from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChangeEvents } from '../../../src/main/change-events.ts'
import { systemClock } from '../../../src/main/clock.ts'
import { Vault } from '../../../src/main/vault/vault.ts'
import type { AppError } from '../../../src/shared/app-error.ts'
import { codeOfPromise } from '../../support/error-code.ts'
import { ChangedVault, flipColumn } from './changed-vault.ts'
import { tamper } from './vault-file.ts'

let vault: ChangedVault

beforeAll(async () => {
  vault = await ChangedVault.make()
})
afterAll(() => vault.cleanup())

function columnsOf(table: string): ReadonlyArray<string> {
  const database = new SqliteDatabase(vault.newer, { readonly: true })
  const columns = database.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[]
  database.close()
  return columns
}

describe('a file that nobody touched', () => {
  it('opens without a problem', () => {
    const opened = vault.files.open(vault.files.copy(vault.newer))
    expect(opened.named).toEqual([])
    expect(vault.wrongIn(opened)).toEqual([])
    opened.close()
  })
})

describe('every column of every kind of row, flipped', () => {
  it.each([
    ['items', () => `items ${vault.id('alpha')}`, () => `id = '${vault.id('alpha')}'`],
    ['items', () => `items ${vault.id('delta')}`, () => `id = '${vault.id('delta')}'`],
    ['item_versions', () => `item_versions ${vault.id('alpha')}/1`, () => `item_id = '${vault.id('alpha')}'`],
    ['files', () => `files ${vault.id('delta')}/${vault.fileId}`, () => `id = '${vault.fileId}'`],
    ['records', () => 'records api-key/one', () => "kind = 'api-key' AND id = 'one'"],
    ['records', () => 'records grant/three', () => "kind = 'grant' AND id = 'three'"],
    ['own_keys', () => 'own_keys inbox', () => "id = 'inbox'"],
    ['own_keys', () => 'own_keys audit', () => "id = 'audit'"],
  ])('%s: is named and refused, and the rest opens (row %#)', (table, name, where) => {
    for (const column of columnsOf(table)) {
      const opened = vault.open((database) => {
        flipColumn(database, table, column, where())
      })
      expect({ column, named: opened.named }).toEqual({ column, named: expect.arrayContaining([name()]) })
      expect(vault.wrongIn(opened)).toEqual([])
      opened.close()
    }
  })

  it.each([
    ['manifest', 'id = 1', ['id']],
    ['manifest_buckets', 'bucket = (SELECT min(bucket) FROM manifest_buckets)', ['bucket']],
    ['manifest_rows', "tbl = 'items'", []],
    ['manifest_rows', "tbl = 'files'", []],
    ['manifest_rows', "tbl = 'item_versions'", []],
    ['manifest_rows', "tbl = 'records' AND id = 'grant/three'", []],
    ['header', 'id = 1', ['id', 'format', 'vault_id']],
    // The number after it is not taken: which parts there are is chance.
    [
      'overview_parts',
      'part = (SELECT min(part) FROM overview_parts WHERE part + 1 NOT IN (SELECT part FROM overview_parts))',
      [],
    ],
  ])('%s: is named, and everything opens', (table, where, apart) => {
    for (const column of columnsOf(table).filter((one) => !apart.includes(one))) {
      const opened = vault.open((database) => {
        flipColumn(database, table, column, table === 'manifest_rows' ? firstRow(database, where) : where)
      })
      expect({ column, isNamed: opened.named.length > 0 }).toEqual({ column, isNamed: true })
      expect(opened.named.filter((name) => /^(items|item_versions|files|records) /.test(name))).toEqual([])
      expect(vault.wrongIn(opened)).toEqual([])
      opened.close()
    }
  })

  it('a broken proof is told apart from broken rows', () => {
    const opened = vault.open((database) => flipColumn(database, 'manifest', 'counter', 'id = 1'))
    expect(opened.named).toEqual(['manifest proof'])
    opened.close()
  })

  it('a swapped inbox key in the header is named and not used', () => {
    const opened = vault.open((database) => {
      database.prepare('UPDATE header SET inbox_public = ?').run(Buffer.alloc(32, 9))
    })
    expect(opened.named).toContain('header inbox_public')
    opened.close()
  })
})

const passwordSlot = "kind = 'password'"

describe('a changed header or key slot, by password', () => {
  const unlock = async (change: (database: SqliteDatabase.Database) => void): Promise<string> => {
    const file = vault.files.copy(vault.newer)
    tamper(file, change)
    let opened: Vault | undefined
    try {
      opened = Vault.open({ file, clock: systemClock, events: new ChangeEvents() })
      return await codeOfPromise(opened.unlock(vault.password))
    } catch (error) {
      return (error as AppError).code
    } finally {
      opened?.close()
    }
  }
  const setParams = (database: SqliteDatabase.Database, change: object): void => {
    const params = JSON.parse(
      database.prepare(`SELECT params FROM key_slots WHERE ${passwordSlot}`).pluck().get() as string,
    ) as object
    database
      .prepare(`UPDATE key_slots SET params = ? WHERE ${passwordSlot}`)
      .run(JSON.stringify({ ...params, ...change }))
  }

  it.each<[string, string, (database: SqliteDatabase.Database) => void]>([
    ['a newer format', 'too_new', (database) => database.exec('UPDATE header SET format = 2')],
    ['an older format', 'damaged', (database) => database.exec('UPDATE header SET format = 0')],
    ['a missing header', 'damaged', (database) => database.exec('DELETE FROM header')],
    ['no slot', 'damaged', (database) => database.exec('DELETE FROM key_slots')],
    ['another vault id', 'damaged', (database) => flipColumn(database, 'header', 'vault_id', '1')],
    ['a slot of another id', 'damaged', (database) => flipColumn(database, 'key_slots', 'id', passwordSlot)],
    ['a slot of another kind', 'damaged', (database) => flipColumn(database, 'key_slots', 'kind', passwordSlot)],
    ['a slot of another epoch', 'damaged', (database) => flipColumn(database, 'key_slots', 'epoch', passwordSlot)],
    [
      'a flipped vault key',
      'damaged',
      (database) => flipColumn(database, 'key_slots', 'sealed_vault_key', passwordSlot),
    ],
    ['weaker parameters', 'damaged', (database) => setParams(database, { memoryKiB: 8 })],
    ['a memory bomb', 'damaged', (database) => setParams(database, { memoryKiB: 2 ** 31 })],
    ['stronger parameters', 'damaged', (database) => setParams(database, { passes: 4 })],
    ['unreadable parameters', 'damaged', (database) => database.exec("UPDATE key_slots SET params = 'x'")],
  ])('%s: %s', async (_name, expected, change) => {
    expect(await unlock(change)).toBe(expected)
  })
})

function firstRow(database: SqliteDatabase.Database, where: string): string {
  const row = database.prepare(`SELECT tbl, id FROM manifest_rows WHERE ${where} ORDER BY id LIMIT 1`).get()
  const { tbl, id: rowId } = row as { tbl: string; id: string }
  return `tbl = '${tbl}' AND id = '${rowId}'`
}
