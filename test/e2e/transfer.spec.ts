import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Decrypter } from 'age-encryption'
import { parse } from 'csv-parse/sync'
import { unzipSync } from 'fflate'
import { kdbx } from '../support/kdbx-files.ts'
import { Gate, password } from './pages/gate.ts'
import { Rail } from './pages/rail.ts'
import { answerDialogs } from './support/answer-dialogs.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'
import { lookEverywhere } from './support/look.ts'

test('a KeePass database is opened, looked into and taken over; its file is kept while an entry of it is left out', async ({
  clawkeep,
  folder,
}) => {
  test.setTimeout(180_000)
  const { page } = clawkeep
  await new Gate(page).create()
  await new Rail(page).open('Keys')
  const file = join(folder, 'all.kdbx')
  writeFileSync(file, await kdbx({ version: 4, kdf: 'argon2id' }))
  await answerDialogs(clawkeep, file)
  await page.getByRole('button', { name: 'Import…' }).first().click()
  await lookEverywhere(clawkeep, 'import-items-start')
  await page.getByRole('button', { name: 'Choose a file…' }).click()
  await page.getByLabel('Password of the file', { exact: true }).fill('wrong')
  await page.getByRole('button', { name: 'Open the file' }).click()
  await expect(page.getByText('The password or key file does not open this file.')).toBeVisible()
  await lookEverywhere(clawkeep, 'import-items-locked')
  await page.getByLabel('Password of the file', { exact: true }).fill('pässword')
  await page.getByLabel('Password of the file', { exact: true }).press('Enter')
  await page.getByRole('option', { name: /Kraken/ }).click()
  await lookEverywhere(clawkeep, 'import-items-preview')
  await page.getByRole('button', { name: 'Import 2 items' }).click()
  await expect(page.getByRole('heading', { name: '2 items imported' })).toBeVisible()
  expect(existsSync(file)).toBe(true)
  await lookEverywhere(clawkeep, 'import-items-done')
  await expect(page.getByText(/Not all of the file is in the vault: 1 entry left out/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Shred the file' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Keep the file' }).click()
  expect(existsSync(file)).toBe(true)
  await expect(page.getByRole('option', { name: /Kraken/ })).toBeVisible()
})

test('500 rows of an unknown CSV are mapped and imported, their file is shredded when asked, then exported in every form', async ({
  clawkeep,
  folder,
}) => {
  test.setTimeout(240_000)
  const { page } = clawkeep
  await new Gate(page).create()
  const csv = join(folder, 'own.csv')
  const lines = Array.from({ length: 500 }, (_, at) => `Dienst ${at};geheim ${at};ada${at};https://d${at}.example.org`)
  writeFileSync(csv, ['Dienst;Kennwort;Konto;Seite', ...lines].join('\n'))
  await answerDialogs(clawkeep, csv)
  await new Rail(page).open('Settings')
  await page.getByRole('button', { name: 'Import…' }).click()
  await page.getByRole('button', { name: 'Choose a file…' }).click()
  await lookEverywhere(clawkeep, 'import-items-columns')
  for (const [column, role] of [
    ['Dienst', 'Name'],
    ['Kennwort', 'Password or key'],
    ['Konto', 'User name'],
    ['Seite', 'Web address'],
  ]) {
    await page.getByRole('combobox', { name: `What “${column}” is` }).click()
    await page.getByRole('option', { name: role ?? '', exact: true }).click()
  }
  await expect(page.getByText('500 new items')).toBeVisible()
  await expect(page.getByRole('option', { name: /Dienst 0/ })).toBeVisible()
  await lookEverywhere(clawkeep, 'import-items-many')
  await page.getByRole('button', { name: 'Import 500 items' }).click()
  await expect(page.getByRole('heading', { name: '500 items imported' })).toBeVisible()
  expect(existsSync(csv)).toBe(true)
  await page.getByRole('button', { name: 'Shred the file' }).click()
  await expect.poll(() => existsSync(csv)).toBe(false)
  const items = await ask(page, 'items.list', undefined)
  expect(items).toHaveLength(500)
  expect(items[0]).toMatchObject({ name: 'Dienst 0', userName: 'ada0', hosts: ['d0.example.org'] })

  const exportTo = async (name: string): Promise<string> => {
    const file = join(folder, name)
    await answerDialogs(clawkeep, file)
    await page.getByRole('button', { name: 'Export…' }).click()
    return file
  }
  const choose = async (form: string): Promise<void> => {
    await page.getByRole('combobox', { name: 'Form' }).click()
    await page.getByRole('option', { name: form }).click()
  }
  const write = async (vaultPassword = password): Promise<void> => {
    await page.getByLabel('Vault password', { exact: true }).fill(vaultPassword)
    await page.getByRole('button', { name: 'Choose where…' }).click()
  }
  const written = async (file: string): Promise<Buffer> => {
    await expect(page.getByRole('dialog', { name: 'Export items' })).toHaveCount(0)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    return readFileSync(file)
  }
  const warning = page.getByText('Whoever gets this file can read every secret in it.')
  const filePassword = 'a password of its own'

  const archive = await exportTo('all.clawkeep')
  await expect(warning).toHaveCount(0)
  await lookEverywhere(clawkeep, 'export-items')
  await page.getByLabel('Password of the file', { exact: true }).fill(filePassword)
  await page.getByLabel('The same again', { exact: true }).fill(filePassword)
  await write()
  await expect(page.getByText('500 items exported')).toBeVisible()
  expect((await written(archive)).includes('geheim')).toBe(false)

  const sealed = await exportTo('all.age')
  await choose('age')
  await lookEverywhere(clawkeep, 'export-age')
  await page.getByLabel('Passphrase', { exact: true }).fill(filePassword)
  await page.getByLabel('The same again', { exact: true }).fill(filePassword)
  await write()
  const bytes = await written(sealed)
  expect(bytes.includes('geheim')).toBe(false)
  const opener = new Decrypter()
  opener.addPassphrase(filePassword)
  const content = unzipSync(await opener.decrypt(bytes))['clawkeep.json']
  expect(JSON.parse(Buffer.from(content ?? []).toString())).toMatchObject(everyItem)

  const json = await exportTo('all.json')
  await choose('JSON, not encrypted')
  await expect(warning).toBeVisible()
  await write('not the password')
  await expect(page.getByRole('alert').filter({ hasText: 'The password is wrong' })).toBeVisible()
  expect(existsSync(json)).toBe(false)
  await lookEverywhere(clawkeep, 'export-plain')
  await write()
  expect(JSON.parse(String(await written(json)))).toMatchObject(everyItem)

  const table = await exportTo('all.csv')
  await choose('CSV, not encrypted')
  await expect(warning).toBeVisible()
  await write()
  const rows = parse(await written(table), { columns: true })
  expect(rows).toEqual(expect.arrayContaining([expect.objectContaining(firstRow)]))
  expect(rows).toHaveLength(500)

  await page.getByRole('button', { name: 'Import…' }).click()
  await answerDialogs(clawkeep, archive)
  await page.getByRole('button', { name: 'Choose a file…' }).click()
  await page.getByLabel('Password of the file', { exact: true }).fill(filePassword)
  await page.getByRole('button', { name: 'Open the file' }).click()
  await expect(page.getByText(/500 skipped/)).toBeVisible()
})

const firstItem = { kind: 'login', name: 'Dienst 0', userName: 'ada0', secret: 'geheim 0', hosts: ['d0.example.org'] }
const everyItem = {
  clawkeep: 'export',
  items: Array.from({ length: 500 }, () => expect.any(Object) as unknown).with(0, expect.objectContaining(firstItem)),
}
const firstRow = { name: 'Dienst 0', 'user name': 'ada0', secret: 'geheim 0', hosts: 'd0.example.org' }
