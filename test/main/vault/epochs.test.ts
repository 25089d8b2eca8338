import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChangeEvents } from '../../../src/main/change-events.ts'
import { systemClock } from '../../../src/main/clock.ts'
import type { Course } from '../../../src/main/vault/paced.ts'
import { Vault } from '../../../src/main/vault/vault.ts'
import { codeOfPromise } from '../../support/error-code.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'
import { tamper } from './vault-file.ts'

const course: Course = { signal: new AbortController().signal }

let test: TestVault
let older: string
let newer: string
let id = ''

beforeAll(async () => {
  test = await createTestVault()
  const { vault, home } = test
  older = join(home, 'older.ckbackup')
  newer = join(home, 'newer.ckbackup')
  const rest = { kind: 'api-key', hosts: [], userName: '', notes: '' } as const
  id = vault.items.add({ ...rest, hosts: [], name: 'one', secret: 'secret one' }).id
  vault.items.add({ ...rest, hosts: [], name: 'two', secret: 'secret two' })
  vault.records.put('grant', 'one', { uses: 5 })
  await vault.whole.copyTo(older, course)
  await vault.whole.rotate(course, async () => {})
  await vault.whole.copyTo(newer, course)
})
afterAll(() => test.cleanup())

let count = 0

/** The newer file with something of the older epoch in it; `old` is the attached older file. */
async function mixed(change: string): Promise<Vault> {
  count += 1
  const file = join(test.home, `mixed-${count}.db`)
  copyFileSync(newer, file)
  tamper(file, (database: SqliteDatabase.Database) => {
    database.exec(`ATTACH '${older}' AS old; ${change}; DETACH old`)
  })
  return Vault.open({ file, clock: systemClock, events: new ChangeEvents() })
}

describe('a vault file with something of an older epoch in it', () => {
  it.each([
    [
      'the wrap of one item',
      `UPDATE items SET (epoch, sealed_key) = (SELECT epoch, sealed_key FROM old.items o WHERE o.id = items.id) WHERE id = '$id'`,
      'items $id',
    ],
    ['one item as it was', `INSERT OR REPLACE INTO items SELECT * FROM old.items WHERE id = '$id'`, 'items $id'],
    ['a record', `INSERT OR REPLACE INTO records SELECT * FROM old.records WHERE id = 'one'`, 'records grant/one'],
    ['the own keys', 'INSERT OR REPLACE INTO own_keys SELECT * FROM old.own_keys', 'own_keys audit'],
    ['the epoch of the header', 'UPDATE header SET epoch = 1', 'header epoch'],
    ['the MACs of the manifest', 'INSERT OR REPLACE INTO manifest SELECT * FROM old.manifest', 'manifest rows'],
    [
      'the recovery slot',
      `DELETE FROM key_slots WHERE kind = 'recovery'; INSERT INTO key_slots SELECT * FROM old.key_slots WHERE kind = 'recovery'`,
      'manifest proof',
    ],
  ])('%s: is named, not used, and the rest opens', async (_name, change, named) => {
    const vault = await mixed(change.replaceAll('$id', id))
    await vault.unlock(test.password)
    const problems = vault.problems.map((problem) => `${problem.table} ${problem.id}`)
    expect(problems).toContain(named.replace('$id', id))
    if (named.startsWith('items')) expect(vault.items.byName('one')).toBeUndefined()
    const two = vault.items.byName('two')
    expect(vault.items.reveal(two?.id ?? '', 'secret')).toBe('secret two')
    expect(await codeOfPromise(vault.whole.rotate(course, async () => {}))).toBe('damaged')
    vault.close()
  })

  it('all slots, as they were before the rotation: opens nothing', async () => {
    const vault = await mixed('DELETE FROM key_slots; INSERT INTO key_slots SELECT * FROM old.key_slots')
    await vault.unlock(test.password).catch(() => undefined)
    // The old key opens no row of the new epoch.
    expect(vault.state === 'unlocked' ? vault.items.list() : []).toEqual([])
    if (vault.state === 'unlocked') expect(vault.problems.length).toBeGreaterThan(0)
    vault.close()
  })
})

it('every slot keeps its key pair over a rotation, and gets another ephemeral key and another seal', async () => {
  const old = new SqliteDatabase(older, { readonly: true })
  const now = new SqliteDatabase(newer, { readonly: true })
  const slots = (database: SqliteDatabase.Database): ReadonlyArray<{ id: string; sealed_vault_key: Buffer }> =>
    database.prepare('SELECT id, sealed_vault_key FROM key_slots ORDER BY id').all() as never
  const [before, after] = [slots(old), slots(now)]
  // The same slots with the same public keys, but another ephemeral key and another seal.
  expect(after.map(({ id: slotId }) => slotId)).toEqual(before.map(({ id: slotId }) => slotId))
  for (const [index, { sealed_vault_key: blob }] of after.entries()) {
    const earlier = before[index]?.sealed_vault_key ?? Buffer.alloc(0)
    expect(blob.subarray(1, 33).equals(earlier.subarray(1, 33))).toBe(true)
    expect(blob.subarray(33, 65).equals(earlier.subarray(33, 65))).toBe(false)
  }
  old.close()
  now.close()
})
