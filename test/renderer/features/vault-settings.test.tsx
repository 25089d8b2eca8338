import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { App } from '../../../src/renderer/src/app.tsx'
import { SettingsPage } from '../../../src/renderer/src/features/settings/settings-page.tsx'
import { Locked } from '../../../src/renderer/src/features/unlock/locked.tsx'
import { Refusal } from '../support/bridge.ts'
import { core, inputOf } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'
import { aStatus, someSettings } from '../support/samples.ts'
import { someUpkeep } from '../support/upkeep-sample.ts'

const policy = { version: 1 as const, default: 'ask' as const, rules: [], network: [] }
const noVault = {
  making: false,
  words: null,
  error: null,
  make: () => undefined,
  confirm: () => undefined,
  confirming: false,
}

beforeEach(giveRoom)

function page(more: Parameters<typeof core>[0] = {}) {
  const bridge = core({
    'settings.get': () => someSettings(),
    'settings.set': () => someSettings(),
    'policy.get': () => policy,
    ...more,
  })
  return { bridge, user: show(<SettingsPage />, bridge, '/settings') }
}

const button = (name: string | RegExp): Promise<HTMLElement> => screen.findByRole('button', { name })

describe('the vault in Settings', () => {
  test('is backed up, gets a new key, and is checked at the press of a button', async () => {
    const { bridge, user } = page({
      'vault.backup': () => ({ file: '/x', items: 12 }),
      'vault.rotate': () => ({ epoch: 4 }),
      'vault.check': () => ({ atMs: 1, epoch: 4, items: 12, records: 3, problems: [], keptAside: null }),
    })
    await user.click(await button('Back up now'))
    await user.click(await button('New key now'))
    await user.click(await button('Check now'))
    await waitFor(() => expect(inputOf(bridge, 'vault.check')).toEqual({ rescue: false }))
    expect(inputOf(bridge, 'vault.backup')).toEqual({ file: null })
    expect(inputOf(bridge, 'vault.rotate')).toBeUndefined()
    expect(bridge.calls.some(({ route }) => route === 'vault.rotate')).toBe(true)
  })

  test('shows how far the work is, lets it be stopped, and begins nothing else meanwhile', async () => {
    const running = { kind: 'rotate' as const, done: 25, total: 100 }
    const { bridge, user } = page({ 'upkeep.get': () => someUpkeep({ running }), 'upkeep.cancel': () => null })
    expect(await screen.findByText('25 %')).toBeDefined()
    expect((await button('Back up now')).getAttribute('aria-disabled')).toBe('true')
    await user.click(await button('Stop'))
    await waitFor(() => expect(bridge.calls.some(({ route }) => route === 'upkeep.cancel')).toBe(true))
  })

  test('names what does not open, and keeps the rest when asked to', async () => {
    const problem = { table: 'items', id: 'itm_x', name: 'GitHub token', message: 'The item itm_x does not open.' }
    const check = { atMs: 1, epoch: 1, items: 11, records: 3, problems: [problem], keptAside: null }
    const { bridge, user } = page({
      'upkeep.get': () => someUpkeep({ check }),
      'vault.check': () => ({ ...check, keptAside: '/x/vault.db.damaged-1' }),
    })
    await user.click(await button('What is wrong…'))
    const dialog = within(await screen.findByRole('dialog'))
    expect(dialog.getByText('GitHub token:')).toBeDefined()
    await user.click(dialog.getByRole('button', { name: 'Keep what opens' }))
    await waitFor(() => expect(inputOf(bridge, 'vault.check')).toEqual({ rescue: true }))
  })

  test('takes a new password only with the present one', async () => {
    const { bridge, user } = page({ 'vault.changePassword': () => null })
    await user.click(await button('Change password…'))
    const send = await button('Change password')
    expect(send.getAttribute('aria-disabled')).toBe('true')
    for (const [label, text] of [
      ['Present password', 'old password'],
      ['New password', 'a newer password'],
      ['New password again', 'a newer password'],
    ] as const) {
      await user.click(screen.getByLabelText(label))
      await user.paste(text)
    }
    await user.click(send)
    await waitFor(() =>
      expect(inputOf(bridge, 'vault.changePassword')).toEqual({
        password: 'old password',
        newPassword: 'a newer password',
      }),
    )
  })
})

test.each([
  [true, 'Guessing is harder now', 'Each guess takes 256 MB and, here, 600 ms.'],
  [
    false,
    'Guessing is as hard as this computer bears',
    'Each guess takes 256 MB and, here, 600 ms. Nothing was changed.',
  ],
])('making guessing harder tells whether anything was changed: %s', async (raised, title, what) => {
  const { bridge, user } = page({
    'vault.calibrate': () => ({ memoryMiB: 256, passes: 3, tookMs: 600, raised }),
  })
  await user.click(await button('Make guessing harder…'))
  await user.click(await screen.findByLabelText('Vault password'))
  await user.paste('the password')
  await user.click(await button('Measure and set'))
  expect(await screen.findByText(title)).toBeDefined()
  expect(screen.getByText(what)).toBeDefined()
  expect(inputOf(bridge, 'vault.calibrate')).toEqual({ password: 'the password' })
})

describe('a backup is restored', () => {
  test('over a locked vault, from the data folder, and a wrong password is said at its field', async () => {
    const bridge = core({
      'vault.restore': () => {
        throw new Refusal({ code: 'wrong_password', message: 'The password does not open this backup.' })
      },
    })
    const user = show(<Locked status={aStatus({ vault: 'locked' })} newVault={noVault} />, bridge)
    await user.click(await button('Restore a backup'))
    await user.click(await screen.findByLabelText('Password of the backup'))
    await user.paste('older password')
    await user.click(await button('Restore it'))
    expect(await screen.findByText('The password does not open this backup.')).toBeDefined()
    expect(inputOf(bridge, 'vault.restore')).toEqual({
      from: { kind: 'folder', name: someUpkeep().backups[0]?.name },
      password: 'older password',
    })
  })

  test('where there is no vault, from a file that is chosen', async () => {
    const bridge = core({
      'upkeep.get': () => someUpkeep({ backups: [], epoch: null, keySinceMs: null }),
      'vault.chooseBackup': () => ({ fileName: 'from-stick.ckbackup' }),
      'vault.restore': () => ({ items: 2, keptAside: null }),
    })
    const user = show(<Locked status={aStatus({ vault: 'absent' })} newVault={noVault} />, bridge)
    await user.click(await button('Restore a backup instead'))
    await user.click(await button('Other file…'))
    expect(await screen.findByText('from-stick.ckbackup')).toBeDefined()
    await user.click(await screen.findByLabelText('Password of the backup'))
    await user.paste('older password')
    await user.click(await button('Restore it'))
    await waitFor(() =>
      expect(inputOf(bridge, 'vault.restore')).toEqual({ from: { kind: 'chosen' }, password: 'older password' }),
    )
  })

  test('and the unlock says so, and where the vault from before is; a file that cannot be chosen is said too', async () => {
    const bridge = core({
      'status.get': () => aStatus({ vault: 'locked', locksAtMs: null }),
      'settings.get': () => someSettings(),
      'vault.chooseBackup': () => {
        throw new Refusal({ code: 'no_permission', message: 'This folder cannot be read.' })
      },
      'vault.restore': () => ({ items: 2, keptAside: '/home/ada/vault.db.before-1' }),
    })
    // As the window starts: with no other place for messages than its own.
    const user = show(<App />, bridge, '/', { toaster: false })
    await screen.findByRole('region', { name: 'Messages' })
    await user.click(await button('Restore a backup'))
    await user.click(await button('Other file…'))
    expect(await screen.findAllByText('This folder cannot be read.')).not.toEqual([])
    await user.click(await screen.findByLabelText('Password of the backup'))
    await user.paste('older password')
    await user.click(await button('Restore it'))
    const said = await screen.findByText('The backup is restored.')
    expect(said.closest('[role=status]')?.textContent).toContain('/home/ada/vault.db.before-1')
    expect(await screen.findByRole('heading', { name: 'Clawkeep is locked' })).toBeDefined()
  })

  test('or what opens is kept, and Settings says after the unlock where the file from before is', async () => {
    const keptAside = { kind: 'check' as const, file: '/home/ada/vault.db.damaged-1', atMs: Date.now() - 60_000 }
    page({ 'upkeep.get': () => someUpkeep({ keptAside }) })
    expect(await screen.findByText(keptAside.file)).toBeDefined()
    expect(screen.getByText(/It is damaged/)).toBeDefined()
  })
})
