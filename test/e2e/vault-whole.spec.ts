import { Gate, password } from './pages/gate.ts'
import { Rail } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'
import { look, setSize, setTheme, sizes, themes } from './support/look.ts'

const newPassword = 'a newer password of mine'

test('the vault is backed up, gets a new key and a new password, is checked, and goes back to the backup', async ({
  clawkeep,
}) => {
  test.setTimeout(180_000)
  const { page } = clawkeep
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
  await expect(page.getByText('All 2 keys opened, looked at')).toBeVisible()

  await page.getByRole('button', { name: 'Change password…' }).click()
  await page.getByLabel('Present password', { exact: true }).fill(password)
  await page.getByLabel('New password', { exact: true }).fill(newPassword)
  await page.getByLabel('New password again', { exact: true }).fill(newPassword)
  await page.getByRole('button', { name: 'Change password', exact: true }).click()
  await expect(page.getByText('The new password is set')).toBeVisible()

  const region = page.getByRole('region', { name: 'Vault', exact: true })
  for (const theme of themes) {
    await setTheme(page, theme)
    for (const size of sizes) {
      await setSize(clawkeep, size)
      await region.scrollIntoViewIfNeeded()
      await region.evaluate((part: { scrollIntoView(): void }) => part.scrollIntoView())
      await look(page, 'settings-vault', theme, size)
      await page.getByRole('button', { name: 'Restore…' }).click()
      await look(page, 'settings-restore', theme, size)
      await page.keyboard.press('Escape')
    }
  }

  await rail.lock()
  await gate.locked()
  for (const theme of themes) {
    await setTheme(page, theme)
    await look(page, 'locked-ways', theme, sizes[1])
    await page.getByRole('button', { name: 'Restore a backup' }).click()
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
