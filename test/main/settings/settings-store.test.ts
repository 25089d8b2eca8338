import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ChangeEvents } from '../../../src/main/change-events.ts'
import { SettingsStore } from '../../../src/main/settings/settings-store.ts'
import { DoorSettings } from '../../../src/shared/models/door.ts'
import { SettingsPatch } from '../../../src/shared/models/settings.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'clawkeep-settings-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const open = (): SettingsStore => new SettingsStore({ home, events: new ChangeEvents() })

test('a change of one setting leaves the others as they are, as the window sends it and after a restart', () => {
  open().set(SettingsPatch.parse({ autoLockMinutes: 60, mcpPort: 8000 }))
  open().set(SettingsPatch.parse({ theme: 'dark' }))
  expect(open().get()).toMatchObject({ theme: 'dark', autoLockMinutes: 60, mcpPort: 8000 })
})

test('a file that opens the door in a way that is not allowed opens nothing, and is kept aside', () => {
  const text = JSON.stringify({ door: { network: { address: '0.0.0.0', port: 7443, certificate: null } } })
  writeFileSync(join(home, 'settings.json'), text)
  expect(open().get().door.network).toBeNull()
  expect(readFileSync(join(home, 'settings.json.damaged'), 'utf8')).toBe(text)
})

describe('who may reach the door', () => {
  const local = { kind: 'local' }
  const table: ReadonlyArray<[field: string, value: unknown, works: boolean]> = [
    ['hosts', ['clawkeep.example.ts.net'], true],
    ['hosts', ['mcp.example.org:8443', '192.0.2.7', '[2001:db8::1]:7420', 'nas'], true],
    ['hosts', ['https://mcp.example.org'], false],
    ['hosts', ['mcp.example.org/mcp'], false],
    ['hosts', ['*.example.org'], false],
    ['hosts', ['0.0.0.0'], false],
    ['hosts', ['2130706433'], false],
    ['hosts', ['user@mcp.example.org'], false],
    ['hosts', ['mcp.example.org:0'], false],
    ['hosts', ['mcp.example.org:65536'], false],
    ['hosts', ['mcp.example.org.'], false],
    ['hosts', [''], false],
    ['origins', ['https://claude.ai', 'http://localhost:5173'], true],
    ['origins', [`chrome-extension://${'a'.repeat(32)}`], true],
    ['origins', ['*'], false],
    ['origins', ['null'], false],
    ['origins', ['https://claude.ai/'], false],
    ['origins', ['https://Claude.ai'], false],
    ['origins', ['https://claude.ai:443'], false],
    ['origins', ['https://*.claude.ai'], false],
    ['origins', ['claude.ai'], false],
    ['origins', ['file://'], false],
    ['trustedProxies', ['127.0.0.1', '10.0.0.0/24', 'fd7a:115c:a1e0::/48'], true],
    ['trustedProxies', ['0.0.0.0/0'], false],
    ['trustedProxies', ['::/0'], false],
    ['trustedProxies', ['proxy.example.org'], false],
    ['trustedProxies', ['10.0.0.0/33'], false],
    ['network', { address: '192.0.2.7', port: 7443, certificate: local }, true],
    ['network', { address: '0.0.0.0', port: 7443 }, false],
    ['network', { address: '192.0.2.7', port: 443, certificate: local }, false],
    ['network', { address: 'example.org', port: 7443, certificate: local }, false],
    ['network', { address: '192.0.2.7', port: 7443, certificate: { kind: 'none' } }, false],
    [
      'network',
      { address: '::', port: 7443, certificate: { kind: 'files', certificateFile: '/c.pem', keyFile: 'C:\\k.pem' } },
      true,
    ],
    [
      'network',
      { address: '::', port: 7443, certificate: { kind: 'files', certificateFile: 'c.pem', keyFile: '/k.pem' } },
      false,
    ],
  ]
  test.each(table)('%s %j: %s', (field, value, works) => {
    const parsed = DoorSettings.safeParse({ [field]: value })
    expect(parsed.success).toBe(works)
    // What is wrong is said in words a person can follow, not in zod's.
    if (!works && field !== 'network')
      expect(parsed.error?.issues[0]?.message).toMatch(/^(Write|Name|A range|An origin)/)
  })
})
