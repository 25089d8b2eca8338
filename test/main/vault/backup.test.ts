import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AppError } from '../../../src/shared/app-error.ts'
import type { Course } from '../../../src/main/vault/paced.ts'
import { Vault } from '../../../src/main/vault/vault.ts'
import { systemClock } from '../../../src/main/clock.ts'
import { ChangeEvents } from '../../../src/main/change-events.ts'
import { codeOfPromise } from '../../support/error-code.ts'
import { createTestVault, temporaryHome, type TestVault } from '../../support/vault.ts'
import { tamper } from './vault-file.ts'

const course: Course = { signal: new AbortController().signal }

let test: TestVault
let copy: string
beforeEach(async () => {
  test = await createTestVault()
  copy = join(test.home, 'copy.ckbackup')
})
afterEach(() => test.cleanup())

function add(name: string, vault = test.vault): string {
  return vault.items.add({ kind: 'api-key', name, hosts: [], userName: '', secret: `secret of ${name}`, notes: '' }).id
}

function secrets(vault: Vault): ReadonlyArray<readonly [string, string]> {
  return vault.items.list().map(({ id, name }) => [name, vault.items.reveal(id, 'secret')])
}

describe('a backup', () => {
  it('is one file for the owner alone, and what was checked in it is the vault of one moment', async () => {
    add('first')
    test.vault.records.put('grant', 'one', { uses: 5 })
    const found = await test.vault.whole.copyTo(copy, course)
    expect(found).toMatchObject({ items: 1, records: 1, epoch: 1, problems: [] })
    expect(statSync(copy).mode & 0o777).toBe(0o600)
    expect(readdirSync(test.home).filter((name) => name.startsWith('copy'))).toEqual(['copy.ckbackup'])
    expect(readFileSync(copy).includes('secret of')).toBe(false)
  })

  it('is of one moment and whole, however much is written while it is made', async () => {
    for (let at = 0; at < 300; at += 1) {
      const rest = { kind: 'api-key', hosts: [], userName: '', secret: 'x'.repeat(3000), notes: '' } as const
      test.vault.items.add({ ...rest, hosts: [], name: `item ${at}` })
    }
    let writes = 0
    const making = test.vault.whole.copyTo(copy, course)
    const writer = setInterval(() => {
      writes += 1
      add(`written ${writes}`)
    }, 1)
    const found = await making.finally(() => clearInterval(writer))
    expect(writes).toBeGreaterThan(0)
    expect(found.problems).toEqual([])
    expect(found.items).toBeGreaterThanOrEqual(300)
    expect(found.items).toBeLessThanOrEqual(300 + writes)
  })

  it('that is cancelled, or whose vault is locked, leaves no file', async () => {
    const stop = new AbortController()
    const cancelled = test.vault.whole.copyTo(copy, { signal: stop.signal })
    stop.abort()
    expect(await codeOfPromise(cancelled)).toBe('cancelled')
    const locked = test.vault.whole.copyTo(copy, course)
    test.vault.lock()
    expect(await codeOfPromise(locked)).toBe('cancelled')
    expect(readdirSync(test.home).filter((name) => name.startsWith('copy'))).toEqual([])
  })
})

describe('a restored backup', () => {
  it('takes the place of the vault, which is locked and kept aside whole', async () => {
    const id = add('first')
    await test.vault.whole.copyTo(copy, course)
    test.vault.items.edit(id, { secret: 'newer' })
    add('second')
    const { items, keptAside } = await test.vault.whole.restore({ from: copy, password: test.password }, course)
    expect([items, test.vault.state]).toEqual([1, 'locked'])
    await test.vault.unlock(test.password)
    expect(secrets(test.vault)).toEqual([['first', 'secret of first']])
    expect(test.vault.problems).toEqual([])

    const back = await test.vault.whole.restore({ from: keptAside ?? '', password: test.password }, course)
    expect(back.items).toBe(2)
    await test.vault.unlock(test.password)
    expect(secrets(test.vault)).toEqual([
      ['first', 'newer'],
      ['second', 'secret of second'],
    ])
  })

  it('opens with the password and the epoch it was made with', async () => {
    add('first')
    await test.vault.whole.copyTo(copy, course)
    await test.vault.ways.changePassword(test.password, 'a newer password')
    await test.vault.whole.rotate(course, async () => {})
    expect(await codeOfPromise(test.vault.whole.restore({ from: copy, password: 'a newer password' }, course))).toBe(
      'wrong_password',
    )
    expect(test.vault.state).toBe('unlocked')
    await test.vault.whole.restore({ from: copy, password: test.password }, course)
    await test.vault.unlock(test.password)
    expect([test.vault.whole.epoch, secrets(test.vault)]).toEqual([1, [['first', 'secret of first']]])
  })

  it('fills an empty data folder, whose audit log it does not miss', async () => {
    add('first')
    test.vault.setAuditCheckpoint({ size: 9, root: 'ab'.repeat(32) })
    await test.vault.whole.copyTo(copy, course)
    const file = join(temporaryHome(), 'vault.db')
    const fresh = Vault.open({ file, clock: systemClock, events: new ChangeEvents() })
    const restored = await fresh.whole.restore({ from: copy, password: test.password }, course)
    expect(restored).toEqual({ items: 1, keptAside: null })
    await fresh.unlock(test.password)
    expect([secrets(fresh), fresh.auditCheckpoint(), fresh.problems]).toEqual([
      [['first', 'secret of first']],
      null,
      [],
    ])
    fresh.close()
  })

  it('brings back attached files and earlier versions, also into an empty folder', async () => {
    const id = add('first')
    const content = Buffer.alloc(700_000, 7)
    const { id: fileId } = await test.vault.items.files.add(id, 'deed.pdf', [content])
    test.vault.items.edit(id, { secret: 'newer' })
    const folder = temporaryHome()
    const out = join(folder, 'out.ckbackup')
    expect(await test.vault.whole.copyTo(out, course)).toMatchObject({ items: 1, problems: [] })
    test.vault.items.files.remove(fileId)
    await test.vault.whole.restore({ from: out, password: test.password }, course)
    await test.vault.unlock(test.password)
    expect(await bytesOf(test.vault, fileId)).toEqual(content)

    const fresh = Vault.open({ file: join(folder, 'home', 'vault.db'), clock: systemClock, events: new ChangeEvents() })
    await fresh.whole.restore({ from: out, password: test.password }, course)
    await fresh.unlock(test.password)
    expect(await bytesOf(fresh, fileId)).toEqual(content)
    expect([fresh.problems, fresh.items.list()[0]?.files]).toEqual([[], 1])
    fresh.close()

    const sealed = join(folder, 'vault-files', fileId)
    const bytes = readFileSync(sealed)
    bytes[400_000] = (bytes[400_000] ?? 0) ^ 1
    writeFileSync(sealed, bytes)
    rmSync(join(test.home, 'vault-files', fileId))
    const run = test.vault.whole.restore({ from: out, password: test.password }, course)
    await expect(run).rejects.toMatchObject({ code: 'damaged', message: expect.stringContaining(fileId) as string })
    expect(existsSync(join(test.home, 'vault-files', fileId))).toBe(false)
    rmSync(folder, { recursive: true })
  })

  it.each<[string, string, (file: string) => void]>([
    ['that is no vault', 'damaged', (file) => writeFileSync(file, 'not a vault at all'.repeat(500))],
    ['that is empty', 'damaged', (file) => writeFileSync(file, '')],
    ['that was cut', 'damaged', (file) => writeFileSync(file, readFileSync(file).subarray(0, 8192))],
    ['with a row that was changed', 'damaged', (file) => flipLastItem(file)],
    ['with a header of a weaker slot', 'damaged', (file) => weaken(file)],
    ['of a newer version', 'too_new', (file) => tamper(file, (database) => database.pragma('user_version = 999'))],
  ])('%s is refused, and the vault stays as it is', async (_name, code, change) => {
    add('first')
    await test.vault.whole.copyTo(copy, course)
    change(copy)
    add('second')
    const error: unknown = await test.vault.whole.restore({ from: copy, password: test.password }, course).then(
      () => null,
      (reason: unknown) => reason,
    )
    expect(error).toMatchObject({ code })
    // What is said of a damaged vault, to put a backup in its place, is no advice for a backup.
    expect((error as AppError).hint).not.toMatch(/in its place/)
    expect(secrets(test.vault).length).toBe(2)
    expect(readdirSync(test.home).toSorted()).toEqual(['copy.ckbackup', 'vault.db', 'vault.db-wal'])
  })

  it('of another vault is refused', async () => {
    const other = await createTestVault()
    await other.vault.whole.copyTo(copy, course)
    const run = test.vault.whole.restore({ from: copy, password: other.password }, course)
    expect(await codeOfPromise(run)).toBe('conflict')
    other.cleanup()
  })

  it('counts wrong passwords like every other way in', async () => {
    await test.vault.whole.copyTo(copy, course)
    for (let at = 0; at < 5; at += 1) {
      const run = test.vault.whole.restore({ from: copy, password: 'wrong password' }, course)
      expect(await codeOfPromise(run)).toBe('wrong_password')
    }
    expect(await codeOfPromise(test.vault.unlock(test.password))).toBe('throttled')
    expect(existsSync(`${test.file}.restoring`)).toBe(false)
  })
})

describe('a damaged vault', () => {
  it('is rescued into a new file: what opens is in it, what does not is named, the damaged one is kept', async () => {
    const lost = add('lost')
    add('kept')
    test.vault.records.put('grant', 'one', { uses: 5 })
    test.vault.setAuditCheckpoint({ size: 3, root: 'cd'.repeat(32) })
    test.vault.close()
    tamper(test.file, (database) => {
      database.prepare('UPDATE items SET details_revision = 9 WHERE id = ?').run(lost)
    })
    const damaged = join(test.home, 'before.db')
    copyFileSync(test.file, damaged)
    const vault = test.reopen()
    await vault.unlock(test.password)
    const found = await vault.whole.copyTo(copy, course)
    expect(found.problems).toMatchObject([{ table: 'items', id: lost, name: 'lost' }])
    const rescued = join(test.home, 'rescued')
    await vault.whole.rescueInto(rescued, copy, course)
    const aside = await vault.whole.putInPlace(rescued)
    await vault.unlock(test.password)
    expect([secrets(vault), vault.problems]).toEqual([[['kept', 'secret of kept']], []])
    expect(vault.records.get('grant', 'one')).toEqual({ uses: 5 })
    expect(vault.auditCheckpoint()).toEqual({ size: 3, root: 'cd'.repeat(32) })
    await vault.whole.rotate(course, async () => {})
    const again = test.reopen()
    await again.recover(test.recoveryWords, 'another password entirely')
    expect(secrets(again)).toEqual([['kept', 'secret of kept']])
    const old = new SqliteDatabase(aside ?? '', { readonly: true })
    expect(old.prepare('SELECT count(*) FROM items').pluck().get()).toBe(2)
    old.close()
  })
})

async function bytesOf(vault: Vault, fileId: string): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of vault.items.files.read(fileId)) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

function flipLastItem(file: string): void {
  tamper(file, (database) => {
    database.prepare('UPDATE items SET sealed_details = zeroblob(length(sealed_details))').run()
  })
}

function weaken(file: string): void {
  tamper(file, (database) => {
    database.prepare('UPDATE key_slots SET params = replace(params, \'"passes":3\', \'"passes":1\')').run()
  })
}
