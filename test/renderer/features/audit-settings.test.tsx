import { screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { AuditPage } from '../../../src/renderer/src/features/audit/audit-page.tsx'
import { SettingsPage } from '../../../src/renderer/src/features/settings/settings-page.tsx'
import type { AuditEntry } from '../../../src/shared/models/audit.ts'
import { anEntry, someSettings } from '../support/samples.ts'
import { core, inputOf } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'

const button = (name: string | RegExp) => screen.getByRole('button', { name })

beforeEach(giveRoom)

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
      expect(bridge.calls.at(-1)?.input).toMatchObject({ kinds: expect.arrayContaining(['vault.unlock']) }),
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
    await user.clear(text)
    await user.click(text)
    await user.paste(JSON.stringify({ ...policy, rules: [...policy.rules, ...policy.rules] }))
    await user.click(button('Save rules'))
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('Two rules have the id “github-read”'))
    expect(bridge.calls.some(({ route }) => route === 'policy.set')).toBe(false)
  })
})
