import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Course } from '../../../src/main/vault/paced.ts'
import { codeOfPromise } from '../../support/error-code.ts'
import { smallDisk, type SmallDisk } from '../../support/small-disk.ts'
import { createTestVault, temporaryHome, type TestVault } from '../../support/vault.ts'

const course: Course = { signal: new AbortController().signal }
const items = 60

let disk: SmallDisk
let elsewhere: string
let test: TestVault
let copies = 0

beforeEach(async () => {
  disk = smallDisk(3)
  elsewhere = temporaryHome()
  test = await createTestVault({ home: join(disk.folder, 'home') })
  const inputs = Array.from({ length: items }, (_, at) => ({ name: `item ${at}`, secret: 'x'.repeat(500) }))
  for (const { name, secret } of inputs)
    test.vault.items.add({ kind: 'api-key', name, hosts: [], userName: '', secret, notes: '' })
})
afterEach(() => {
  test.vault.close()
  disk.remove()
})

/** Every row of the vault as it is on the disk now, opened from a copy on another disk. */
async function whatOpens(): Promise<{ items: number; epoch: number; problems: ReadonlyArray<unknown> }> {
  copies += 1
  const found = await test.vault.whole.copyTo(join(elsewhere, `${copies}.ckbackup`), course)
  return { items: found.items, epoch: found.epoch, problems: found.problems }
}

describe('on a disk that is full', () => {
  it('a rotation happens or does not, with any room that is left, and every item opens afterwards', async () => {
    let epoch = 1
    const codes = new Set<string>()
    for (const leave of [0, 8, 16, 32, 64, 128, 256, 512]) {
      disk.fill()
      disk.leave(leave * 1024)
      const code = await codeOfPromise(test.vault.whole.rotate(course, async () => {}))
      codes.add(code)
      if (code === 'none') epoch += 1
      expect(await whatOpens()).toEqual({ items, epoch, problems: [] })
      disk.empty()
    }
    expect(codes).toEqual(new Set(['disk_full', 'none']))
    await test.vault.whole.rotate(course, async () => {})
    expect(await whatOpens()).toEqual({ items, epoch: epoch + 1, problems: [] })
  })

  it('a backup and a restore that do not fit leave nothing half done', async () => {
    const out = join(disk.folder, 'home', 'out.ckbackup')
    const kept = join(elsewhere, 'kept.ckbackup')
    await test.vault.whole.copyTo(kept, course)
    for (const leave of [0, 16, 64]) {
      disk.fill()
      disk.leave(leave * 1024)
      expect(await codeOfPromise(test.vault.whole.copyTo(out, course))).toBe('disk_full')
      const restoring = test.vault.whole.restore({ from: kept, password: test.password }, course)
      expect(await codeOfPromise(restoring)).toBe('disk_full')
      expect(test.vault.state).toBe('unlocked')
      disk.empty()
      expect(readdirSync(join(disk.folder, 'home')).toSorted()).toEqual(['vault.db', 'vault.db-wal'])
    }
    await test.vault.whole.restore({ from: kept, password: test.password }, course)
    await test.vault.unlock(test.password)
    expect(await whatOpens()).toEqual({ items, epoch: 1, problems: [] })
  })
})

it('on a read-only disk no backup is made, and one that is there is restored', async () => {
  const stick = smallDisk(2)
  try {
    const kept = join(stick.folder, 'kept.ckbackup')
    await test.vault.whole.copyTo(kept, course)
    test.vault.items.remove(test.vault.items.list()[0]?.id ?? '')
    stick.makeReadOnly()
    expect(await codeOfPromise(test.vault.whole.copyTo(join(stick.folder, 'more.ckbackup'), course))).toBe('read_only')
    await test.vault.whole.restore({ from: kept, password: test.password }, course)
    await test.vault.unlock(test.password)
    expect(test.vault.items.list()).toHaveLength(items)
    expect(await whatOpens()).toEqual({ items, epoch: 1, problems: [] })
  } finally {
    stick.remove()
  }
})
