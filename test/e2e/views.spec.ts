import { Gate } from './pages/gate.ts'
import { pageNames, Rail } from './pages/rail.ts'
import { expect, test } from './support/clawkeep.ts'
import { plantGarden } from './support/garden.ts'
import { look, setSize, setTheme, sizes, themes } from './support/look.ts'

for (const theme of themes) {
  test(`every view in ${theme} opens without a complaint and is accessible`, async ({ clawkeep }) => {
    test.setTimeout(300_000)
    const { page } = clawkeep
    const rail = new Rail(page)
    // The first time, the script of a dialog is still on its way when nothing moves any more.
    const lookAtDialog = async (name: string, size: (typeof sizes)[number]): Promise<void> => {
      await expect(page.getByRole('dialog')).toBeVisible()
      await look(page, name, theme, size)
    }
    await setTheme(page, theme)
    for (const size of sizes) {
      await setSize(clawkeep, size)
      await look(page, 'create', theme, size)
    }
    const gate = new Gate(page)
    await gate.make()
    for (const size of sizes) {
      await setSize(clawkeep, size)
      await look(page, 'create-words', theme, size)
    }
    await gate.keepWords()
    const client = await plantGarden(page)
    for (const size of sizes) {
      await setSize(clawkeep, size)
      for (const name of pageNames) {
        await rail.open(name)
        await look(page, name.toLowerCase(), theme, size)
      }
      await rail.open('Settings')
      await page.getByRole('button', { name: 'Make new ones…' }).click()
      await lookAtDialog('settings-words', size)
      await page.keyboard.press('Escape')
      await rail.open('Keys')
      await page.getByRole('button', { name: 'Add key' }).click()
      await lookAtDialog('keys-add', size)
      await page.keyboard.press('Escape')
      await rail.open('Assistants')
      await page.getByRole('button', { name: 'New assistant' }).first().click()
      await lookAtDialog('assistants-new', size)
      await page.keyboard.press('Escape')
      await rail.open('Clients')
      await page.getByRole('option', { name: /Cursor/ }).click()
      await look(page, 'clients-program', theme, size)
      await page.getByRole('tab', { name: 'Keys' }).click()
      await look(page, 'clients-keys', theme, size)
      await page.getByRole('button', { name: 'Make a key' }).click()
      await lookAtDialog('clients-connect', size)
      await page.keyboard.press('Escape')
      await page.keyboard.press('ControlOrMeta+k')
      await lookAtDialog('palette', size)
      await page.keyboard.press('Escape')
      await rail.open('Approvals')
      await page.getByRole('tab', { name: /History/ }).click()
      await look(page, 'approvals-history', theme, size)
      await page.getByRole('tab', { name: /Grants/ }).click()
      await look(page, 'approvals-grants', theme, size)
    }
    await rail.lock()
    await gate.locked()
    for (const size of sizes) {
      await setSize(clawkeep, size)
      await look(page, 'unlock', theme, size)
    }
    await page.getByRole('button', { name: 'Use the recovery words' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Set a new password' })).toBeVisible()
    for (const size of sizes) {
      await setSize(clawkeep, size)
      await look(page, 'unlock-recover', theme, size)
    }
    await client.close()
  })
}
