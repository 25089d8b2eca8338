import { act, screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { App } from '../../../src/renderer/src/app.tsx'
import { SettingsPage } from '../../../src/renderer/src/features/settings/settings-page.tsx'
import type { Status } from '../../../src/shared/models/status.ts'
import { createBridge, Refusal, type Answers } from '../support/bridge.ts'
import { core, inputOf } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'
import { aStatus, someSettings } from '../support/samples.ts'
import { someUpkeep } from '../support/upkeep-sample.ts'

function locked(more: Answers, status: Partial<Status> = {}) {
  return createBridge({
    'status.get': () => aStatus({ vault: 'locked', locksAtMs: null, ...status }),
    'settings.get': () => someSettings(),
    ...more,
  })
}

beforeEach(giveRoom)

describe('a vault file that is older than one seen before', () => {
  const older = {
    code: 'rolled_back',
    message: 'The vault file is an older one: it lacks 2 changes of items.',
    hint: '`clawkeep unlock --accept-older`',
  } as const

  test('is not opened by the password alone: what it lacks is said, and it is opened when the person says so', async () => {
    const bridge = locked({
      'vault.unlock': ({ acceptOlder }) => {
        if (acceptOlder !== true) throw new Refusal(older)
        return null
      },
    })
    const user = show(<App />, bridge)
    await user.type(await screen.findByLabelText('Password'), 'my password{Enter}')
    expect(await screen.findByRole('heading', { name: 'This may be an older vault' })).toBe(document.activeElement)
    expect(screen.getByText(older.message)).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Open it as it is' }))
    const unlocks = () => bridge.calls.filter(({ route }) => route === 'vault.unlock').map(({ input }) => input)
    await waitFor(() =>
      expect(unlocks()).toEqual([{ password: 'my password' }, { password: 'my password', acceptOlder: true }]),
    )
  })

  test('is told to the recovery words as well, and leads to the backups', async () => {
    const bridge = locked({
      'vault.recover': () => {
        throw new Refusal(older)
      },
      'upkeep.get': () => new Promise<never>(() => undefined),
    })
    const user = show(<App />, bridge)
    await user.click(await screen.findByRole('button', { name: 'Use the recovery words' }))
    await user.type(await screen.findByLabelText('Recovery words'), 'abandon art')
    await user.type(screen.getByLabelText('New password'), 'a new password')
    await user.type(screen.getByLabelText('New password again'), 'a new password{Enter}')
    await user.click(await screen.findByRole('button', { name: 'Restore a backup' }))
    expect(await screen.findByRole('heading', { name: 'Restore a backup' })).toBeTruthy()
  })
})

describe('quick unlock at the lock screen', () => {
  test('opens the vault by a press, and gives way to the password when it does not', async () => {
    const bridge = locked(
      {
        'quickUnlock.unlock': () => {
          throw new Refusal({ code: 'unavailable', message: 'It does not open.', hint: 'Use the password.' })
        },
      },
      { quickUnlock: 'ready' },
    )
    const user = show(<App />, bridge)
    await user.click(await screen.findByRole('button', { name: 'Unlock with this computer' }))
    expect((await screen.findByRole('alert')).textContent).toContain('It does not open.')
    expect(document.activeElement).toBe(screen.getByLabelText('Password'))
  })

  test('leaves what to do about an older vault file to who knows the password', async () => {
    const bridge = locked(
      {
        'quickUnlock.unlock': () => {
          throw new Refusal({ code: 'rolled_back', message: 'It is an older one.', hint: '`clawkeep`' })
        },
      },
      { quickUnlock: 'ready' },
    )
    const user = show(<App />, bridge)
    await user.click(await screen.findByRole('button', { name: 'Unlock with this computer' }))
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toBe('It is an older one.Type the password to decide what to do about it.')
  })

  test.each([
    ['off', null],
    ['password-due', 'It is time to type the password again.'],
    ['lost', 'This computer’s keychain does not open the vault any more.'],
  ] as const)('is no button while it is %s', async (quickUnlock, words) => {
    show(<App />, locked({}, { quickUnlock }))
    await screen.findByLabelText('Password')
    expect(screen.queryByRole('button', { name: 'Unlock with this computer' })).toBeNull()
    if (words !== null) expect(screen.getByText(words, { exact: false })).toBeTruthy()
  })

  test('waits with everything else after too many wrong tries', async () => {
    const bridge = locked({}, { quickUnlock: 'ready', throttledForMs: 60_000 })
    const user = show(<App />, bridge)
    await screen.findByText(/The next one is possible in/)
    await user.click(screen.getByRole('button', { name: 'Unlock with this computer' }))
    expect(bridge.calls.some(({ route }) => route === 'quickUnlock.unlock')).toBe(false)
  })
})

describe('in Settings', () => {
  const settings = {
    'settings.get': () => someSettings(),
    'settings.set': () => someSettings(),
    'policy.get': () => ({ version: 1, default: 'ask', rules: [], network: [] }),
  } satisfies Answers

  test('each way to lock is a choice of its own', async () => {
    const bridge = core(settings)
    const user = show(<SettingsPage />, bridge)
    for (const [name, patch] of [
      ['Lock with the screen', { lockWithScreen: false }],
      ['Lock on sleep', { lockOnSleep: false }],
      ['Lock when the window is closed', { lockOnClose: true }],
      ['Lock from any program', { lockShortcut: true }],
    ] as const) {
      await user.click(await screen.findByRole('switch', { name }))
      await waitFor(() =>
        expect(bridge.calls.filter(({ route }) => route === 'settings.set').at(-1)?.input).toEqual(patch),
      )
    }
  })

  test('quick unlock is turned on with the password, and one that was lost can be removed or set up again', async () => {
    const on = core({ ...settings, 'quickUnlock.turnOn': () => null })
    const user = show(<SettingsPage />, on)
    await user.click(await screen.findByRole('button', { name: 'Turn on…' }))
    await user.type(await screen.findByLabelText('Vault password'), 'my password{Enter}')
    expect(await screen.findByText('Quick unlock is on')).toBeTruthy()
    expect(inputOf(on, 'quickUnlock.turnOn')).toEqual({ password: 'my password' })

    const lost = core({
      ...settings,
      'quickUnlock.get': () => ({ state: 'lost', problem: null }),
      'quickUnlock.turnOff': () => null,
    })
    const again = show(<SettingsPage />, lost)
    expect(await screen.findByRole('button', { name: 'Set up again…' })).toBeTruthy()
    await again.click(screen.getByRole('button', { name: 'Remove' }))
    expect(await screen.findByText('Quick unlock is off')).toBeTruthy()
  })

  test('too many wrong passwords show in a dialog how long to wait', async () => {
    const bridge = core({
      ...settings,
      'quickUnlock.turnOn': () => {
        throw new Refusal({ code: 'throttled', message: 'Too many.', retryAfterMs: 45_000 })
      },
    })
    const user = show(<SettingsPage />, bridge)
    await user.click(await screen.findByRole('button', { name: 'Turn on…' }))
    await user.type(await screen.findByLabelText('Vault password'), 'wrong{Enter}')
    expect((await screen.findByText(/The next one is possible in/)).textContent).toMatch(/0:4[3-6]/)
    await user.keyboard('{Enter}')
    expect(bridge.calls.filter(({ route }) => route === 'quickUnlock.turnOn')).toHaveLength(1)
  })
})

test('a restore waits like any other try of a password, and shows how long', async () => {
  let throttledForMs = 0
  const bridge = locked({
    'status.get': () => aStatus({ vault: 'locked', locksAtMs: null, throttledForMs }),
    'upkeep.get': () => someUpkeep(),
    'vault.restore': () => {
      throttledForMs = 120_000
      throw new Refusal({ code: 'throttled', message: 'Too many.', retryAfterMs: 120_000 })
    },
  })
  const user = show(<App />, bridge)
  await user.click(await screen.findByRole('button', { name: 'Restore a backup' }))
  await user.type(await screen.findByLabelText('Password of the backup'), 'wrong{Enter}')
  expect((await screen.findByText(/The next one is possible in/)).textContent).toMatch(/[12]:[05]\d/)
  await user.click(screen.getByRole('button', { name: 'Restore it' }))
  expect(bridge.calls.filter(({ route }) => route === 'vault.restore')).toHaveLength(1)
})

test('the wait after wrong tries does not begin anew in another view, nor is it forgotten there', async () => {
  let throttledForMs = 0
  const bridge = locked({
    'status.get': () => aStatus({ vault: 'locked', locksAtMs: null, throttledForMs }),
    'vault.unlock': () => {
      throttledForMs = 60_000
      throw new Refusal({ code: 'throttled', message: 'Too many.', retryAfterMs: 60_000 })
    },
  })
  const user = show(<App />, bridge)
  const leftS = async (): Promise<number> => {
    const words = (await screen.findByText(/The next one is possible in/)).textContent
    const [, minutes, seconds] = /(\d):(\d\d)/.exec(words) ?? []
    return Number(minutes) * 60 + Number(seconds)
  }
  await user.type(await screen.findByLabelText('Password'), 'wrong{Enter}')
  const first = await leftS()
  expect(first).toBeGreaterThan(55)
  await act(() => new Promise((passed) => setTimeout(passed, 2_100)))
  await user.click(screen.getByRole('button', { name: 'Use the recovery words' }))
  expect(await leftS()).toBeLessThanOrEqual(first - 2)
  await user.click(screen.getByRole('button', { name: 'Back' }))
  expect(await leftS()).toBeLessThanOrEqual(first - 2)
})
