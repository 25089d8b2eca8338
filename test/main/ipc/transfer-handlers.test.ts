import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWindowCore, windowPassword as password } from '../../support/window-core.ts'

let chosen: string | null = null
let onAsked = (): void => undefined
let asked: ReadonlyArray<string | undefined> = []
const { home, call, byCli, value, close } = startWindowCore({
  choosePath: async (what, name) => {
    asked = [what, name]
    onAsked()
    return chosen
  },
})
beforeAll(async () => {
  await value('vault.create', { password })
  await value('items.add', { kind: 'api-key', name: 'token', secret: 'CANARY' })
})
afterAll(close)

test('a page in a hostile hand cannot have a file imported, shredded or replaced by its name', async () => {
  const path = join(home, 'mine.env')
  writeFileSync(path, 'A=b')
  const taken = { path, keyFilePath: null, choices: {}, dryRun: false, shred: true }
  expect(await call('import.file', taken)).toMatchObject({ error: { code: 'refused' } })
  const out = { path, choices: { format: 'json' }, force: true }
  expect(await call('export.file', out)).toMatchObject({ error: { code: 'refused' } })
  expect(await call('import.shredFile', undefined)).toMatchObject({ error: { code: 'not_found' } })
  expect(readFileSync(path, 'utf8')).toBe('A=b')
  expect(await byCli('import.file', taken)).toMatchObject({
    value: { shredded: true, preview: { counts: { add: 1 } } },
  })
  expect(existsSync(path)).toBe(false)
})

test('a file with a newer password than the vault has is not shredded, for the command line as for the window', async () => {
  const path = join(home, 'newer.csv')
  const head = 'name,url,username,password\n'
  writeFileSync(path, `${head}site,https://site.example/,u,OLD\n`)
  const taken = { path, keyFilePath: null, choices: {}, dryRun: false, shred: true }
  expect(await byCli('import.file', taken)).toMatchObject({ value: { shredded: true } })
  writeFileSync(path, `${head}site,https://site.example/,u,NEW\nother,https://other.example/,u,x\n`)
  const answer = await byCli('import.file', taken)
  expect(answer).toMatchObject({
    value: {
      shredded: false,
      preview: {
        keepFile: expect.stringContaining('skipped') as string,
        rows: [{ outcome: 'skip', remarks: ['In the vault with another password.'] }, { outcome: 'add' }],
      },
    },
  })
  expect(JSON.stringify(answer)).not.toMatch(/OLD|NEW/)
  expect(readFileSync(path, 'utf8')).toContain('NEW')
  expect(await call('import.shredFile', undefined)).toMatchObject({ error: { code: 'refused' } })
  expect(readFileSync(path, 'utf8')).toContain('NEW')
})

test('an import whose file cannot be shredded is still an import, and the answer says what is left', async () => {
  const target = join(home, 'target.env')
  const link = join(home, 'link.env')
  writeFileSync(target, 'LINKED=x')
  symlinkSync(target, link)
  const taken = { path: link, keyFilePath: null, choices: {}, dryRun: false, shred: true }
  expect(await byCli('import.file', taken)).toMatchObject({
    value: {
      shredded: false,
      shredProblem: expect.stringContaining('delete it yourself') as string,
      preview: { counts: { add: 1 }, keepFile: null },
    },
  })
  expect(readFileSync(target, 'utf8')).toBe('LINKED=x')
  // All of it is in the vault by now, so the same command on the file itself has nothing left to do but to shred it.
  expect(await byCli('import.file', { ...taken, path: target })).toMatchObject({
    value: { shredded: true, shredProblem: null, preview: { counts: { add: 0, skip: 1 } } },
  })
  expect(existsSync(target)).toBe(false)
})

test('an import of a CSV with a heading of any length is answered', async () => {
  const path = join(home, 'headings.csv')
  writeFileSync(path, `name,secret,${'long '.repeat(100)}\nheaded,p,v\n`)
  const taken = { path, keyFilePath: null, choices: {}, dryRun: false, shred: true }
  const answer = await byCli('import.file', taken)
  expect(answer).toMatchObject({ value: { shredded: false, preview: { counts: { add: 1 } } } })
  expect(answer).toMatchObject({ value: { preview: { columns: [{}, {}, { role: 'field' }] } } })
})

test('an export in the window wants the vault password and a place that the person chose, and a wrong password is logged', async () => {
  const choices = { format: 'csv' }
  expect(await call('export.write', { password: 'wrong', choices })).toMatchObject({
    error: { code: 'wrong_password' },
  })
  expect(asked).toEqual([])
  expect(await call('export.write', { password, choices })).toEqual({ ok: true, value: null })
  expect(asked).toEqual(['export', expect.stringMatching(/^clawkeep-\d{4}-\d\d-\d\d\.csv$/)])
  chosen = join(home, 'out.csv')
  expect(await call('export.write', { password, choices })).toMatchObject({ value: { fileName: 'out.csv', items: 6 } })
  expect(readFileSync(chosen, 'utf8')).toContain('CANARY')
  const { entries } = await value('audit.list', { kinds: ['vault.export'] })
  expect(entries.map(({ phase, outcome, code }) => [phase, outcome, code])).toEqual([
    ['close', 'ok', undefined],
    ['open', undefined, undefined],
    ['event', 'refused', 'wrong_password'],
  ])
  expect(JSON.stringify(entries)).not.toContain('out.csv')
})

test('an export that is cancelled, while the place is chosen or while it is written, leaves no file', async () => {
  const choices = { format: 'archive', filePassword: 'the password of the file' }
  chosen = join(home, 'cancelled.clawkeep')
  onAsked = () => void value('export.cancel')
  expect(await call('export.write', { password, choices })).toMatchObject({ error: { code: 'cancelled' } })
  // The key of an archive takes a good part of a second, in a thread of its own.
  onAsked = () => void setTimeout(() => void value('export.cancel'), 20)
  expect(await call('export.write', { password, choices })).toMatchObject({ error: { code: 'cancelled' } })
  onAsked = () => undefined
  expect(readdirSync(home).filter((name) => name.includes('cancelled'))).toEqual([])
  expect(await byCli('export.cancel')).toMatchObject({ error: { code: 'refused' } })
  // One that was cancelled does not stop the next.
  expect(await call('export.write', { password, choices })).toMatchObject({ value: { fileName: 'cancelled.clawkeep' } })
})
