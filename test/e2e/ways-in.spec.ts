import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Gate, password } from './pages/gate.ts'
import { Rail } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'
import { startKeyring } from './support/keyring.ts'
import { look, lookEverywhere, sizes } from './support/look.ts'

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

test('a computer without a keychain is not offered quick unlock, and is refused it', async ({ launchUnlocked }) => {
  const { page } = await launchUnlocked()
  await new Rail(page).open('Settings')
  await expect(page.getByText('Not on this computer. This computer has no keychain')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Turn on…' })).toHaveCount(0)
  await expect(ask(page, 'quickUnlock.turnOn', { password })).rejects.toThrow('unavailable')
})
