import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Course } from '../../../src/main/vault/paced.ts'
import type { Vault } from '../../../src/main/vault/vault.ts'
import { codeOfPromise } from '../../support/error-code.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'
import { tamper } from './vault-file.ts'

const atOnce = async (): Promise<void> => {}
const course: Course = { signal: new AbortController().signal }

let test: TestVault
afterEach(() => test.cleanup())

function refuse(): void {
  throw new Error('no backup')
}

async function withContent(items = 3): Promise<Vault> {
  test = await createTestVault()
  const { vault } = test
  for (let at = 0; at < items; at += 1) {
    const rest = { kind: 'api-key', hosts: [], userName: '', notes: `note ${at}` } as const
    vault.items.add({ ...rest, hosts: [], name: `item ${at}`, secret: `secret ${at}` })
  }
  vault.records.put('grant', 'one', { uses: 5 }, { hash: 'aa' })
  vault.records.put('grant', 'two', { uses: 6 })
  return vault
}

function expectContent(vault: Vault, items = 3): void {
  const held = vault.items.list().map(({ id, name }) => [name, vault.items.reveal(id, 'secret')])
  expect(held).toEqual(Array.from({ length: items }, (_, at) => [`item ${at}`, `secret ${at}`]))
  expect(vault.records.get('grant', 'one')).toEqual({ uses: 5 })
  expect(vault.records.get('grant', 'two')).toEqual({ uses: 6 })
  expect(vault.problems).toEqual([])
}

/** Every sealed form that holds, or leads to, the vault key of an epoch. */
function wrapsIn(file: string): ReadonlyArray<Buffer> {
  const wraps: Buffer[] = []
  tamper(file, (database) => {
    for (const query of [
      'SELECT sealed_key FROM items',
      'SELECT sealed FROM records',
      'SELECT sealed FROM overview_parts',
      'SELECT sealed FROM own_keys',
      'SELECT sealed_vault_key FROM key_slots',
      'SELECT mac FROM manifest',
      'SELECT rows_mac FROM manifest',
      'SELECT checksum FROM header',
    ]) {
      wraps.push(...(database.prepare(query).pluck().all() as Buffer[]))
    }
  })
  return wraps
}

describe('a rotation', () => {
  it('gives a new epoch that password and recovery words open, with everything in it, also after a restart', async () => {
    const vault = await withContent()
    vault.setAuditCheckpoint({ size: 7, root: 'ab'.repeat(32) })
    const inbox = vault.inbox.seal(Buffer.from('arrived before'))
    const auditKey = vault.auditPublicKey
    await vault.whole.rotate(course, atOnce)
    expect(vault.whole.epoch).toBe(2)
    expectContent(vault)
    vault.items.edit(vault.items.byName('item 0')?.id ?? '', { notes: 'edited after' })

    const again = test.reopen()
    await again.unlock(test.password)
    expect(again.whole.epoch).toBe(2)
    expectContent(again)
    expect(again.inbox.open(inbox).toString()).toBe('arrived before')
    expect(again.auditPublicKey).toEqual(auditKey)
    expect(again.auditCheckpoint()).toEqual({ size: 7, root: 'ab'.repeat(32) })

    const third = test.reopen()
    await third.recover(test.recoveryWords, 'another password entirely')
    expectContent(third)
  })

  it('can follow a rotation, and a change of the words', async () => {
    const vault = await withContent()
    await vault.whole.rotate(course, atOnce)
    const words = await vault.ways.renewRecoveryWords(test.password)
    await vault.whole.rotate(course, atOnce)
    expect(vault.whole.epoch).toBe(3)
    const again = test.reopen()
    await again.recover(words, 'another password entirely')
    expectContent(again)
  })

  it('rotates a vault without recovery words, which open nothing once they are removed', async () => {
    const vault = await withContent(1)
    await vault.ways.removeRecoveryWords(test.password)
    expect(await codeOfPromise(vault.ways.removeRecoveryWords(test.password))).toBe('not_found')
    await vault.whole.rotate(course, atOnce)
    const again = test.reopen()
    expect(await codeOfPromise(again.recover(test.recoveryWords, 'another password entirely'))).toBe('not_found')
    await again.unlock(test.password)
    expectContent(again, 1)
  })

  it('leaves no wrap of the old epoch in any file, not even while the vault stays open', async () => {
    const vault = await withContent(40)
    vault.items.remove(vault.items.byName('item 39')?.id ?? '')
    vault.close()
    const old = wrapsIn(test.file)
    const again = test.reopen()
    await again.unlock(test.password)
    await again.whole.rotate(course, atOnce)
    const files = readdirSync(test.home).map((name) => readFileSync(join(test.home, name)))
    expect(old.length).toBeGreaterThan(45)
    expect(old.filter((wrap) => files.some((bytes) => bytes.includes(wrap)))).toEqual([])
    again.close()
    expect(wrapsIn(test.file).filter((wrap) => old.some((before) => before.equals(wrap)))).toEqual([])
  })

  it('is not refused, as little as a copy, for the overviews sealed together, which it writes anew', async () => {
    ;(await withContent()).close()
    tamper(test.file, (database) => database.exec('UPDATE overview_parts SET sealed = zeroblob(length(sealed))'))
    const vault = test.reopen()
    await vault.unlock(test.password)
    expect(new Set(vault.problems.map(({ table }) => table))).toEqual(new Set(['overview_parts']))
    expect((await vault.whole.copyTo(join(test.home, 'copy.db'), course)).problems).toEqual([])
    await vault.whole.rotate(course, atOnce)
    const again = test.reopen()
    await again.unlock(test.password)
    expectContent(again)
  })

  it('takes in what was added, edited and removed after the pre-flight', async () => {
    const vault = await withContent()
    await vault.whole.rotate(course, async () => {
      vault.items.add({ kind: 'login', name: 'late', hosts: [], userName: '', secret: 'late secret', notes: '' })
      vault.items.edit(vault.items.byName('item 1')?.id ?? '', { secret: 'edited late' })
      vault.items.remove(vault.items.byName('item 2')?.id ?? '')
      vault.records.put('grant', 'one', { uses: 4 })
      vault.records.remove('grant', 'two')
      vault.records.put('grant', 'three', { uses: 7 })
    })
    const again = test.reopen()
    await again.unlock(test.password)
    const held = again.items.list().map(({ id, name }) => [name, again.items.reveal(id, 'secret')])
    expect(held).toEqual([
      ['item 0', 'secret 0'],
      ['item 1', 'edited late'],
      ['late', 'late secret'],
    ])
    const records = again.records.list('grant').toSorted((left, right) => (left.id < right.id ? -1 : 1))
    expect(records).toEqual([
      { id: 'one', value: { uses: 4 } },
      { id: 'three', value: { uses: 7 } },
    ])
    expect(again.problems).toEqual([])
  })

  it.each([
    ['cancelled', 'Cancelled', (stop: AbortController, _vault: Vault) => stop.abort()],
    ['locked', 'locked', (_stop: AbortController, vault: Vault) => vault.lock()],
    ['refused by what comes before the writing', 'no backup', refuse],
  ])('that is %s changes nothing', async (_name, message, end) => {
    const vault = await withContent()
    const stop = new AbortController()
    const run = vault.whole.rotate({ signal: stop.signal }, async () => {
      end(stop, vault)
    })
    await expect(run).rejects.toThrow(message)
    if (vault.state === 'locked') await vault.unlock(test.password)
    expect(vault.whole.epoch).toBe(1)
    expectContent(vault)
  })

  it('is refused, and named why, when a row does not open', async () => {
    const vault = await withContent()
    const id = vault.items.byName('item 1')?.id ?? ''
    vault.close()
    tamper(test.file, (database) => {
      database.prepare('UPDATE items SET sealed_details = zeroblob(200) WHERE id = ?').run(id)
    })
    const again = test.reopen()
    await again.unlock(test.password)
    await expect(again.whole.rotate(course, atOnce)).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining(id) as string,
    })
    expect(again.whole.epoch).toBe(1)
  })

  it('is refused while the vault is locked', async () => {
    const vault = await withContent(0)
    vault.lock()
    expect(await codeOfPromise(vault.whole.rotate(course, atOnce))).toBe('locked')
  })
})
