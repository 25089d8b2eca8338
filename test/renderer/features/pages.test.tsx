import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { AssistantsPage } from '../../../src/renderer/src/features/assistants/assistants-page.tsx'
import { AuditPage } from '../../../src/renderer/src/features/audit/audit-page.tsx'
import { ClientsPage } from '../../../src/renderer/src/features/clients/clients-page.tsx'
import { KeysPage } from '../../../src/renderer/src/features/keys/keys-page.tsx'
import { SettingsPage } from '../../../src/renderer/src/features/settings/settings-page.tsx'
import type { AuditEntry } from '../../../src/shared/models/audit.ts'
import { type Answers, createBridge, Refusal } from '../support/bridge.ts'
import { giveRoom, show } from '../support/render.tsx'
import { anApiKey, anApproval, anAssistant, anEntry, anItem, aStatus, someSettings } from '../support/samples.ts'

function core(more: Answers = {}) {
  return createBridge({
    'status.get': () => aStatus(),
    'items.list': () => [anItem()],
    'keys.list': () => [anApiKey()],
    'assistants.list': () => [anAssistant()],
    'approvals.list': () => [anApproval()],
    'assistants.logs': () => ['listening', '\u001b[32mgreen\u001b[0m\u202E'],
    ...more,
  })
}

const inputOf = (bridge: ReturnType<typeof core>, route: string) =>
  bridge.calls.find((call) => call.route === route)?.input
const button = (name: string | RegExp) => screen.getByRole('button', { name })

beforeEach(giveRoom)

describe('keys', () => {
  test('a secret is covered until Reveal, and copied without coming to the window', async () => {
    const bridge = core({ 'items.reveal': () => 'a-secret-value', 'items.copy': () => null })
    const user = show(<KeysPage />, bridge, '/keys/itm_github')
    await screen.findByRole('complementary', { name: 'Details' })
    expect(document.body.textContent).not.toContain('a-secret-value')
    await user.click(button('Copy key'))
    await screen.findByText('Key copied')
    expect(document.body.textContent).not.toContain('a-secret-value')
    await user.click(button('Reveal key'))
    expect(await screen.findByText('a-secret-value')).toBeTruthy()
    expect(inputOf(bridge, 'items.reveal')).toEqual({ id: 'itm_github', field: 'secret' })
    await user.click(button('Hide key'))
    expect(screen.queryByText('a-secret-value')).toBeNull()
  })

  test('adding one checks each field before anything is sent and puts the focus where it is wrong', async () => {
    const bridge = core({ 'items.add': () => anItem({ id: 'itm_new', name: 'Garden' }) })
    const user = show(<KeysPage />, bridge, '/keys/new')
    const form = within(await screen.findByRole('dialog'))
    await user.click(form.getByRole('button', { name: 'Add key' }))
    expect(form.getByText('Give the item a name.')).toBeTruthy()
    expect(form.getByText('The secret is empty.')).toBeTruthy()
    await waitFor(() => expect(document.activeElement).toBe(form.getByLabelText('Name')))
    await user.keyboard('Garden')
    await user.type(form.getByLabelText('Key'), 's3cret')
    await user.type(form.getByLabelText('May be sent to'), 'https://API.github.com/repos{Enter}bad_host{Enter}')
    expect(form.getByText(/Write a host name such as api.github.com/)).toBeTruthy()
    await user.clear(form.getByLabelText('May be sent to'))
    await user.type(form.getByLabelText('May be sent to'), '*.example.com')
    await user.click(form.getByRole('button', { name: 'Add key' }))
    await waitFor(() => expect(inputOf(bridge, 'items.add')).toBeTruthy())
    expect(inputOf(bridge, 'items.add')).toEqual({
      kind: 'api-key',
      name: 'Garden',
      hosts: ['api.github.com', '*.example.com'],
      userName: '',
      secret: 's3cret',
      notes: '',
    })
  })

  test('an edit without a new secret leaves the secret and the sealed notes alone', async () => {
    const bridge = core({ 'items.edit': () => anItem() })
    const user = show(<KeysPage />, bridge, '/keys/itm_github')
    await user.click(await screen.findByRole('button', { name: 'Edit' }))
    await user.click(await screen.findByRole('button', { name: 'Save changes' }))
    await waitFor(() => expect(inputOf(bridge, 'items.edit')).toBeTruthy())
    expect(Object.keys((inputOf(bridge, 'items.edit') as { patch: object }).patch).sort()).toEqual([
      'hosts',
      'name',
      'userName',
    ])
  })

  test('removing one says what is lost, and the safe answer is first', async () => {
    const bridge = core({ 'items.remove': () => null })
    const user = show(<KeysPage />, bridge, '/keys/itm_github')
    await user.click(await screen.findByRole('button', { name: 'Remove…' }))
    const dialog = await screen.findByRole('alertdialog', { name: 'Remove “GitHub token”?' })
    expect(dialog.textContent).toContain('cannot bring them back')
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Keep it'))
    await user.click(within(dialog).getByRole('button', { name: 'Remove key' }))
    await waitFor(() => expect(inputOf(bridge, 'items.remove')).toEqual({ id: 'itm_github' }))
  })

  test('500 keys make few rows, arrows walk them and Enter opens', async () => {
    const many = Array.from({ length: 500 }, (_, at) => anItem({ id: `itm_${at}`, name: `Key ${at}` }))
    const user = show(<KeysPage />, core({ 'items.list': () => many }), '/keys')
    expect((await screen.findAllByRole('option')).length).toBeLessThan(60)
    screen.getByRole('listbox', { name: 'Keys' }).focus()
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}')
    expect(await screen.findByRole('heading', { level: 2, name: 'Key 2' })).toBeTruthy()
    await user.keyboard('{Escape}')
    expect(screen.queryByRole('heading', { level: 2, name: 'Key 2' })).toBeNull()
  })

  test('an empty vault offers the first step; a broken one says why and can be tried again', async () => {
    show(<KeysPage />, core({ 'items.list': () => [] }), '/keys')
    expect(await screen.findByRole('heading', { name: 'No keys yet' })).toBeTruthy()
    let broken = true
    const bridge = core({
      'items.list': () => {
        if (broken)
          throw new Refusal({ code: 'damaged', message: 'The vault cannot be read.', hint: 'Restart Clawkeep.' })
        return [anItem()]
      },
    })
    const user = show(<KeysPage />, bridge, '/keys')
    expect((await screen.findByRole('alert')).textContent).toContain('Restart Clawkeep.')
    broken = false
    await user.click(button('Try again'))
    expect(await screen.findByText('GitHub token')).toBeTruthy()
  })
})

test('a client’s key is shown once, with snippets that hold the real address and key', async () => {
  const secret = `oc_sk_${'0123456789ab'.repeat(4)}`
  const bridge = core({
    'keys.create': ({ name }) => ({ key: anApiKey({ id: 'key_new', name }), secret }),
    'clipboard.write': () => null,
  })
  const user = show(<ClientsPage />, bridge, '/clients/new')
  await user.type(await screen.findByRole('textbox', { name: 'Name' }), 'Cursor')
  await user.click(screen.getByRole('checkbox', { name: 'Ask to use your keys' }))
  await user.click(button('Make key'))
  expect(await screen.findByText(secret)).toBeTruthy()
  expect(inputOf(bridge, 'keys.create')).toEqual({
    name: 'Cursor',
    scopes: ['openclaw:read', 'openclaw:write', 'secrets:list', 'secrets:use'],
    expiresInDays: null,
  })
  await user.click(screen.getByRole('tab', { name: 'VS Code' }))
  const snippet = JSON.parse(screen.getByLabelText('Configuration for VS Code').textContent ?? '') as object
  expect(snippet).toEqual({
    servers: {
      clawkeep: { type: 'http', url: 'http://127.0.0.1:7420/mcp', headers: { Authorization: `Bearer ${secret}` } },
    },
  })
  await user.keyboard('{Escape}')
  expect(screen.getByText(secret)).toBeTruthy()
  await user.click(button('I have saved the key'))
  await waitFor(() => expect(document.body.textContent).not.toContain(secret))
})

describe('assistants', () => {
  test('shows the state in words, what went wrong and what to do', async () => {
    const failed = anAssistant({
      state: 'failed',
      message: 'It ran out of memory (exit 137).',
      hint: 'Give it more memory.',
      memoryUsedMiB: null,
      startedAtMs: null,
      restarts: 5,
    })
    show(<AssistantsPage />, core({ 'assistants.list': () => [failed] }), '/assistants')
    const card = await screen.findByRole('article', { name: 'garden' })
    for (const words of ['Failed', 'It ran out of memory (exit 137).', 'Give it more memory.', 'restarted 5 times'])
      expect(card.textContent).toContain(words)
    expect(within(card).getByRole('button', { name: 'Start garden' })).toBeTruthy()
  })

  test('shows how far a pull is and lets it be cancelled', async () => {
    const pulling = anAssistant({
      state: 'preparing',
      message: 'Pulling the image',
      progress: 0.42,
      memoryUsedMiB: null,
      startedAtMs: null,
    })
    const bridge = core({ 'assistants.list': () => [pulling], 'assistants.stop': () => pulling })
    const user = show(<AssistantsPage />, bridge, '/assistants')
    expect((await screen.findByRole('progressbar', { name: 'Pulling the image' })).getAttribute('aria-valuenow')).toBe(
      '42',
    )
    await user.click(button('Cancel garden'))
    expect(inputOf(bridge, 'assistants.stop')).toEqual({ id: 'ast_garden' })
  })

  test('shows the log as text, without terminal colours, with what hides in it', async () => {
    show(<AssistantsPage />, core(), '/assistants/ast_garden')
    await waitFor(() => expect(screen.getByRole('log').textContent).toBe('listening\ngreen⟨U+202E⟩'))
  })

  test('an engine that does not run is said with a way to look again', async () => {
    const engine = { state: 'stopped' as const, version: null, message: 'Docker does not run.', hint: 'Start it.' }
    const bridge = core({ 'status.get': () => aStatus({ engine }), 'engine.check': () => engine })
    const user = show(<AssistantsPage />, bridge, '/assistants')
    expect((await screen.findByRole('alert')).textContent).toContain('Docker does not run.Start it.')
    await user.click(button('Look again'))
    await waitFor(() => expect(bridge.calls.some(({ route }) => route === 'engine.check')).toBe(true))
  })
})

describe('audit', () => {
  const client = { kind: 'client', id: 'key_claude' } as const
  const log: ReadonlyArray<AuditEntry> = [
    anEntry({
      index: 3,
      kind: 'tool.call',
      phase: 'close',
      op: 'op_1',
      asker: client,
      tool: 'http_request',
      host: 'api.github.com',
      method: 'POST',
      outcome: 'ok',
      tookMs: 12_340,
    }),
    anEntry({ index: 2, kind: 'item.reveal', itemIds: ['itm_github'] }),
    anEntry({
      index: 1,
      kind: 'tool.call',
      phase: 'open',
      op: 'op_1',
      asker: client,
      tool: 'http_request',
      host: 'api.github.com',
      method: 'POST',
    }),
    anEntry({ index: 0, kind: 'log.start', asker: { kind: 'system', id: 'core' } }),
  ]

  test('joins an act into one line and gives ids the names people know', async () => {
    const user = show(
      <AuditPage />,
      core({ 'audit.list': () => ({ entries: [...log], total: 4, nextBefore: null }) }),
      '/audit',
    )
    const rows = await screen.findAllByRole('option')
    expect(rows).toHaveLength(3)
    await waitFor(() => expect(rows[0]?.textContent).toContain('GitHub token'))
    expect(rows[1]?.textContent).toMatch(/Call a tool.*POST.*api\.github\.com.*Claude Desktop.*Done.*12\.3 s/)
    await user.click(rows[1] as HTMLElement)
    expect((await screen.findByRole('complementary')).textContent).toContain('1 and 3')
  })

  test('a filter asks the log again, and new entries come by themselves', async () => {
    let entries = [...log]
    const bridge = core({ 'audit.list': () => ({ entries, total: entries.length, nextBefore: null }) })
    const user = show(<AuditPage />, bridge, '/audit')
    await screen.findAllByRole('option')
    entries = [anEntry({ index: 4, kind: 'vault.lock' }), ...entries]
    bridge.emit('audit')
    expect(await screen.findByText('Lock the vault')).toBeTruthy()
    await user.click(screen.getByRole('combobox', { name: 'What' }))
    await user.click(await screen.findByRole('option', { name: 'Vault and log' }))
    await waitFor(() =>
      expect((bridge.calls.at(-1)?.input as { kinds?: ReadonlyArray<string> }).kinds).toContain('vault.unlock'),
    )
  })

  test('the verdict names the first entry that does not fit', async () => {
    const verdict = {
      ok: false,
      entries: 412,
      checkpoints: 7,
      unsigned: 0,
      firstBad: 318,
      message: 'Entry 318 was changed.',
      fingerprint: null,
    }
    const user = show(
      <AuditPage />,
      core({ 'audit.list': () => ({ entries: [], total: 0, nextBefore: null }), 'audit.verify': () => verdict }),
      '/audit',
    )
    await user.click(await screen.findByRole('button', { name: 'Verify log' }))
    expect((await screen.findByRole('alert')).textContent).toContain('number 318 of 412')
  })
})

describe('settings', () => {
  const policy = {
    version: 1 as const,
    default: 'ask' as const,
    rules: [
      {
        id: 'github-read',
        then: 'allow' as const,
        when: { client: 'Claude Desktop', tool: 'http_request', args: [{ path: '/method', in: ['GET'] }] },
        limit: { uses: 20, per: '1h' },
      },
    ],
    network: [{ id: 'demo', host: '127.0.0.1', port: 8443, note: 'The demo’s own outside world' }],
  }

  test('a choice is saved as it is made', async () => {
    const bridge = core({
      'settings.get': () => someSettings(),
      'settings.set': () => someSettings({ notifications: false }),
      'policy.get': () => policy,
    })
    const user = show(<SettingsPage />, bridge, '/settings')
    await user.click(await screen.findByRole('switch', { name: 'Notifications' }))
    expect(inputOf(bridge, 'settings.set')).toEqual({ notifications: false })
  })

  test('rules are said in words and open addresses can be closed', async () => {
    const bridge = core({
      'settings.get': () => someSettings(),
      'policy.get': () => policy,
      'policy.set': (input) => ({ ...policy, ...input.policy, rules: [], network: [] }),
    })
    const user = show(<SettingsPage />, bridge, '/settings')
    expect(
      (await screen.findByText(/http_request from the client “Claude Desktop” when method is GET/)).textContent,
    ).toContain('20 times per hour')
    await user.click(button('Remove 127.0.0.1:8443'))
    await user.click(await screen.findByRole('button', { name: 'Close address' }))
    await waitFor(() =>
      expect((inputOf(bridge, 'policy.set') as { policy: { network: unknown[] } }).policy.network).toEqual([]),
    )
  })

  test('rules that are not a policy are refused where they are written', async () => {
    const bridge = core({ 'settings.get': () => someSettings(), 'policy.get': () => policy })
    const user = show(<SettingsPage />, bridge, '/settings')
    await screen.findByText('github-read')
    await user.click(button('Edit as JSON'))
    const text = await screen.findByRole('textbox', { name: 'Policy' })
    await user.clear(text)
    await user.click(text)
    await user.paste('{"version":1,"default":"maybe","rules":[]}')
    await user.click(button('Save rules'))
    expect((await screen.findByRole('alert')).textContent).toMatch(/^default:/)
    expect(bridge.calls.some(({ route }) => route === 'policy.set')).toBe(false)
  })
})
