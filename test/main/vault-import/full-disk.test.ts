import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AppError } from '../../../src/shared/app-error.ts'
import { ImportChoices } from '../../../src/shared/models/import.ts'
import { createImportHome, type ImportHome } from '../../support/import-home.ts'
import { kdbx } from '../../support/kdbx-files.ts'
import { smallDisk, type SmallDisk } from '../../support/small-disk.ts'
import { temporaryHome } from '../../support/vault.ts'

const entries = 400
const choices = ImportChoices.parse({ filePassword: 'pässword' })

let disk: SmallDisk
let test: ImportHome
let elsewhere: string
let copies = 0

beforeAll(async () => {
  disk = smallDisk(8)
  elsewhere = temporaryHome()
  test = await createImportHome({ home: join(disk.folder, 'home') })
  const { id } = test.vault.items.add({ kind: 'login', name: 'there before', secret: 'kept' })
  await test.vault.items.files.add(id, 'deed.txt', [Buffer.from('signed')])
  writeFileSync(join(elsewhere, 'many.kdbx'), await kdbx({ version: 4, entries }))
})
afterAll(() => {
  test.cleanup()
  disk.remove()
  rmSync(elsewhere, { recursive: true })
})

async function take(): Promise<unknown> {
  test.vaultImport.choose({ path: join(elsewhere, 'many.kdbx'), keyFilePath: null })
  return test.vaultImport.take(choices, { kind: 'person', id: 'window' }).catch((error: unknown) => error)
}

/** Every row and file as they are on the disk now, opened from a copy on another disk. */
async function whatOpens(): Promise<object> {
  copies += 1
  const { signal } = new AbortController()
  const { items, problems } = await test.vault.whole.copyTo(join(elsewhere, `${copies}.ckbackup`), { signal })
  return { items, problems }
}

const filesKept = (): number => {
  const folder = join(test.home, 'vault-files')
  return existsSync(folder) ? readdirSync(folder).length : 0
}

it('an import that does not fit ends in the error of the full disk, with nothing of it in the vault, at any room that is left', async () => {
  const codes = new Set<string>()
  for (const leaveKiB of [0, 24, 64, 128]) {
    disk.fill()
    disk.leave(leaveKiB * 1024)
    const refused = (await take()) as AppError
    expect(refused.message, `${leaveKiB} KiB left`).toContain('The disk is full')
    codes.add(refused.code)
    expect(test.vault.items.list().map(({ name }) => name)).toEqual(['there before'])
    disk.empty()
    expect([await whatOpens(), filesKept()]).toEqual([{ items: 1, problems: [] }, 1])
    test.vault.lock()
    await test.vault.unlock(test.password)
    expect(test.vault.problems).toEqual([])
    expect(test.vault.items.reveal(test.vault.items.list()[0]?.id ?? '', 'secret')).toBe('kept')
  }
  expect(await take()).toMatchObject({ counts: { add: entries + 2 } })
  expect(await whatOpens()).toEqual({ items: entries + 3, problems: [] })
  expect([test.audit.problem, test.audit.verify().ok, filesKept()]).toEqual([null, true, 2])
  // Where there is no room for the entry of the audit log either, nothing was begun.
  expect(codes).toEqual(new Set(['audit_failed', 'disk_full']))
})
