import { readFileSync, writeFileSync } from 'node:fs'
import SqliteDatabase from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChangeEvents } from '../../../src/main/change-events.ts'
import { systemClock } from '../../../src/main/clock.ts'
import { Vault } from '../../../src/main/vault/vault.ts'
import { AppError } from '../../../src/shared/app-error.ts'
import { codeOf, codeOfPromise } from '../../support/error-code.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'
import { tamper, VaultFiles, type Opened } from './vault-file.ts'

const names = ['alpha', 'beta', 'gamma', 'delta']
const secretOf = (name: string): string => `secret of ${name}`

let vault: TestVault
let files: VaultFiles
/** The file as it was before the last changes, and as it is now. */
let older: string
let newer: string
let ids: Readonly<Record<string, string>>

beforeAll(async () => {
  vault = await createTestVault()
  const { items, records } = vault.vault
  const added = names.map((name) =>
    items.add({ kind: 'api-key', name, hosts: [], userName: 'ada', secret: secretOf(name), notes: '' }),
  )
  const removed = items.add({ kind: 'login', name: 'removed', hosts: [], userName: '', secret: 'gone', notes: '' })
  ids = Object.fromEntries([...added, removed].map(({ name, id }) => [name, id]))
  records.put('api-key', 'one', { scopes: ['openclaw:write'] }, { hash: 'aa' })
  records.put('api-key', 'two', { scopes: [] }, { hash: 'bb' })
  records.put('grant', 'three', { uses: 5 })
  vault.vault.setAuditCheckpoint({ size: 7, root: 'ab'.repeat(32) })
  // Edits from here on, so that the older copy has rows of an earlier revision.
  vault.reopen()
  files = await VaultFiles.of({ ...vault, vault: vault.reopen() })
  older = files.copy(vault.file)
  const now = files.open(vault.file)
  now.items.edit(id('alpha'), { notes: 'edited' })
  now.items.remove(id('removed'))
  now.records.put('api-key', 'one', { scopes: [], revoked: true }, { hash: 'aa' })
  now.close()
  newer = vault.file
})
afterAll(() => vault.cleanup())

function id(name: string): string {
  return ids[name] ?? ''
}

/** Opens a copy of the newer file after a change made from outside. */
function openChanged(change: (database: SqliteDatabase.Database) => void): Opened & { readonly file: string } {
  const file = files.copy(newer)
  tamper(file, change)
  return { ...files.open(file), file }
}

/** Everything that is not named as damaged is there and right; everything that is named is refused. */
function expectRestOpens({ items, records, named }: Opened): void {
  for (const name of names) {
    if (named.includes(`items ${id(name)}`)) {
      expect(items.byName(name)).toBeUndefined()
      expect(codeOf(() => items.get(id(name)))).toBe('not_found')
      expect(items.list().map((item) => item.id)).not.toContain(id(name))
    } else expect(items.reveal(id(name), 'secret')).toBe(secretOf(name))
  }
  const expected = {
    'api-key/one': { scopes: [], revoked: true },
    'api-key/two': { scopes: [] },
    'grant/three': { uses: 5 },
  }
  for (const [key, value] of Object.entries(expected)) {
    const [kind = '', recordId = ''] = key.split('/')
    const refused = named.includes(`records ${key}`)
    expect(records.get(kind, recordId)).toEqual(refused ? undefined : value)
    expect(records.listClear(kind).some((row) => row.id === recordId)).toBe(kind === 'api-key' && !refused)
  }
}

function flip(value: unknown): unknown {
  if (Buffer.isBuffer(value)) {
    const bytes = Buffer.from(value)
    const middle = Math.floor(bytes.length / 2)
    bytes[middle] = (bytes[middle] ?? 0) ^ 0x10
    return bytes
  }
  if (typeof value === 'number') return value + 1
  if (typeof value === 'string') return value.endsWith('x') ? `${value.slice(0, -1)}y` : `${value.slice(0, -1)}x`
  return 'no longer null'
}

/** Flips one column of one row. */
function flipColumn(database: SqliteDatabase.Database, table: string, column: string, where: string): void {
  const value = database.prepare(`SELECT ${column} FROM ${table} WHERE ${where}`).pluck().get()
  database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${where}`).run(flip(value))
}

function columnsOf(table: string): ReadonlyArray<string> {
  const database = new SqliteDatabase(newer, { readonly: true })
  const columns = database.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[]
  database.close()
  return columns
}

describe('a file that nobody touched', () => {
  it('opens without a problem', () => {
    const opened = files.open(files.copy(newer))
    expect(opened.named).toEqual([])
    expectRestOpens(opened)
    opened.close()
  })
})

describe('every column of every kind of row, flipped', () => {
  it.each([
    ['items', () => `items ${id('alpha')}`, () => `id = '${id('alpha')}'`],
    ['records', () => 'records api-key/one', () => "kind = 'api-key' AND id = 'one'"],
    ['records', () => 'records grant/three', () => "kind = 'grant' AND id = 'three'"],
    ['own_keys', () => 'own_keys inbox', () => "id = 'inbox'"],
    ['own_keys', () => 'own_keys audit', () => "id = 'audit'"],
  ])('%s: is named and refused, and the rest opens (row %#)', (table, name, where) => {
    for (const column of columnsOf(table)) {
      const opened = openChanged((database) => {
        flipColumn(database, table, column, where())
      })
      expect(opened.named, column).toContain(name())
      expectRestOpens(opened)
      opened.close()
    }
  })

  it.each([
    ['manifest', 'id = 1', ['id']],
    ['manifest_buckets', 'bucket = (SELECT min(bucket) FROM manifest_buckets)', ['bucket']],
    ['manifest_rows', "tbl = 'items'", []],
    ['manifest_rows', "tbl = 'records' AND id = 'grant/three'", []],
    ['header', 'id = 1', ['id', 'format', 'vault_id']],
  ])('%s: is named, and everything opens', (table, where, apart) => {
    for (const column of columnsOf(table).filter((one) => !apart.includes(one))) {
      const opened = openChanged((database) => {
        const first = database
          .prepare(`SELECT min(rowid) FROM ${table === 'manifest_rows' ? 'manifest' : table}`)
          .pluck()
        first.get()
        flipColumn(database, table, column, table === 'manifest_rows' ? firstRow(database, where) : where)
      })
      expect(opened.named.length, column).toBeGreaterThan(0)
      expect(opened.named.filter((name) => /^(items|records) /.test(name))).toEqual([])
      expectRestOpens(opened)
      opened.close()
    }
  })

  it('a broken proof is told apart from broken rows', () => {
    const opened = openChanged((database) => flipColumn(database, 'manifest', 'counter', 'id = 1'))
    expect(opened.named).toEqual(['manifest proof'])
    opened.close()
  })

  it('a swapped inbox key in the header is named and not used', () => {
    const opened = openChanged((database) => {
      database.prepare('UPDATE header SET inbox_public = ?').run(Buffer.alloc(32, 9))
    })
    expect(opened.named).toContain('header inbox_public')
    opened.close()
  })
})

describe('rows moved, put back, removed and put in', () => {
  const copyRow = (database: SqliteDatabase.Database, from: string, table: string, where: string): void => {
    database.exec(`ATTACH '${from}' AS old`)
    database.exec(`DELETE FROM main.${table} WHERE ${where}`)
    database.exec(`INSERT INTO main.${table} SELECT * FROM old.${table} WHERE ${where}`)
    database.exec('DETACH old')
  }
  const alphaRow = (): string => `id = '${id('alpha')}'`

  it('refuses two items that changed places', () => {
    const opened = openChanged((database) => {
      const swap = database.prepare('UPDATE items SET id = ? WHERE id = ?')
      swap.run('itm_x', id('alpha'))
      swap.run(id('alpha'), id('beta'))
      swap.run(id('beta'), 'itm_x')
    })
    expect(opened.named.toSorted()).toEqual([`items ${id('alpha')}`, `items ${id('beta')}`].toSorted())
    expectRestOpens(opened)
    opened.close()
  })

  it('refuses details that came from another item', () => {
    const opened = openChanged((database) => {
      database.exec(
        `UPDATE items SET sealed_details = (SELECT sealed_details FROM items WHERE id = '${id('beta')}') WHERE ${alphaRow()}`,
      )
    })
    expect(opened.named).toEqual([`items ${id('alpha')}`])
    expectRestOpens(opened)
    opened.close()
  })

  it('refuses a row put back to an earlier state', () => {
    const opened = openChanged((database) => copyRow(database, older, 'items', alphaRow()))
    expect(opened.named).toEqual([`items ${id('alpha')}`])
    expectRestOpens(opened)
    opened.close()
  })

  it('refuses a revoked key that was put back together with its place in the list', () => {
    const opened = openChanged((database) => {
      copyRow(database, older, 'records', "kind = 'api-key' AND id = 'one'")
      copyRow(database, older, 'manifest_rows', "tbl = 'records' AND id = 'api-key/one'")
    })
    expect(opened.named).toContain('records api-key/one')
    expectRestOpens(opened)
    opened.close()
  })

  it('gives no rights from a list whose proof was broken together with it, but lets items be read', () => {
    const opened = openChanged((database) => {
      copyRow(database, older, 'records', "kind = 'api-key' AND id = 'one'")
      copyRow(database, older, 'manifest_rows', "tbl = 'records' AND id = 'api-key/one'")
      copyRow(database, older, 'manifest_buckets', '1')
    })
    expect(opened.named).toContain('manifest rows')
    for (const kind of ['api-key', 'grant']) expect(opened.records.list(kind)).toEqual([])
    for (const name of names) expect(opened.items.reveal(id(name), 'secret')).toBe(secretOf(name))
    expect(codeOf(() => opened.items.remove(id('beta')))).toBe('damaged')
    opened.close()
  })

  it('names a removed item, also when its place in the list was removed with it', () => {
    const alone = openChanged((database) => database.exec(`DELETE FROM items WHERE ${alphaRow()}`))
    expect(alone.named).toEqual([`items ${id('alpha')}`])
    expectRestOpens(alone)
    alone.close()
    const both = openChanged((database) => {
      database.exec(`DELETE FROM items WHERE ${alphaRow()}`)
      database.exec(`DELETE FROM manifest_rows WHERE ${alphaRow()}`)
    })
    expect(both.named[0]).toMatch(/^manifest bucket-\d+$/)
    for (const name of ['beta', 'gamma', 'delta']) {
      if (!both.named.includes(`items ${id(name)}`)) expect(both.items.reveal(id(name), 'secret')).toBe(secretOf(name))
    }
    both.close()
  })

  it('refuses an item that was put back after it was removed', () => {
    const opened = openChanged((database) => copyRow(database, older, 'items', `id = '${id('removed')}'`))
    expect(opened.named).toEqual([`items ${id('removed')}`])
    expect(opened.items.byName('removed')).toBeUndefined()
    expectRestOpens(opened)
    opened.close()
  })

  it('notices a cut or exchanged audit checkpoint', () => {
    for (const change of ["checkpoint_size = 3, checkpoint_root = 'cd'", 'checkpoint_size = NULL']) {
      const opened = openChanged((database) => database.exec(`UPDATE manifest SET ${change}`))
      expect(opened.named).toEqual(['manifest proof'])
      opened.close()
    }
  })
})

describe('damage that was found', () => {
  it('stays reported after later writes, until the row is removed', () => {
    const file = files.copy(newer)
    tamper(file, (database) => flipColumn(database, 'items', 'sealed_details', `id = '${id('alpha')}'`))
    const first = files.open(file)
    for (let index = 0; index < 20; index += 1) first.records.put('grant', `later-${index}`, { index })
    first.items.edit(id('beta'), { notes: 'later' })
    first.close()
    const second = files.open(file)
    expect(second.named).toEqual([`items ${id('alpha')}`])
    expectRestOpens(second)
    expect(second.records.list('grant')).toHaveLength(21)
    second.items.remove(id('alpha'))
    second.close()
    const third = files.open(file)
    expect(third.named).toEqual([])
    third.close()
  })

  it('stays reported when the proof itself was broken', () => {
    const file = files.copy(newer)
    tamper(file, (database) => flipColumn(database, 'manifest', 'mac', 'id = 1'))
    const first = files.open(file)
    first.items.edit(id('beta'), { notes: 'later' })
    first.close()
    const second = files.open(file)
    expect(second.named).toEqual(['manifest proof'])
    expectRestOpens(second)
    second.close()
  })

  it('is mended when only the list was wrong and the rows are proved', () => {
    const file = files.copy(newer)
    tamper(file, (database) => flipColumn(database, 'manifest_rows', 'digest', `id = '${id('alpha')}'`))
    const first = files.open(file)
    expect(first.named).toHaveLength(1)
    first.items.edit(id('beta'), { notes: 'later' })
    first.close()
    const second = files.open(file)
    expect(second.named).toEqual([])
    expectRestOpens(second)
    second.close()
  })

  it('is also found while the vault is open, when a row is changed under it', () => {
    const opened = files.open(files.copy(newer))
    opened.database.exec(`UPDATE items SET details_revision = 9 WHERE id = '${id('gamma')}'`)
    expect(codeOf(() => opened.items.reveal(id('gamma'), 'secret'))).toBe('damaged')
    expect(opened.items.reveal(id('beta'), 'secret')).toBe(secretOf('beta'))
    opened.close()
  })
})

describe('a bad page of the file', () => {
  it('never yields a wrong value: the vault says it is damaged, or names what is lost and opens the rest', () => {
    const whole = readFileSync(newer)
    const pageBytes = whole.readUInt16BE(16)
    let opens = 0
    for (let at = 0; at < whole.length; at += pageBytes) {
      const broken = Buffer.from(whole)
      broken.fill(0xa5, at, at + pageBytes)
      const file = files.copy(newer)
      writeFileSync(file, broken)
      try {
        const opened = files.open(file)
        expectRestOpens(opened)
        if (opened.named.length > 0) opens += 1
        opened.close()
      } catch (error) {
        expect(error, `page at ${at}`).toBeInstanceOf(AppError)
        expect((error as AppError).code).toBe('damaged')
      }
    }
    expect(opens).toBeGreaterThan(0)
  })
})

describe('a changed header or key slot, by password', () => {
  const unlock = async (change: (database: SqliteDatabase.Database) => void): Promise<string> => {
    const file = files.copy(newer)
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
    const params = JSON.parse(database.prepare('SELECT params FROM key_slots').pluck().get() as string) as object
    database.prepare('UPDATE key_slots SET params = ?').run(JSON.stringify({ ...params, ...change }))
  }

  it.each<[string, string, (database: SqliteDatabase.Database) => void]>([
    ['a newer format', 'too_new', (database) => database.exec('UPDATE header SET format = 2')],
    ['an older format', 'damaged', (database) => database.exec('UPDATE header SET format = 0')],
    ['a missing header', 'damaged', (database) => database.exec('DELETE FROM header')],
    ['no slot', 'damaged', (database) => database.exec('DELETE FROM key_slots')],
    ['another vault id', 'damaged', (database) => flipColumn(database, 'header', 'vault_id', '1')],
    ['a slot of another id', 'damaged', (database) => flipColumn(database, 'key_slots', 'id', '1')],
    ['a slot of another kind', 'damaged', (database) => flipColumn(database, 'key_slots', 'kind', '1')],
    ['a slot of another epoch', 'damaged', (database) => flipColumn(database, 'key_slots', 'epoch', '1')],
    ['a flipped vault key', 'damaged', (database) => flipColumn(database, 'key_slots', 'sealed_vault_key', '1')],
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
