import { screen, waitFor } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { App } from '../../../src/renderer/src/app.tsx'
import { createBridge, Refusal, type Answers } from '../support/bridge.ts'
import { show } from '../support/render.tsx'
import { aStatus, someSettings } from '../support/samples.ts'

function locked(more: Answers) {
  return createBridge({
    'status.get': () => aStatus({ vault: 'locked', locksAtMs: null }),
    'settings.get': () => someSettings(),
    ...more,
  })
}

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
    expect(await screen.findByRole('heading', { name: 'This is an older vault' })).toBe(document.activeElement)
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
