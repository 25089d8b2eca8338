import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { ApprovalsPage } from '../../../src/renderer/src/features/approvals/approvals-page.tsx'
import { ClientsPage } from '../../../src/renderer/src/features/clients/clients-page.tsx'
import { Rail } from '../../../src/renderer/src/layout/rail.tsx'
import { Refusal } from '../support/bridge.ts'
import { core, inputOf } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'
import { aPlan, aProgram, isConnected } from '../support/connect-samples.ts'
import { anApiKey, aStatus } from '../support/samples.ts'

const button = (name: string | RegExp) => screen.getByRole('button', { name })
const off = (name: string) => button(name).getAttribute('aria-disabled') === 'true'

beforeEach(giveRoom)

describe('the list of programs', () => {
  test('shows first what needs the person, then what is connected, what can be, and the rest', async () => {
    const programs = [
      aProgram({ program: 'zed', name: 'Zed', state: 'absent' }),
      aProgram(),
      aProgram({ program: 'codex', name: 'Codex', state: 'connected', connected: isConnected }),
      aProgram({ program: 'vscode', name: 'VS Code', state: 'drifted', connected: isConnected }),
    ]
    show(<ClientsPage />, core({ 'connect.list': () => programs }), '/clients')
    const rows = await screen.findAllByRole('option')
    const shown = rows.map((row) => row.textContent)
    expect(shown.map((text) => /VS Code|Codex|Cursor|Zed|Any other program/.exec(text ?? '')?.[0])).toEqual([
      'VS Code',
      'Codex',
      'Cursor',
      'Zed',
      'Any other program',
    ])
    for (const [index, word] of ['Changed', 'Connected', 'Not connected', 'Not found'].entries())
      expect(shown[index]).toContain(word)
  })

  test('says so when none was found, and offers the way for any other', async () => {
    const bridge = core({ 'connect.list': () => [aProgram({ state: 'absent' })] })
    const user = show(<ClientsPage />, bridge, '/clients')
    expect((await screen.findByRole('note')).textContent).toContain('None of the programs')
    await user.click(screen.getByRole('option', { name: /Any other program/ }))
    expect((await screen.findByLabelText('Configuration for Any other program')).textContent).toContain(
      'oc_sk_your_key',
    )
    expect(screen.getByText('http://127.0.0.1:7420/mcp')).toBeTruthy()
    await user.click(button('Make a key'))
    expect(await screen.findByRole('dialog', { name: 'Make a key for a client' })).toBeTruthy()
  })

  test('says why it cannot be read, with a way to try again', async () => {
    const refusal = new Refusal({ code: 'unavailable', message: 'The disk is away.', hint: 'Plug it in.' })
    const failing = core({
      'connect.list': () => {
        throw refusal
      },
    })
    show(<ClientsPage />, failing, '/clients')
    expect((await screen.findByRole('alert')).textContent).toContain('The disk is away.')
    expect(button('Try again')).toBeTruthy()
  })
})

describe('connecting', () => {
  test('shows the exact change and writes just that, with the scopes that are ticked', async () => {
    const bridge = core({
      'connect.add': () => aProgram({ state: 'connected', connected: isConnected }),
    })
    const user = show(<ClientsPage />, bridge, '/clients/cursor')
    const change = await screen.findByLabelText('The change to /home/ada/.cursor/mcp.json')
    expect(change.textContent).toContain('+    "clawkeep"')
    expect(change.textContent).toContain('oc_sk_••••••')
    expect(screen.getByRole('checkbox', { name: 'Ask to use your keys' }).getAttribute('aria-checked')).toBe('false')
    await user.click(screen.getByRole('checkbox', { name: 'Ask to use your keys' }))
    await user.click(screen.getByRole('checkbox', { name: 'Talk to your assistants' }))
    await waitFor(() => expect(off('Connect')).toBe(false))
    await user.click(button('Connect'))
    await waitFor(() =>
      expect(inputOf(bridge, 'connect.add')).toEqual({
        program: 'cursor',
        replace: false,
        scopes: ['openclaw:read', 'secrets:list', 'secrets:use'],
        digest: 'a'.repeat(64),
      }),
    )
    expect(await screen.findByText('Cursor is connected')).toBeTruthy()
  })

  test('is not offered without a scope, or over an entry of somebody else that nobody gave up', async () => {
    const problem = { message: 'There is an entry “clawkeep”.', hint: 'You can replace it.' }
    const bridge = core({
      'connect.list': () => [aProgram({ state: 'taken', problem, defaultScopes: ['secrets:list'] })],
    })
    const user = show(<ClientsPage />, bridge, '/clients/cursor')
    expect((await screen.findByRole('alert')).textContent).toContain(problem.message)
    expect(off('Connect')).toBe(true)
    expect(bridge.calls.some(({ route }) => route === 'connect.plan')).toBe(false)
    await user.click(screen.getByRole('checkbox', { name: 'Replace the entry that is there' }))
    await waitFor(() => expect(off('Connect')).toBe(false))
    expect(inputOf(bridge, 'connect.plan')).toMatchObject({ replace: true })
    await user.click(screen.getByRole('checkbox', { name: 'See the names of your keys' }))
    expect(off('Connect')).toBe(true)
    expect(screen.getByText('Choose at least one thing that it may do.')).toBeTruthy()
  })

  test('is not offered for settings that cannot be read; by hand is', async () => {
    const problem = { message: 'The settings cannot be read at line 3.', hint: 'Correct the file.' }
    show(<ClientsPage />, core({ 'connect.list': () => [aProgram({ state: 'broken', problem })] }), '/clients/cursor')
    expect((await screen.findByRole('alert')).textContent).toContain('line 3')
    expect(screen.queryByRole('button', { name: 'Connect' })).toBeNull()
    expect((await screen.findByLabelText('Configuration for Cursor')).textContent).toContain('oc_sk_your_key')
  })

  test('a file that changed meanwhile is said, and the change is shown anew', async () => {
    const refusal = new Refusal({ code: 'conflict', message: 'The settings have changed.', hint: 'Look again.' })
    let digest = 'a'
    const bridge = core({
      'connect.plan': () => aPlan({ digest: digest.repeat(64) }),
      'connect.add': () => {
        digest = 'b'
        throw refusal
      },
    })
    const user = show(<ClientsPage />, bridge, '/clients/cursor')
    await waitFor(() => expect(off('Connect')).toBe(false))
    await user.click(button('Connect'))
    expect((await screen.findByRole('alert')).textContent).toContain('The settings have changed.')
    await waitFor(() => expect(bridge.calls.filter(({ route }) => route === 'connect.plan')).toHaveLength(2))
    await waitFor(() => expect(off('Connect')).toBe(false))
    await user.click(button('Connect'))
    const sent = bridge.calls.filter(({ route }) => route === 'connect.add')
    expect(sent.at(-1)?.input).toMatchObject({ digest: 'b'.repeat(64) })
  })
})

describe('a connection', () => {
  const connected = aProgram({ state: 'connected', connected: isConnected })

  test('is tested with a real call, and the answer is shown with its time', async () => {
    let trial: NonNullable<typeof isConnected.trial> | null = null
    const bridge = core({
      'connect.list': () => [{ ...connected, connected: { ...isConnected, trial } }],
      'connect.test': () =>
        (trial = { ok: true, atMs: Date.now(), tookMs: 42, message: 'It works: 5 tools to call.', hint: null }),
    })
    const user = show(<ClientsPage />, bridge, '/clients/cursor')
    expect(await screen.findByText('Not tested yet')).toBeTruthy()
    await user.click(button('Test'))
    expect((await screen.findByText('It works: 5 tools to call.')).closest('[role=status]')?.textContent).toContain(
      '42 ms',
    )
  })

  test('that was changed offers repair, and shows what it would change', async () => {
    const problem = { message: 'The entry “clawkeep” was changed.', hint: 'Repair writes it again.' }
    const bridge = core({
      'connect.list': () => [{ ...connected, state: 'drifted', problem }],
      'connect.repair': () => connected,
    })
    const user = show(<ClientsPage />, bridge, '/clients/cursor')
    expect(await screen.findByRole('region', { name: 'What repair would change' })).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Test' })).toBeNull()
    await waitFor(() => expect(off('Repair')).toBe(false))
    await user.click(button('Repair'))
    await waitFor(() =>
      expect(inputOf(bridge, 'connect.repair')).toEqual({ program: 'cursor', digest: 'a'.repeat(64) }),
    )
  })

  test('is undone after one more look at the change', async () => {
    const bridge = core({ 'connect.list': () => [connected], 'connect.undo': () => aProgram() })
    const user = show(<ClientsPage />, bridge, '/clients/cursor')
    await user.click(await screen.findByRole('button', { name: 'Undo…' }))
    const dialog = await screen.findByRole('alertdialog', { name: 'Take Clawkeep out of Cursor?' })
    expect(await within(dialog).findByLabelText(/^The change to/)).toBeTruthy()
    expect(inputOf(bridge, 'connect.plan')).toMatchObject({ act: 'undo' })
    await user.click(within(dialog).getByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(inputOf(bridge, 'connect.undo')).toEqual({ program: 'cursor', digest: 'a'.repeat(64) }))
  })
})

test('the rail says which connection was changed, once the start is over', async () => {
  const changed = aProgram({ state: 'drifted', connected: isConnected })
  const rail = <Rail status={aStatus()} location="/approvals" onSearch={() => undefined} onLock={() => undefined} />
  show(rail, core({ 'connect.list': () => [changed, aProgram({ state: 'broken' })] }))
  expect(await screen.findByTitle('Settings changed: Cursor', {}, { timeout: 4_000 })).toBeTruthy()
})

test('where nothing can ask yet, the empty approvals lead to the programs', async () => {
  const nobody = { 'approvals.list': () => [], 'grants.list': () => [] }
  show(<ApprovalsPage />, core({ ...nobody, 'keys.list': () => [] }), '/approvals')
  expect((await screen.findByRole('link', { name: 'Connect a program' })).getAttribute('href')).toBe('#/clients')
  show(<ApprovalsPage />, core({ ...nobody, 'keys.list': () => [anApiKey()] }), '/approvals')
  await screen.findByText('Nothing waits for you')
  expect(screen.queryByRole('link', { name: 'Connect a program' })).toBeNull()
})
