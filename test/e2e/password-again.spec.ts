import { password } from './pages/gate.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'

test('minutes after the password was given it is asked for again, above the form that wants it', async ({
  unlocked: { app, page },
}) => {
  await ask(page, 'items.add', { kind: 'api-key', name: 'GitHub token', secret: 'ghp_canary', notes: 'made in May' })
  await page.getByRole('link', { name: 'Keys' }).click()
  await page.getByRole('option', { name: /GitHub token/ }).click()
  await app.evaluate(() => {
    const { now } = Date
    Date.now = () => now() + 6 * 60_000
  })
  await page.getByRole('button', { name: 'Edit' }).click()
  const form = page.getByRole('dialog', { name: 'Edit “GitHub token”' })
  await form.getByLabel('Name').fill('GitHub token of May')
  await form.getByRole('button', { name: 'Open notes to edit them' }).click()
  const again = page.getByRole('dialog', { name: 'Type the vault password' })
  await again.getByRole('textbox').fill('not the password')
  await again.getByRole('button', { name: 'Open' }).click()
  await expect(again.getByText('wrong', { exact: false })).toBeVisible()
  await again.getByRole('textbox').fill(password)
  await again.getByRole('button', { name: 'Open' }).click()
  await expect(again).toBeHidden()
  await expect(form.getByLabel('Notes')).toHaveValue('made in May')
  await expect(form.getByLabel('Name')).toHaveValue('GitHub token of May')
  await form.getByRole('button', { name: 'Save changes' }).click()
  await page.getByRole('button', { name: 'Reveal key' }).click()
  await expect(page.getByText('ghp_canary')).toBeVisible()
})
