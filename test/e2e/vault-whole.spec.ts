import { copyFileSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { tamper } from '../main/vault/vault-file.ts'
import { createTestVault } from '../support/vault.ts'
import { Gate, password } from './pages/gate.ts'
import { Rail } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'
import { look, lookEverywhere, setSize, setTheme, sizes, themes } from './support/look.ts'

const newPassword = 'a newer password of mine'

test('the vault is backed up, gets a new key and a new password that is harder to guess, is checked, and goes back to the backup', async ({
  clawkeep,
  folder,
}) => {
  test.setTimeout(180_000)
  const { page, home } = clawkeep
  const gate = new Gate(page)
  const rail = new Rail(page)
  await gate.create()
  await ask(page, 'items.add', { kind: 'api-key', name: 'kept', secret: 'secret' })
  await rail.open('Settings')
  await page.getByRole('button', { name: 'Back up now' }).click()
  await expect(page.getByText('1 key, every one opened.')).toBeVisible()
  await ask(page, 'items.add', { kind: 'api-key', name: 'newer', secret: 'secret' })
  await page.getByRole('button', { name: 'New key now' }).click()
  await expect(page.getByText('Number 2, made')).toBeVisible()
  await page.getByRole('button', { name: 'Check now' }).click()
  await expect(page.getByText('Everything opened (2 keys), looked at')).toBeVisible()

  await page.getByRole('button', { name: 'Change password…' }).click()
  await page.getByLabel('Present password', { exact: true }).fill(password)
  await page.getByLabel('New password', { exact: true }).fill(newPassword)
  await page.getByLabel('New password again', { exact: true }).fill(newPassword)
  await page.getByRole('button', { name: 'Change password', exact: true }).click()
  await expect(page.getByText('The new password is set')).toBeVisible()

  const makeHarder = page.getByRole('dialog', { name: 'Make guessing harder' })
  await page.getByRole('button', { name: 'Make guessing harder…' }).click()
  await makeHarder.getByLabel('Vault password', { exact: true }).fill(password)
  await makeHarder.getByRole('button', { name: 'Measure and set' }).click()
  await expect(makeHarder.getByText('The password is wrong.')).toBeVisible()
  expect(passwordCost(home, folder)).toMatchObject({ memoryKiB: 64 * 1024, passes: 3 })
  await lookEverywhere(clawkeep, 'settings-cost')
  // Beside other work this computer may seem to bear no more; then nothing is changed, and it is asked again.
  await expect(async () => {
    if (await makeHarder.isHidden()) await page.getByRole('button', { name: 'Make guessing harder…' }).click()
    await makeHarder.getByLabel('Vault password', { exact: true }).fill(newPassword)
    await makeHarder.getByRole('button', { name: 'Measure and set' }).click()
    await expect(page.getByText('Guessing is harder now')).toBeVisible()
  }).toPass({ timeout: 60_000 })
  const { memoryKiB, passes } = passwordCost(home, folder)
  expect(memoryKiB * passes).toBeGreaterThan(64 * 1024 * 3)

  const region = page.getByRole('region', { name: 'Vault', exact: true })
  for (const theme of themes) {
    await setTheme(page, theme)
    for (const size of sizes) {
      await setSize(clawkeep, size)
      await region.scrollIntoViewIfNeeded()
      await region.evaluate((part: { scrollIntoView(): void }) => part.scrollIntoView())
      await look(page, 'settings-vault', theme, size)
      await page.getByRole('button', { name: 'Restore…' }).click()
      await expect(page.getByRole('dialog', { name: 'Restore a backup' })).toBeVisible()
      await look(page, 'settings-restore', theme, size)
      await page.keyboard.press('Escape')
    }
  }

  await rail.lock()
  await gate.locked()
  await gate.unlock(newPassword)
  await gate.opened()
  await rail.lock()
  await gate.locked()
  for (const theme of themes) {
    await setTheme(page, theme)
    await look(page, 'locked-ways', theme, sizes[1])
    await page.getByRole('button', { name: 'Restore a backup' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Restore a backup' })).toBeVisible()
    await look(page, 'locked-restore', theme, sizes[1])
    await page.getByRole('button', { name: 'Back', exact: true }).click()
  }
  await page.getByRole('button', { name: 'Restore a backup' }).click()
  // The oldest: from before the second key and the new password.
  await page.getByRole('combobox', { name: 'Backup' }).click()
  await page.getByRole('option').last().click()
  await page.getByLabel('Password of the backup', { exact: true }).fill(newPassword)
  await page.getByRole('button', { name: 'Restore it' }).click()
  await expect(page.getByText('The password does not open this backup.')).toBeVisible()
  await page.getByLabel('Password of the backup', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Restore it' }).click()
  await gate.locked()
  await gate.unlock(password)
  await gate.opened()
  const names = (await ask(page, 'items.list', null)).map(({ name }: { name: string }) => name)
  expect(names).toEqual(['kept'])
})

test('what does not open of a damaged vault is said and listed, and the rest goes into a new file', async ({
  launch,
  folder,
}) => {
  test.setTimeout(120_000)
  const { home, vaultPassword, lost } = await damagedHome(mkdtempSync(join(folder, 'home-')))
  const clawkeep = await launch({ home })
  const { page } = clawkeep
  const gate = new Gate(page)
  const rail = new Rail(page)
  await gate.unlock(vaultPassword)
  await gate.opened()
  const banner = page.getByRole('alert').filter({ hasText: 'Not everything in the vault is as it should be.' })
  await expect(banner).toContainText(lost)
  await rail.open('Keys')
  await lookEverywhere(clawkeep, 'keys-damaged')
  await banner.getByRole('link', { name: 'Open Settings' }).click()
  await expect(page.getByRole('button', { name: 'Check now' })).toBeInViewport()
  await page.getByRole('button', { name: 'Back up now' }).click()
  await expect(page.getByRole('region', { name: 'Messages' })).toContainText(
    'because not everything in the vault opens',
  )
  await page.getByRole('button', { name: 'Check now' }).click()
  const findings = page.getByRole('dialog', { name: '2 things are not as they should be' })
  await expect(findings.getByRole('listitem')).toHaveCount(2)
  await lookEverywhere(clawkeep, 'settings-findings')
  await findings.getByRole('button', { name: 'Keep what opens' }).click()
  await gate.locked()
  const [aside = ''] = readdirSync(home).filter((name) => name.startsWith('vault.db.damaged'))
  expect(statSync(join(home, aside)).mode & 0o777).toBe(0o600)

  await gate.unlock(vaultPassword)
  await gate.opened()
  await expect(banner).toHaveCount(0)
  const [kept, ...others] = await ask(page, 'items.list', null)
  expect([kept?.name, kept?.files, others]).toEqual(['kept', 1, []])
  expect(await ask(page, 'items.reveal', { id: kept?.id ?? '', field: 'secret' })).toBe('still here')
  await rail.open('Settings')
  await page.getByRole('button', { name: 'Check now' }).click()
  await expect(page.getByText('Everything opened (1 key), looked at')).toBeVisible()
})

/** A home with an item and a file that open, and one of each that do not. */
async function damagedHome(home: string): Promise<{ home: string; vaultPassword: string; lost: string }> {
  const { vault, file, password: vaultPassword } = await createTestVault({ home })
  const kept = vault.items.add({ kind: 'api-key', name: 'kept', secret: 'still here' })
  const { id: lost } = vault.items.add({ kind: 'api-key', name: 'lost', secret: 'gone' })
  await vault.items.files.add(kept.id, 'whole.txt', [Buffer.from('whole')])
  const changed = await vault.items.files.add(kept.id, 'changed.txt', [Buffer.from('changed')])
  vault.close()
  tamper(file, (database) =>
    database.prepare('UPDATE items SET sealed_overview = zeroblob(200) WHERE id = ?').run(lost),
  )
  const sealed = join(home, 'vault-files', changed.id)
  const bytes = readFileSync(sealed)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  writeFileSync(sealed, bytes)
  return { home, vaultPassword, lost }
}

/** What a guess at the password costs, as the key slot says; looked up in a copy, because the core holds the file. */
function passwordCost(home: string, folder: string): { memoryKiB: number; passes: number } {
  const copy = join(mkdtempSync(join(folder, 'copy-')), 'vault.db')
  for (const ending of ['', '-wal']) copyFileSync(join(home, `vault.db${ending}`), `${copy}${ending}`)
  const database = new SqliteDatabase(copy)
  try {
    const params = database.prepare("SELECT params FROM key_slots WHERE kind = 'password'").pluck().get()
    return JSON.parse(String(params)) as { memoryKiB: number; passes: number }
  } finally {
    database.close()
  }
}
