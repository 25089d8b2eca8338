import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ImportChoices } from '../../../src/shared/models/import.ts'
import { createImportHome, type ImportHome } from '../../support/import-home.ts'

let test: ImportHome
beforeAll(async () => {
  test = await createImportHome()
})
afterAll(() => test.cleanup())

const names = (): ReadonlyArray<string> => test.vault.items.list().map(({ name }) => name)

it('an import lets others have their turn while it seals; a cancel or a lock then leaves nothing, a new vault key does no harm', async () => {
  const many = Array.from({ length: 1_000 }, (_, at) => `MANY_${at}=value ${at}`).join('\n')
  const path = join(test.home, 'many.env')
  writeFileSync(path, many)
  const before = names()
  /** Begins, and acts in the middle of the sealing. */
  const meanwhile = async (act: () => unknown): Promise<unknown> => {
    test.vaultImport.choose({ path, keyFilePath: null })
    let acted: unknown = null
    const taking = test.vaultImport
      .take(ImportChoices.parse({}), { kind: 'person', id: 'cli' })
      .catch((error: unknown) => error)
    const timer = setInterval(() => {
      const { step, done, total } = test.vaultImport.progress()
      if (acted !== null || step !== 'writing' || done === 0 || done >= total) return
      acted = act() ?? true
    }, 1)
    const result = await taking
    clearInterval(timer)
    expect(acted).not.toBeNull()
    await acted
    return result
  }
  expect(await meanwhile(() => test.vaultImport.close())).toMatchObject({
    code: 'cancelled',
    message: 'Cancelled. Nothing was imported.',
  })
  expect(await meanwhile(() => test.vault.lock())).toMatchObject({ code: 'cancelled' })
  await test.vault.unlock(test.password)
  expect(await meanwhile(() => void test.vault.items.add({ kind: 'note', name: 'MANY_999' }))).toMatchObject({
    code: 'conflict',
    message: 'Entry 1000: Another item has this name.',
  })
  test.vault.items.remove(test.vault.items.byName('MANY_999')?.id ?? '')
  expect(names()).toEqual(before)

  const { epoch } = test.vault.whole
  const rotate = () => test.vault.whole.rotate({ signal: new AbortController().signal }, async () => undefined)
  expect(await meanwhile(rotate)).toMatchObject({ counts: { add: 1_000 } })
  expect(test.vault.whole.epoch).toBe(epoch + 1)
  test.vault.lock()
  await test.vault.unlock(test.password)
  expect(test.vault.problems).toEqual([])
  for (const at of [0, 1, 500, 999])
    expect(test.vault.items.reveal(test.vault.items.byName(`MANY_${at}`)?.id ?? '', 'secret')).toBe(`value ${at}`)
})
