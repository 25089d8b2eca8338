import { readFileSync, writeFileSync } from 'node:fs'
import SqliteDatabase from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bucketOf, itemAtOnceLine } from '../../../src/main/vault/manifest-lines.ts'
import { OverviewParts } from '../../../src/main/vault/overview-parts.ts'
import { readRows } from '../../../src/main/vault/read-rows.ts'
import type { ItemInput } from '../../../src/shared/models/item.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'
import { tamper, VaultFiles, type Opened } from './vault-file.ts'

let test: TestVault
let files: VaultFiles

beforeAll(async () => {
  test = await createTestVault()
  for (let at = 0; at < 300; at += 1) test.vault.items.add(key(`key ${at}`))
  files = await VaultFiles.of(test)
})
afterAll(() => test.cleanup())

function key(name: string): ItemInput {
  return { kind: 'api-key', name, hosts: [], userName: '', secret: `secret of ${name}`, notes: '' }
}

/** The names in the parts that are good for the rows as they are. */
function namesInParts({ database, session }: Opened): ReadonlyArray<string> {
  const parts = new OverviewParts()
  parts.read(database, session)
  expect(parts.problems).toEqual([])
  return [...readRows(database, 'items')].flatMap((row) => parts.take(itemAtOnceLine(row))?.name ?? []).toSorted()
}

function namesIn({ items }: Opened): ReadonlyArray<string> {
  return items.list().map(({ name }) => name)
}

/** Overwrites all pages that a table alone has but its first. */
function zeroPages(file: string, table: string): void {
  const database = new SqliteDatabase(file, { readonly: true })
  const pageBytes = database.pragma('page_size', { simple: true }) as number
  const pages = database
    .prepare("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'")
    .pluck()
    .all(table) as ReadonlyArray<number>
  database.close()
  const bytes = readFileSync(file)
  for (const page of pages) bytes.fill(0, (page - 1) * pageBytes, page * pageBytes)
  writeFileSync(file, bytes)
}

/** A copy that a change is made in, closed again. */
function changed(change: (opened: Opened) => void, from = test.file): string {
  const file = files.copy(from)
  const opened = files.open(file)
  change(opened)
  opened.close()
  return file
}

function idOf({ items }: Opened, name: string): string {
  return items.byName(name)?.id ?? ''
}

describe('the overviews that are sealed together', () => {
  it('are those of every item, after each kind of change', () => {
    const file = changed((opened) => {
      const { items } = opened
      expect(namesInParts(opened)).toEqual(namesIn(opened))
      items.edit(idOf(opened, 'key 1'), { name: 'renamed' })
      items.edit(idOf(opened, 'key 2'), { secret: 'another' })
      items.addMany([{ input: key('one more') }, { input: key('another') }])
      const erased = idOf(opened, 'key 3')
      items.remove(erased)
      items.trash.erase([erased])
      expect(namesInParts(opened)).toEqual(namesIn(opened))
      expect(namesIn(opened)).toHaveLength(301)
    })
    const again = files.open(file)
    expect(again.named).toEqual([])
    expect(namesInParts(again)).toEqual(namesIn(again))
    expect(namesIn(again)).toEqual(expect.arrayContaining(['renamed', 'one more']))
    again.close()
  })

  it('hold nothing of an erased item any more', () => {
    const file = changed((opened) => {
      const erased = idOf(opened, 'key 7')
      opened.items.remove(erased)
      opened.items.trash.erase([erased])
    })
    tamper(file, (database) => {
      database.exec(`ATTACH '${test.file}' AS old`)
      database.exec('INSERT INTO main.items SELECT * FROM old.items WHERE id NOT IN (SELECT id FROM main.items)')
      database.exec('DETACH old')
    })
    const opened = files.open(file)
    expect(namesInParts(opened)).toHaveLength(299)
    expect(opened.items.byName('key 7')).toBeUndefined()
    opened.close()
  })

  it('stay as they were when a change is not written', () => {
    changed((opened) => {
      opened.database.exec(
        "CREATE TEMP TRIGGER full BEFORE UPDATE ON manifest BEGIN SELECT RAISE(ABORT, 'no room'); END",
      )
      expect(() => opened.items.edit(idOf(opened, 'key 1'), { name: 'renamed' })).toThrow('no room')
      opened.database.exec('DROP TRIGGER full')
      expect(namesInParts(opened)).toContain('key 1')
      opened.items.edit(idOf(opened, 'key 1'), { name: 'renamed' })
      expect(namesInParts(opened)).toContain('renamed')
    })
  })
})

describe('overviews sealed together, changed from outside', () => {
  const partOf = (name: string): number => {
    const opened = files.open(test.file)
    const part = bucketOf(idOf(opened, name))
    opened.close()
    return part
  }

  it.each<[string, (part: number) => string]>([
    ['flipped', (part) => `UPDATE overview_parts SET sealed = zeroblob(length(sealed)) WHERE part = ${part}`],
    ['cut', (part) => `UPDATE overview_parts SET sealed = substr(sealed, 1, 40) WHERE part = ${part}`],
    [
      'given a number that no part has',
      (part) => `PRAGMA ignore_check_constraints = ON; UPDATE overview_parts SET part = 7000 WHERE part = ${part}`,
    ],
    [
      'given a number that no program can count',
      (part) =>
        `PRAGMA ignore_check_constraints = ON; UPDATE overview_parts SET part = 4611686018427387905 WHERE part = ${part}`,
    ],
    ['emptied', (part) => `UPDATE overview_parts SET sealed = x'' WHERE part = ${part}`],
    [
      'put in the place of another',
      (part) =>
        `UPDATE overview_parts SET sealed = (SELECT sealed FROM overview_parts WHERE part <> ${part}) WHERE part = ${part}`,
    ],
  ])('are named when %s, and every item opens', (_how, sql) => {
    const part = partOf('key 1')
    const file = files.copy(test.file)
    tamper(file, (database) => database.exec(sql(part)))
    const opened = files.open(file)
    expect(opened.named).toEqual([expect.stringMatching(`overview_parts part-(${part}|7000|46116860184273\\d+)`)])
    expect(namesIn(opened)).toHaveLength(300)
    expect(opened.items.reveal(idOf(opened, 'key 1'), 'secret')).toBe('secret of key 1')
    // Any change, as the audit log makes one at every lock.
    opened.records.put('grant', 'one', {})
    opened.close()
    const again = files.open(file)
    expect(again.named).toEqual([])
    again.items.add(key('any change'))
    expect(namesInParts(again)).toHaveLength(301)
    again.close()
  })

  it('are named when an earlier one was put back, and the item is as it is now', () => {
    const part = partOf('key 1')
    const file = changed((opened) => opened.items.edit(idOf(opened, 'key 1'), { name: 'renamed' }))
    tamper(file, (database) => {
      database.exec(`ATTACH '${test.file}' AS old`)
      database.exec(`INSERT OR REPLACE INTO main.overview_parts SELECT * FROM old.overview_parts WHERE part = ${part}`)
      database.exec('DETACH old')
    })
    const opened = files.open(file)
    expect(opened.named).toEqual([`overview_parts part-${part}`])
    expect(opened.items.byName('renamed')).toBeDefined()
    expect(opened.items.byName('key 1')).toBeUndefined()
    opened.close()
  })

  it.each(['DELETE FROM overview_parts', 'DELETE FROM overview_parts WHERE part < 100'])(
    'are made again by the next change after %s',
    (sql) => {
      const file = files.copy(test.file)
      tamper(file, (database) => database.exec(sql))
      const opened = files.open(file)
      expect(opened.named).toEqual([])
      expect(namesIn(opened)).toHaveLength(300)
      opened.items.edit(idOf(opened, 'key 1'), { notes: 'changed' })
      opened.close()
      const again = files.open(file)
      expect(namesInParts(again)).toEqual(namesIn(again))
      again.close()
    },
  )
})

describe('a row changed from outside', () => {
  it('is not served from the overviews sealed together', () => {
    const file = files.copy(test.file)
    let id = ''
    tamper(file, (database) => {
      id = database.prepare('SELECT id FROM items').pluck().get() as string
      database.prepare('UPDATE items SET sealed_overview = zeroblob(length(sealed_overview)) WHERE id = ?').run(id)
    })
    const opened = files.open(file)
    expect(opened.named).toEqual([`items ${id}`])
    expect(opened.items.has(id)).toBe(false)
    opened.close()
  })
})

describe('a damaged page under the overviews sealed together', () => {
  it('is named, and items are added, edited and removed as before', () => {
    const file = files.copy(test.file)
    zeroPages(file, 'overview_parts')
    const opened = files.open(file)
    expect(opened.named).toEqual(['overview_parts pages'])
    expect(namesIn(opened)).toHaveLength(300)
    for (let at = 0; at < 300; at += 10) opened.items.edit(idOf(opened, `key ${at}`), { notes: 'edited' })
    opened.items.add(key('one more'))
    opened.items.remove(idOf(opened, 'key 5'))
    opened.close()
    const again = files.open(file)
    expect(again.named).toEqual(['overview_parts pages'])
    expect(namesIn(again)).toHaveLength(300)
    expect(again.items.reveal(idOf(again, 'key 10'), 'notes')).toBe('edited')
    again.close()
  })

  it('is told apart from what is no damage, which stops the change', () => {
    const opened = files.open(files.copy(test.file))
    opened.database.exec(
      `CREATE TEMP TRIGGER bad BEFORE INSERT ON overview_parts BEGIN SELECT RAISE(ABORT, 'bad page'); END`,
    )
    expect(() => opened.items.add(key('one more'))).toThrow('bad page')
    expect(namesIn(opened)).toHaveLength(300)
    opened.close()
  })
})
