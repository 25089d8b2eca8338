import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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

test('500 rows of an unknown CSV are mapped and imported, their file is shredded when asked, then exported to an archive that comes back', async ({
  clawkeep,
  folder,
}) => {
  test.setTimeout(240_000)
  const { page } = clawkeep
  await new Gate(page).create()
  const csv = join(folder, 'own.csv')
  const rows = Array.from({ length: 500 }, (_, at) => `Dienst ${at};geheim ${at};ada${at};https://d${at}.example.org`)
  writeFileSync(csv, ['Dienst;Kennwort;Konto;Seite', ...rows].join('\n'))
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

  const archive = join(folder, 'all.clawkeep')
  await answerDialogs(clawkeep, archive)
  await page.getByRole('button', { name: 'Export…' }).click()
  await lookEverywhere(clawkeep, 'export-items')
  await page.getByLabel('Password of the file', { exact: true }).fill('a password of its own')
  await page.getByLabel('The same again', { exact: true }).fill('a password of its own')
  await page.getByLabel('Vault password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Choose where…' }).click()
  await expect(page.getByText('500 items exported')).toBeVisible()
  expect(statSync(archive).mode & 0o777).toBe(0o600)
  expect(readFileSync(archive).includes('geheim')).toBe(false)

  await page.getByRole('button', { name: 'Import…' }).click()
  await page.getByRole('button', { name: 'Choose a file…' }).click()
  await page.getByLabel('Password of the file', { exact: true }).fill('a password of its own')
  await page.getByRole('button', { name: 'Open the file' }).click()
  await expect(page.getByText(/500 skipped/)).toBeVisible()
})
