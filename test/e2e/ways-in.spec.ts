import { copyFileSync, existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readPdf } from '../support/pdf-text.ts'
import { Gate, password } from './pages/gate.ts'
import { Rail } from './pages/rail.ts'
import { answerDialogs } from './support/answer-dialogs.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'
import { startKeyring } from './support/keyring.ts'
import { look, lookEverywhere, setSize, setTheme, sizes } from './support/look.ts'

test('the computer’s own keyring opens the vault, and falls back to the password when it is another one', async ({
  launch,
  folder,
}) => {
  test.setTimeout(180_000)
  const keyring = await startKeyring(join(folder, 'first'))
  const other = await startKeyring(join(folder, 'second'))
  try {
    const clawkeep = await launch(keyring)
    const { page, home } = clawkeep
    const gate = new Gate(page)
    const rail = new Rail(page)
    await gate.create()
    await ask(page, 'items.add', { kind: 'api-key', name: 'kept', secret: 'secret' })
    await rail.open('Settings')
    await page.getByRole('button', { name: 'Turn on…' }).click()
    await page.getByLabel('Vault password', { exact: true }).fill('not the password')
    await page.getByRole('button', { name: 'Turn on', exact: true }).click()
    await expect(page.getByRole('alert')).toContainText('The password is wrong')
    await look(page, 'quick-unlock-dialog', 'light', sizes[0])
    await page.getByLabel('Vault password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Turn on', exact: true }).click()
    await expect(page.getByText('Quick unlock is on')).toBeVisible()
    expect(statSync(join(home, 'quick-unlock.json')).mode & 0o777).toBe(0o600)
    await page
      .getByRole('region', { name: 'Lock and unlock' })
      .evaluate((part: { scrollIntoView(): void }) => part.scrollIntoView())
    await lookEverywhere(clawkeep, 'settings-lock')

    await rail.lock()
    await gate.locked()
    await lookEverywhere(clawkeep, 'locked-quick-unlock')
    await page.getByRole('button', { name: 'Unlock with this computer' }).click()
    await gate.opened()
    // The password was given a moment ago, but not since the lock: secrets want it again.
    await expect(
      ask(page, 'items.reveal', { id: (await ask(page, 'items.list', null))[0]?.id ?? '', field: 'secret' }),
    ).rejects.toThrow('password_needed')
    await clawkeep.quit()

    const again = await launch({ home, ...keyring })
    await again.page.getByRole('button', { name: 'Unlock with this computer' }).click()
    await new Gate(again.page).opened()
    await again.quit()

    const changed = await launch({ home, ...other })
    await changed.page.getByRole('button', { name: 'Unlock with this computer' }).click()
    await expect(changed.page.getByRole('alert')).toContainText('keychain does not open the vault any more')
    await expect(changed.page.getByLabel('Password', { exact: true })).toBeFocused()
    await look(changed.page, 'locked-keychain-changed', 'light', sizes[0])
    const changedGate = new Gate(changed.page)
    await changedGate.unlock()
    await changedGate.opened()
    await expect(changed.page.getByText('Quick unlock does not work any more')).toBeVisible()
    await look(changed.page, 'keychain-changed', 'light', sizes[1])
    await changed.page.getByRole('link', { name: 'Remove or set up again' }).click()
    await changed.page.getByRole('button', { name: 'Remove', exact: true }).click()
    await expect(changed.page.getByText('Quick unlock is off')).toBeVisible()
    expect(existsSync(join(home, 'quick-unlock.json'))).toBe(false)
  } finally {
    keyring.close()
    other.close()
  }
})

test('the recovery words are saved on a sheet to print, when the vault is made and when new ones are', async ({
  clawkeep,
  folder,
}) => {
  const { page } = clawkeep
  const gate = new Gate(page)
  const words = await gate.make()
  const sheet = join(folder, 'kit.pdf')
  await answerDialogs(clawkeep, sheet)
  await page.getByRole('button', { name: 'Save a sheet to print…' }).click()
  await expect(page.getByText('Saved. Print it')).toBeVisible()
  expect(wordsOn(sheet)).toBe(words)
  expect(statSync(sheet).mode & 0o777).toBe(0o600)
  await look(page, 'show-words-saved', 'light', sizes[0])
  await setSize(clawkeep, sizes[1])
  await look(page, 'show-words-saved', 'light', sizes[1])
  await gate.keepWords()
  await new Rail(page).open('Settings')
  await page.getByRole('button', { name: 'Make new ones…' }).click()
  await page.getByLabel('Vault password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Make new words' }).click()
  const others = await gate.shownWords()
  await page.getByRole('button', { name: 'Save a sheet to print…' }).click()
  await expect(page.getByText('Saved. Print it')).toBeVisible()
  expect(wordsOn(sheet)).toBe(others)
  await setTheme(page, 'dark')
  await look(page, 'new-words-saved', 'dark', sizes[1])
})

test('the person chooses what locks: the screen, sleep, a shortcut that no other program may have; without a keychain no quick unlock is offered', async ({
  launchUnlocked,
}) => {
  const first = await launchUnlocked()
  const { app, page } = first
  const gate = new Gate(page)
  const event = (name: 'lock-screen' | 'suspend') =>
    app.evaluate(({ powerMonitor }, which) => powerMonitor.emit(which), name)
  await new Rail(page).open('Settings')
  await expect(page.getByText('Not on this computer. This computer has no keychain')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Turn on…' })).toHaveCount(0)
  await expect(ask(page, 'quickUnlock.turnOn', { password })).rejects.toThrow('unavailable')
  await page.getByRole('switch', { name: 'Lock with the screen' }).click()
  await page.getByRole('switch', { name: 'Lock on sleep' }).click()
  await expect(page.getByRole('switch', { name: 'Lock on sleep' })).not.toBeChecked()
  await event('lock-screen')
  await event('suspend')
  expect((await ask(page, 'status.get', null)).vault).toBe('unlocked')

  const shortcut = 'CommandOrControl+Alt+Shift+L'
  const isTaken = () => app.evaluate(({ globalShortcut }, keys) => globalShortcut.isRegistered(keys), shortcut)
  expect(await isTaken()).toBe(false)
  await page.getByRole('switch', { name: 'Lock from any program' }).click()
  await expect.poll(isTaken).toBe(true)
  const second = await launchUnlocked()
  await new Rail(second.page).open('Settings')
  await second.page.getByRole('switch', { name: 'Lock from any program' }).click()
  await expect(second.page.getByRole('region', { name: 'Messages' })).toContainText('Another program uses this')
  await expect(second.page.getByRole('switch', { name: 'Lock from any program' })).not.toBeChecked()
  await page.getByRole('switch', { name: 'Lock from any program' }).click()
  await expect.poll(isTaken).toBe(false)

  await page.getByRole('switch', { name: 'Lock with the screen' }).click()
  await expect(page.getByRole('switch', { name: 'Lock with the screen' })).toBeChecked()
  await event('lock-screen')
  await gate.locked()
})

test('an older vault file that was put back is not opened before the person says so', async ({
  launch,
  launchUnlocked,
}) => {
  const first = await launchUnlocked()
  const { home } = first
  await first.quit()
  copyFileSync(join(home, 'vault.db'), join(home, 'older.db'))
  const second = await launch({ home })
  await new Gate(second.page).unlock()
  await new Gate(second.page).opened()
  await ask(second.page, 'items.add', { kind: 'api-key', name: 'newer', secret: 'secret' })
  await second.quit()
  copyFileSync(join(home, 'older.db'), join(home, 'vault.db'))

  const clawkeep = await launch({ home })
  const { page } = clawkeep
  const gate = new Gate(page)
  await gate.unlock()
  await expect(page.getByRole('heading', { name: 'This may be an older vault' })).toBeFocused()
  await expect(page.getByText('it lacks 1 change of an item')).toBeVisible()
  await lookEverywhere(clawkeep, 'older-vault')
  await page.getByRole('button', { name: 'Open it as it is' }).click()
  await gate.opened()
  expect(await ask(page, 'items.list', null)).toEqual([])
})

function wordsOn(sheet: string): string {
  return readPdf(readFileSync(sheet))
    .pieces.filter((piece) => /^[a-z]{3,8}$/.test(piece))
    .join(' ')
}
