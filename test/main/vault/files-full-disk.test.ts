import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Vault } from '../../../src/main/vault/vault.ts'
import { codeOf, codeOfPromise } from '../../support/error-code.ts'
import { smallDisk, type SmallDisk } from '../../support/small-disk.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'

let disk: SmallDisk
let test: TestVault
let vault: Vault
let itemId: string

beforeAll(async () => {
  disk = smallDisk(8)
  test = await createTestVault({ home: disk.folder })
  vault = test.vault
  itemId = vault.items.add({ kind: 'note', name: 'papers' }).id
  await vault.items.files.add(itemId, 'kept', [Buffer.alloc(300_000, 1)])
})
afterAll(() => {
  vault.close()
  disk.remove()
})

const sealedFiles = (): ReadonlyArray<string> => readdirSync(join(disk.folder, 'vault-files'))
const listed = (): ReadonlyArray<string> => vault.items.files.list(itemId).map(({ name }) => name)

function* megabytes(count: number): Generator<Buffer> {
  for (let at = 0; at < count; at += 1) yield Buffer.alloc(1_000_000, at)
}

it('a file that does not fit is refused as a whole, and what was there goes on', async () => {
  expect(await codeOfPromise(vault.items.files.add(itemId, 'too much', megabytes(20)))).toBe('disk_full')
  expect(sealedFiles()).toHaveLength(1)
  await vault.items.files.add(itemId, 'fits', megabytes(1))
  expect(listed().toSorted()).toEqual(['fits', 'kept'])
})

it('on a disk that is really full nothing is attached and nothing is lost; files can still be read', async () => {
  disk.fill()
  expect(await codeOfPromise(vault.items.files.add(itemId, 'nothing', []))).toBe('disk_full')
  expect(codeOf(() => vault.items.edit(itemId, { notes: 'x'.repeat(90_000) }))).toBe('disk_full')
  const kept = vault.items.files.list(itemId).find(({ name }) => name === 'kept')
  let bytes = 0
  for await (const piece of vault.items.files.read(kept?.id ?? '')) bytes += piece.length
  expect(bytes).toBe(300_000)
  disk.empty()
  vault.lock()
  await vault.unlock(test.password)
  expect(vault.problems).toEqual([])
  expect(listed().toSorted()).toEqual(['fits', 'kept'])
  vault.items.files.sweep()
  expect(sealedFiles()).toHaveLength(2)
})
