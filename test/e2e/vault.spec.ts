import type { ElectronApplication } from '@playwright/test'
import { Gate, password } from './pages/gate.ts'
import { Rail } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'
import { lookEverywhere } from './support/look.ts'

function rendererPid(app: ElectronApplication): Promise<number> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0)
}

test('a vault is made with a generated passphrase, locked and opened again', async ({ clawkeep }) => {
  const { page } = clawkeep
  const gate = new Gate(page)
  await page.getByRole('button', { name: 'Generate' }).click()
  const popover = page.getByRole('dialog', { name: 'Generate' })
  await expect(popover.getByText('77 bits, strong')).toBeVisible()
  // What lies behind it is out of reach, for those who cannot see it too.
  await expect(page.getByRole('button', { name: 'Make the vault' })).toHaveCount(0)
  await lookEverywhere(clawkeep, 'create-generate')
  const made = (await popover.getByLabel('Generated').textContent()) ?? ''
  await popover.getByRole('button', { name: 'Use it' }).click()
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue(made)
  await gate.create(made)
  await new Rail(page).lock()
  await gate.locked()
  await gate.unlock(made)
  await gate.opened()
})

test('a forgotten password is replaced with the recovery words, which are shown once and can be made anew', async ({
  clawkeep: { page },
}) => {
  const gate = new Gate(page)
  const words = await gate.make()
  expect(words).toMatch(/^([a-z]+ ){23}[a-z]+$/)
  await expect(page.getByRole('heading', { name: 'Write these words down' })).toBeFocused()
  // Until the person says that they are on paper, Continue does nothing.
  await page.getByRole('button', { name: 'Continue' }).click({ force: true })
  await gate.shownWords()
  await gate.keepWords()

  const rail = new Rail(page)
  await rail.lock()
  await gate.locked()
  await gate.recover(words.replace(/^\w+/, 'xyzzy'), 'a new password of mine')
  await expect(page.getByRole('alert')).toContainText('Word 1 is not one of the words')
  await page.getByLabel('Recovery words').fill(words)
  await page.getByRole('button', { name: 'Set the password' }).click()
  await gate.opened()

  await rail.open('Settings')
  await page.getByRole('button', { name: 'Make new ones…' }).click()
  await page.getByLabel('Vault password', { exact: true }).fill('a new password of mine')
  await page.getByRole('button', { name: 'Make new words' }).click()
  const others = await gate.shownWords()
  expect(others).not.toBe(words)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'They are on paper' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)

  await rail.lock()
  await gate.locked()
  await gate.recover(words, 'yet another password')
  await expect(page.getByRole('alert')).toContainText('do not open this vault')
  await page.getByRole('button', { name: 'Back' }).click()
  await gate.unlock('a new password of mine')
  await gate.opened()
})

test('a lock gives the page a new process: what it knew of the open vault is gone with the old one', async ({
  unlocked: { app, page },
}) => {
  const gate = new Gate(page)
  const { id } = await ask(page, 'items.add', { kind: 'api-key', name: 'Canary', secret: 'canary-in-the-page' })
  await page.evaluate(
    (secret) => Object.assign(globalThis, { kept: secret }),
    await ask(page, 'items.reveal', { id, field: 'secret' }),
  )
  const before = await rendererPid(app)
  await new Rail(page).lock()
  await gate.locked()
  await expect.poll(() => rendererPid(app)).not.toBe(before)
  await expect.poll(() => isRunning(before)).toBe(false)
  expect(await page.evaluate(() => 'kept' in globalThis)).toBe(false)
  await expect(ask(page, 'items.list', undefined)).rejects.toThrow('locked')
})

test('the vault locks with Ctrl+L and with the computer; a wrong password says so and opens nothing', async ({
  unlocked: { app, page },
}) => {
  const gate = new Gate(page)
  await page.keyboard.press('ControlOrMeta+l')
  await gate.locked()
  await gate.unlock('not the password')
  await expect(page.getByRole('alert')).toContainText(/password/i)
  await gate.locked()
  for (const event of ['lock-screen', 'suspend'] as const) {
    await gate.unlock()
    await gate.opened()
    await app.evaluate(({ powerMonitor }, name) => powerMonitor.emit(name), event)
    await gate.locked()
  }
})

test('after a restart the vault is locked, and what was in it is there', async ({ launch }) => {
  const first = await launch()
  await new Gate(first.page).create()
  await ask(first.page, 'items.add', {
    kind: 'api-key',
    name: 'GitHub token',
    secret: 'ghp_x',
    hosts: ['api.github.com'],
  })
  await first.quit()

  const second = await launch({ home: first.home })
  const gate = new Gate(second.page)
  await gate.locked()
  await gate.unlock(password)
  await gate.opened()
  await expect(ask(second.page, 'items.list', undefined)).resolves.toMatchObject([{ name: 'GitHub token' }])
})

test('a copied secret is on the clipboard, and gone after the app has quit', async ({ launch, launchUnlocked }) => {
  const first = await launchUnlocked()
  const { id } = await ask(first.page, 'items.add', {
    kind: 'api-key',
    name: 'Copied',
    secret: 'canary-on-the-clipboard',
  })
  await ask(first.page, 'items.copy', { id, field: 'secret' })
  await expect.poll(() => first.app.evaluate(({ clipboard }) => clipboard.readText())).toBe('canary-on-the-clipboard')
  await first.quit()
  const second = await launch()
  expect(await second.app.evaluate(({ clipboard }) => clipboard.readText())).not.toContain('canary')
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
