import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { password } from './pages/gate.ts'
import { Rail } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { answerDialogs } from './support/answer-dialogs.ts'
import { type Clawkeep, expect, test } from './support/clawkeep.ts'
import { look, lookEverywhere, setSize, setTheme, sizes, themes } from './support/look.ts'

/** Looks at the smallest window, where `lookEverywhere` leaves it, in both themes. */
async function lookSmall({ page }: Clawkeep, name: string): Promise<void> {
  for (const theme of themes) {
    await setTheme(page, theme)
    await look(page, name, theme, sizes[1])
  }
}

test('a file is attached, saved elsewhere as it was and removed; an earlier version is looked at and comes back', async ({
  unlocked: clawkeep,
  folder,
}) => {
  test.setTimeout(120_000)
  const { page } = clawkeep
  const { id } = await ask(page, 'items.add', {
    kind: 'login',
    name: 'Seed shop',
    userName: 'ada@example.com',
    secret: 'tomato-1',
    hosts: ['shop.example.com'],
    fields: [{ name: 'Customer PIN', hidden: true, value: '4711' }],
  })
  await new Rail(page).open('Keys')
  await page.getByRole('option', { name: /Seed shop/ }).click()

  const content = Buffer.from(Array.from({ length: 700_000 }, (_, at) => at % 251))
  const source = join(folder, 'invoice 2026.pdf')
  writeFileSync(source, content)
  await answerDialogs(clawkeep, source)
  await page.getByRole('button', { name: 'Attach a file…' }).click()
  await expect(page.getByRole('list', { name: 'Attached files' }).getByText('684 KiB')).toBeVisible()
  const huge = join(folder, 'huge.iso')
  writeFileSync(huge, '')
  truncateSync(huge, 101 * 1024 * 1024)
  await answerDialogs(clawkeep, huge)
  await page.getByRole('button', { name: 'Attach a file…' }).click()
  await expect(page.getByRole('alert').getByText('The file is larger than 100 MB.')).toBeVisible()
  for (const theme of themes) {
    await setTheme(page, theme)
    for (const size of sizes) {
      await setSize(clawkeep, size)
      await page.getByRole('button', { name: 'Attach a file…' }).scrollIntoViewIfNeeded()
      await look(page, 'item-files', theme, size)
    }
  }

  const saved = join(folder, 'saved.pdf')
  await answerDialogs(clawkeep, saved)
  await page.getByRole('button', { name: 'Save invoice 2026.pdf as…' }).click()
  await expect(page.getByText('File saved')).toBeVisible()
  expect(readFileSync(saved).equals(content)).toBe(true)
  expect(statSync(saved).mode & 0o777).toBe(0o600)
  await page.getByRole('button', { name: 'Remove invoice 2026.pdf…' }).click()
  await page.getByRole('button', { name: 'Remove file' }).click()
  await expect(page.getByRole('list', { name: 'Attached files' })).toHaveCount(0)

  for (const secret of ['tomato-2', 'tomato-3']) await ask(page, 'items.edit', { id, patch: { secret } })
  await ask(page, 'items.edit', { id, patch: { notes: 'Ordered in May', userName: 'ada@garden.example' } })
  await clawkeep.app.evaluate(() => {
    const { now } = Date
    Date.now = () => now() + 6 * 60_000
  })
  await page.getByRole('button', { name: 'Look at them…' }).click()
  const versions = page.getByRole('list', { name: 'Versions' }).getByRole('listitem')
  await expect(versions).toHaveCount(3)
  await expect(versions.first()).toContainText('Then changed: Notes, User name')
  await versions.last().getByRole('button', { name: 'Reveal password' }).click()
  const again = page.getByRole('dialog', { name: 'Type the vault password' })
  await again.getByRole('textbox').fill(password)
  await again.getByRole('button', { name: 'Open' }).click()
  await expect(versions.last()).toContainText('tomato-1')
  await lookEverywhere(clawkeep, 'item-history')
  await versions.last().getByRole('button', { name: 'Restore…' }).click()
  await lookSmall(clawkeep, 'item-history-restore')
  await page.getByRole('button', { name: 'Restore version' }).click()
  await expect(page.getByText('Earlier version restored')).toBeVisible()
  expect(await ask(page, 'items.reveal', { id, field: 'secret' })).toBe('tomato-1')
  expect(await ask(page, 'items.get', { id })).toMatchObject({ userName: 'ada@example.com', versions: 4 })
})

test('what is removed can be undone, restored under another name, erased and emptied out; what is due is said', async ({
  unlocked: clawkeep,
}) => {
  test.setTimeout(120_000)
  const { page } = clawkeep
  const rail = new Rail(page)
  const dayMs = 24 * 60 * 60_000
  const add = (name: string, more: { expiresAtMs?: number; rotateByMs?: number } = {}) =>
    ask(page, 'items.add', { kind: 'api-key', name, secret: 'a secret', hosts: ['api.example.com'], ...more })
  await add('Weather', { expiresAtMs: Date.now() - dayMs })
  await add('Maps', { rotateByMs: Date.now() + 3 * dayMs })
  for (const name of ['Old mail', 'Older mail', 'Oldest mail']) await add(name)
  await rail.open('Keys')
  await expect(page.getByText('1 key expired, 1 to rotate soon.')).toBeVisible()
  await page.getByRole('button', { name: 'Show them' }).click()
  await expect(page.getByRole('option')).toHaveCount(2)
  await page.getByRole('button', { name: 'Show all' }).click()

  const remove = async (name: string): Promise<void> => {
    await page.getByRole('option', { name: new RegExp(`^.*${name}`) }).click()
    await page.getByRole('button', { name: 'Remove…' }).click()
    await page.getByRole('button', { name: 'Remove key' }).click()
    await expect(page.getByRole('option', { name })).toHaveCount(0)
  }
  await remove('Old mail')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('option', { name: 'Old mail' })).toBeVisible()
  await remove('Old mail')
  await lookEverywhere(clawkeep, 'keys-removed')
  await add('Old mail')
  await remove('Older mail')
  await remove('Oldest mail')

  await page.getByRole('link', { name: 'Trash (3)' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Trash' })).toBeVisible()
  await page.getByRole('option', { name: /Old mail/ }).click()
  await lookEverywhere(clawkeep, 'trash')
  await page.getByRole('button', { name: 'Restore', exact: true }).click()
  const form = page.getByRole('dialog', { name: 'Restore under another name' })
  await expect(form.getByLabel('New name')).toHaveValue('Old mail (restored)')
  await lookEverywhere(clawkeep, 'trash-name')
  await form.getByRole('button', { name: 'Restore' }).click()
  await expect(page.getByText('Restored', { exact: true })).toBeVisible()
  await page.getByRole('option', { name: /Older mail/ }).click()
  await page.getByRole('button', { name: 'Erase for good…' }).click()
  await page.getByRole('button', { name: 'Erase for good', exact: true }).click()
  await expect(page.getByRole('option', { name: /Older mail/ })).toHaveCount(0)
  await page.getByRole('button', { name: 'Empty trash…' }).click()
  await page.getByRole('button', { name: 'Empty trash', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'The trash is empty' })).toBeVisible()
  await lookSmall(clawkeep, 'trash-empty')
  await page.getByRole('link', { name: 'Back to Keys' }).click()
  const names = (await ask(page, 'items.list', null)).map(({ name }) => name)
  expect(names).toEqual(['Maps', 'Old mail', 'Old mail (restored)', 'Weather'])
})
