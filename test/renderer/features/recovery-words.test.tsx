import { screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { App } from '../../../src/renderer/src/app.tsx'
import { SettingsPage } from '../../../src/renderer/src/features/settings/settings-page.tsx'
import type { Answers } from '../support/bridge.ts'
import { core, inputOf } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'
import { aStatus, someSettings } from '../support/samples.ts'

beforeEach(giveRoom)

describe('the recovery words', () => {
  const words = `${'abandon '.repeat(23)}art`
  const settings = {
    'settings.get': () => someSettings(),
    'policy.get': () => ({ version: 1, default: 'ask', rules: [], network: [] }),
  } satisfies Answers

  test('that are made anew can be saved as a sheet; one that was not saved says nothing', async () => {
    let saved = false
    const bridge = core({
      ...settings,
      'vault.renewWords': () => ({ recoveryWords: words }),
      'kit.save': () => ({ saved }),
    })
    const user = show(<SettingsPage />, bridge)
    await user.click(await screen.findByRole('button', { name: 'Make new ones…' }))
    await user.type(await screen.findByLabelText('Vault password'), 'my password{Enter}')
    await user.click(await screen.findByRole('button', { name: 'Save a sheet to print…' }))
    await waitFor(() => expect(inputOf(bridge, 'kit.save')).toMatchObject({ words }))
    expect(screen.queryByText(/Saved\./)).toBeNull()
    saved = true
    await user.click(screen.getByRole('button', { name: 'Save a sheet to print…' }))
    expect(await screen.findByText(/Saved\. Print it/)).toBeTruthy()
  })

  test('of a new vault are on the screen while its person is there, and confirmed when they are on paper', async () => {
    let status = aStatus({ vault: 'absent', locksAtMs: null })
    const bridge = core({
      ...settings,
      'status.get': () => status,
      'vault.create': () => {
        status = aStatus({ wordsUnconfirmed: true })
        return { recoveryWords: words }
      },
      'vault.stayAwake': () => null,
      'vault.confirmWords': () => {
        status = aStatus()
        return null
      },
    })
    const user = show(<App />, bridge)
    await user.type(await screen.findByLabelText('Password'), 'correct horse battery')
    await user.type(screen.getByLabelText('Password again'), 'correct horse battery{Enter}')
    await screen.findByRole('heading', { name: 'Write these words down' })
    const press = new KeyboardEvent('keydown', { key: 'Shift' })
    // As the person makes it; what a page makes itself is not trusted.
    Object.defineProperty(press, 'isTrusted', { value: true })
    window.dispatchEvent(press)
    expect(bridge.calls.some(({ route }) => route === 'vault.stayAwake')).toBe(true)
    await user.click(screen.getByRole('checkbox', { name: /They are on paper/ }))
    await user.click(screen.getByRole('button', { name: 'Continue' }))
    await screen.findByRole('heading', { level: 1, name: 'Approvals' })
    expect(bridge.calls.some(({ route }) => route === 'vault.confirmWords')).toBe(true)
    expect(screen.queryByText('Are the recovery words on paper?')).toBeNull()
  })

  test('that nobody has confirmed are asked about on every page, with the way to new ones', async () => {
    let status = aStatus({ wordsUnconfirmed: true })
    const bridge = core({
      ...settings,
      'status.get': () => status,
      'grants.list': () => [],
      'vault.confirmWords': () => {
        status = aStatus()
        return null
      },
    })
    const user = show(<App />, bridge)
    await screen.findByText('Are the recovery words on paper?')
    await user.click(screen.getByRole('link', { name: 'Make new ones' }))
    await screen.findByRole('button', { name: 'Make new ones…' })
    expect(screen.queryByText('Are the recovery words on paper?')).toBeNull()
    await user.keyboard('{Control>}1{/Control}')
    await user.click(await screen.findByRole('button', { name: 'I have them' }))
    await waitFor(() => expect(screen.queryByText('Are the recovery words on paper?')).toBeNull())
  })

  test('that were made anew are confirmed by the button that closes them', async () => {
    const bridge = core({
      ...settings,
      'vault.renewWords': () => ({ recoveryWords: words }),
      'vault.confirmWords': () => null,
    })
    const user = show(<SettingsPage />, bridge)
    await user.click(await screen.findByRole('button', { name: 'Make new ones…' }))
    await user.type(await screen.findByLabelText('Vault password'), 'my password{Enter}')
    await user.click(await screen.findByRole('button', { name: 'They are on paper' }))
    await waitFor(() => expect(screen.queryByText('Write these words down')).toBeNull())
    expect(bridge.calls.some(({ route }) => route === 'vault.confirmWords')).toBe(true)
  })

  test('are ended with the password', async () => {
    const bridge = core({ ...settings, 'vault.removeWords': () => null })
    const user = show(<SettingsPage />, bridge)
    await user.click(await screen.findByRole('button', { name: 'End them…' }))
    await user.type(await screen.findByLabelText('Vault password'), 'my password{Enter}')
    expect(await screen.findByText('The recovery words have ended')).toBeTruthy()
    expect(inputOf(bridge, 'vault.removeWords')).toEqual({ password: 'my password' })
  })
})
