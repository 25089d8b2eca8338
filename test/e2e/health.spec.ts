import { Rail } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'
import { lookEverywhere } from './support/look.ts'

test('a generated password goes into a new item, and the item is found without its accents', async ({ unlocked }) => {
  const { page } = unlocked
  await new Rail(page).open('Keys')
  await ask(page, 'items.add', { kind: 'login', name: 'Straße', userName: 'ada', secret: 'x', tags: ['Küche'] })
  await page.getByRole('button', { name: 'Add key' }).first().click()
  await page.getByRole('radio', { name: /^Login/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a login' })
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Éclair Łódź')
  await dialog.getByRole('button', { name: 'Generate' }).click()
  const popover = page.getByRole('dialog', { name: 'Generate' })
  await expect(popover.getByText('129 bits, strong')).toBeVisible()
  await lookEverywhere(unlocked, 'generate-password')
  await popover.getByRole('radio', { name: 'Passphrase' }).click()
  await expect(popover.getByText('77 bits, strong')).toBeVisible()
  await lookEverywhere(unlocked, 'generate-phrase')
  const made = (await popover.getByLabel('Generated').textContent()) ?? ''
  expect(made).toMatch(/^[a-z]+(-[a-z]+){5}$/)
  await popover.getByRole('button', { name: 'Use it' }).click()
  await expect(popover).toBeHidden()
  await dialog.getByRole('button', { name: 'Add login' }).click()
  await expect(dialog).toBeHidden()

  const [item] = (await ask(page, 'items.list', undefined)).filter(({ name }) => name.startsWith('É'))
  expect(await ask(page, 'items.reveal', { id: item?.id ?? '', field: 'secret' })).toBe(made)
  await page.getByRole('searchbox').fill('LODZ ecl')
  await expect(page.getByRole('option')).toHaveText(/Éclair Łódź/)
  await page.getByRole('searchbox').fill('strasse kuche')
  await expect(page.getByRole('option')).toHaveText(/Straße/)
})
