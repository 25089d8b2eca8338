import { screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { App } from '../../src/renderer/src/app.tsx'
import type { Status } from '../../src/shared/models/status.ts'
import { type Answers, createBridge, Refusal } from './support/bridge.ts'
import { someSnippets } from './support/connect-samples.ts'
import { giveRoom, show } from './support/render.tsx'
import { anApiKey, anApproval, anAssistant, anItem, aStatus, someSettings } from './support/samples.ts'

function core(status: Partial<Status>, more: Answers = {}) {
  return createBridge({
    'status.get': () => aStatus(status),
    'settings.get': () => someSettings(),
    'approvals.list': () => [anApproval()],
    'grants.list': () => [],
    'items.list': () => [anItem()],
    'keys.list': () => [anApiKey()],
    'assistants.list': () => [anAssistant()],
    'vault.stayAwake': () => null,
    ...more,
  })
}

const aSecret = `oc_sk_${'0af1'.repeat(12)}`
const recoveryWords = 'abandon '.repeat(23) + 'art'

beforeEach(giveRoom)

describe('before the vault is open', () => {
  test('nothing is shown for 300 ms, then what is happening', async () => {
    const bridge = createBridge({
      'status.get': () => new Promise<never>(() => undefined),
      'settings.get': () => someSettings(),
    })
    show(<App />, bridge)
    expect(screen.queryByText(/Starting/)).toBeNull()
    expect(await screen.findByText('Starting Clawkeep…')).toBeTruthy()
  })

  test('a window without its bridge says so and what to do', async () => {
    show(<App />, null)
    expect((await screen.findByRole('alert')).textContent).toContain(
      'This window is not connected to Clawkeep.Close it and start Clawkeep again.',
    )
  })

  test('a main process that breaks while answering is said in words, not in its own', async () => {
    // No route is answered: the bridge rejects with a text that no person should read.
    show(<App />, createBridge({}))
    expect((await screen.findByRole('alert')).textContent).toContain('Clawkeep did not answer as expected.')
    expect(document.body.textContent).not.toContain('Nobody answers')
  })

  test('a vault that was never made asks for a password twice, long enough and the same', async () => {
    const bridge = core({ vault: 'absent', locksAtMs: null }, { 'vault.create': () => ({ recoveryWords }) })
    const user = show(<App />, bridge)
    const first = await screen.findByLabelText('Password')
    expect(document.activeElement).toBe(first)
    await user.keyboard('short{Enter}')
    expect(await screen.findByText('Use at least 10 characters.')).toBeTruthy()
    await user.clear(first)
    await user.type(first, 'correct horse battery')
    expect(await screen.findByText('Strong', {}, { timeout: 5_000 })).toBeTruthy()
    await user.type(screen.getByLabelText('Password again'), 'correct horse batter{Enter}')
    expect(await screen.findByText('The two passwords are not the same.')).toBeTruthy()
    expect(bridge.calls.some(({ route }) => route === 'vault.create')).toBe(false)
    await user.type(screen.getByLabelText('Password again'), 'y{Enter}')
    await waitFor(() => expect(bridge.calls.at(-1)?.route).not.toBe(undefined))
    expect(bridge.calls.find(({ route }) => route === 'vault.create')?.input).toEqual({
      password: 'correct horse battery',
    })
    expect(await screen.findByRole('heading', { name: 'Write these words down' })).toBe(document.activeElement)
    expect(screen.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual(
      recoveryWords.split(' ').map((word, at) => `${at + 1}${word}`),
    )
  })

  test('the password field of a locked vault has the focus, and a wrong password is said beside it', async () => {
    const bridge = core(
      { vault: 'locked', locksAtMs: null, pendingApprovals: 2 },
      {
        'vault.unlock': () => {
          throw new Refusal({ code: 'wrong_password', message: 'That is not the password.' })
        },
      },
    )
    const user = show(<App />, bridge)
    const field = await screen.findByLabelText('Password')
    expect(document.activeElement).toBe(field)
    expect(screen.getByText('2 questions wait for you. Unlock to answer.')).toBeTruthy()
    await user.keyboard('nope{Enter}')
    expect((await screen.findByRole('alert')).textContent).toBe('That is not the password.')
    expect(field.getAttribute('aria-invalid')).toBe('true')
  })

  test('too many wrong passwords show how long to wait and send nothing meanwhile', async () => {
    const bridge = core({ vault: 'locked', locksAtMs: null, throttledForMs: 93_000 })
    const user = show(<App />, bridge)
    expect((await screen.findByText(/The next one is possible in/)).textContent).toMatch(/1:3[2-4]/)
    await user.type(screen.getByLabelText('Password'), 'x{Enter}')
    expect(bridge.calls.some(({ route }) => route === 'vault.unlock')).toBe(false)
  })
})

describe('behind the open vault', () => {
  test('the keys of the keyboard open pages, the palette and the lock', async () => {
    const bridge = core({}, { 'vault.lock': () => null })
    const user = show(<App />, bridge)
    await screen.findByRole('heading', { level: 1, name: 'Approvals' })
    await user.keyboard('{Control>}3{/Control}')
    await screen.findByRole('heading', { level: 1, name: 'Keys' })
    await user.keyboard('/')
    expect(document.activeElement).toBe(screen.getByRole('searchbox'))
    await user.keyboard('{Control>}k{/Control}')
    await screen.findByRole('combobox', { name: 'Type what you look for' })
    await user.keyboard('clients{Enter}')
    await screen.findByRole('heading', { level: 1, name: 'Clients' })
    await user.keyboard('{Control>}l{/Control}')
    await waitFor(() => expect(bridge.calls.some(({ route }) => route === 'vault.lock')).toBe(true))
  })

  test('behind a dialog no key opens a page or the palette: what it shows once would be gone; the lock works', async () => {
    const bridge = core(
      {},
      {
        'vault.lock': () => null,
        'connect.list': () => [],
        'connect.snippets': () => [...someSnippets],
        'signIns.list': () => [],
        'sessions.list': () => [],
        'keys.create': () => ({ key: anApiKey(), secret: aSecret }),
      },
    )
    const user = show(<App />, bridge, '/clients/new')
    await user.type(await screen.findByLabelText('Name'), 'Claude{Enter}')
    await screen.findByText(aSecret)
    for (const key of ['1', '3', '6', 'k']) await user.keyboard(`{Control>}${key}{/Control}`)
    expect(screen.queryByRole('combobox', { name: 'Type what you look for' })).toBeNull()
    expect(screen.getByText(aSecret)).toBeTruthy()
    await user.keyboard('{Control>}l{/Control}')
    await waitFor(() => expect(bridge.calls.some(({ route }) => route === 'vault.lock')).toBe(true))
  })

  test('the key that opens the palette closes it again, and page keys wait until it is closed', async () => {
    const user = show(<App />, core({}))
    await screen.findByRole('heading', { level: 1, name: 'Approvals' })
    await user.keyboard('{Control>}k{/Control}')
    await screen.findByRole('combobox', { name: 'Type what you look for' })
    await user.keyboard('{Control>}3{/Control}')
    expect(window.location.hash).toBe('#/approvals')
    await user.keyboard('{Control>}k{/Control}')
    await waitFor(() => expect(screen.queryByRole('combobox', { name: 'Type what you look for' })).toBeNull())
  })

  test('what does not open of the vault is said on every page, and leads to the check', async () => {
    const vaultProblem = { message: 'The item itm_x does not open.', hint: 'The check in Settings lists all of it.' }
    const user = show(<App />, core({ vaultProblem }))
    for (const page of ['3', '4']) {
      await screen.findByText('Not everything in the vault is as it should be.')
      expect(screen.getByText(`${vaultProblem.message} ${vaultProblem.hint}`)).toBeTruthy()
      await user.keyboard(`{Control>}${page}{/Control}`)
    }
    await user.click(screen.getByRole('link', { name: 'Open Settings' }))
    await screen.findByRole('heading', { level: 1, name: 'Settings' })
    expect(screen.queryByRole('link', { name: 'Open Settings' })).toBeNull()
  })

  test('an audit log that cannot be written is said on every page', async () => {
    const user = show(<App />, core({ auditProblem: 'The disk is full.' }))
    for (const page of ['3', '4']) {
      await screen.findByText('The audit log cannot be written, so nothing sensitive runs.')
      expect(screen.getByText('The disk is full.')).toBeTruthy()
      await user.keyboard(`{Control>}${page}{/Control}`)
    }
  })

  test('a question that comes while another page is open is announced there', async () => {
    show(<App />, core({ pendingApprovals: 1 }), '/keys')
    expect(await screen.findByText('1 question waits for your answer.')).toBeTruthy()
    expect(document.title).toBe('(1) Clawkeep')
  })

  test('a lock takes everything off the screen', async () => {
    let vault: Status['vault'] = 'unlocked'
    const bridge = core({}, { 'status.get': () => aStatus({ vault, locksAtMs: null }) })
    show(<App />, bridge, '/keys')
    await screen.findByText('GitHub token')
    vault = 'locked'
    bridge.emit('status')
    await screen.findByRole('heading', { name: 'Clawkeep is locked' })
    expect(document.body.textContent).not.toContain('GitHub token')
  })
})
