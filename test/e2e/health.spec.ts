import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Rail } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'
import { look, lookEverywhere, sizes } from './support/look.ts'

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
  await expect(popover).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(popover).toBeHidden()
  await expect(dialog.getByRole('button', { name: 'Generate' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(popover.getByText('129 bits, strong')).toBeVisible()
  await lookEverywhere(unlocked, 'generate-password')
  await popover.getByRole('radio', { name: 'Passphrase' }).click()
  await expect(popover.getByText('77 bits, strong')).toBeVisible()
  await look(page, 'generate-phrase', 'dark', sizes[1])
  const made = (await popover.getByLabel('Generated').textContent()) ?? ''
  expect(made).toMatch(/^[a-z]+(-[a-z]+){5}$/)
  await popover.getByRole('button', { name: 'Use it' }).click()
  await expect(popover).toBeHidden()
  await expect(dialog.getByRole('button', { name: 'Generate' })).toBeFocused()
  await dialog.getByRole('button', { name: 'Add login' }).click()
  await expect(dialog).toBeHidden()

  const [item] = (await ask(page, 'items.list', undefined)).filter(({ name }) => name.startsWith('É'))
  expect(await ask(page, 'items.reveal', { id: item?.id ?? '', field: 'secret' })).toBe(made)
  await page.getByRole('searchbox').fill('LODZ ecl')
  await expect(page.getByRole('option')).toHaveText(/Éclair Łódź/)
  await page.getByRole('searchbox').fill('strasse kuche')
  await expect(page.getByRole('option')).toHaveText(/Straße/)
})

test('the health of the vault: all is well, then what is weak, reused, due and in a chosen list of breaches', async ({
  unlocked,
  folder,
}) => {
  const { page, app } = unlocked
  await ask(page, 'items.add', { kind: 'api-key', name: 'Token of the garden', secret: 'ghp_4eC39HqLyjWDarjtT1zdp7dc' })
  await new Rail(page).open('Keys')
  await page.getByRole('link', { name: 'Health' }).click()
  await look(page, 'health-unchecked', 'light', sizes[0])
  await page.getByRole('button', { name: 'Check now' }).click()
  await expect(page.getByText('All is well')).toBeVisible()
  await look(page, 'health-well', 'light', sizes[0])

  const add = (name: string, secret: string, more = {}) =>
    ask(page, 'items.add', { kind: 'login', name, secret, userName: 'ada@example.com', ...more })
  await add('Mail', 'Summer2024!')
  await add('Forum', 'Summer2024!', { expiresAtMs: Date.now() - 3 * 24 * 60 * 60_000 })
  await add(`A very long name ${'of something '.repeat(12)}`, 'hunter2')
  const { id } = await add('Bank', 'correct horse battery staple', { rotateByMs: Date.now() + 5 * 24 * 60 * 60_000 })
  const list = join(folder, 'pwned-passwords-sha1-ordered-by-hash.txt')
  const hashOf = (secret: string) => createHash('sha1').update(secret).digest('hex').toUpperCase()
  writeFileSync(list, `${hashOf('hunter2')}:17043\r\n`)
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] })
  }, list)
  await page.getByRole('button', { name: 'Choose a list…' }).click()
  await expect(page.getByText('The next check compares with “pwned-passwords-sha1')).toBeVisible()
  await page.getByRole('button', { name: 'Check again' }).click()
  await expect(page.getByText('5 keys looked at')).toBeVisible()
  await expect(page.getByRole('option').first()).toContainText('Seen 17,043 times in breaches')
  await lookEverywhere(unlocked, 'health-found')

  await page.getByRole('button', { name: /^Reused 2$/ }).click()
  await expect(page.getByRole('option')).toHaveCount(2)
  await page.getByRole('option', { name: /Forum/ }).click()
  const details = page.getByRole('complementary', { name: 'Details' })
  await expect(details.getByText('The same in 2 keys.')).toBeVisible()
  await lookEverywhere(unlocked, 'health-detail')
  await details.getByRole('link', { name: 'Mail' }).click()
  await details.getByRole('link', { name: 'Open the key' }).click()
  await expect(page.getByRole('heading', { name: 'Keys', level: 1 })).toBeVisible()
  await expect(details.getByRole('heading', { name: 'Mail' })).toBeVisible()

  await ask(page, 'items.edit', { id, patch: { secret: 'another passphrase of many words' } })
  await page.getByRole('link', { name: 'Health' }).click()
  await expect(page.getByRole('option', { name: /Bank/ })).toContainText('Changed since; check again')
})
