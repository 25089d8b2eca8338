import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ChangeEvents } from '../../../src/main/change-events.ts'
import { systemClock } from '../../../src/main/clock.ts'
import { DoorKeeper } from '../../../src/main/mcp/door-keeper.ts'
import { McpServer } from '../../../src/main/mcp/mcp-server.ts'
import { SettingsStore } from '../../../src/main/settings/settings-store.ts'
import { DoorSettings } from '../../../src/shared/models/door.ts'
import { send } from '../../support/http.ts'
import { freePort } from '../../support/free-port.ts'

let home: string
let isUnlocked: boolean
let settings: SettingsStore
let keeper: DoorKeeper

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'clawkeep-keeper-'))
  isUnlocked = true
  settings = new SettingsStore({ home, events: new ChangeEvents() })
  settings.set({ mcpPort: await freePort() })
  keeper = newKeeper()
  await keeper.open(null)
})
afterEach(async () => {
  await keeper.close()
  rmSync(home, { recursive: true, force: true })
})

function notHere(): never {
  throw new Error('not here')
}

function newKeeper(overrides: Partial<DoorSettings> = {}): DoorKeeper {
  const create = async (door: DoorSettings): Promise<McpServer> =>
    new McpServer({
      verifiers: [],
      offer: { tools: [] },
      onLock: () => () => undefined,
      tasks: { create: notHere, get: notHere, cancel: notHere, ttlMs: notHere },
      gate: { pass: () => Promise.reject(new Error('not here')) },
      audit: { event: () => Promise.resolve() },
      clock: systemClock,
      isLocked: () => !isUnlocked,
      version: '0.0.0-test',
      door,
      certificateFolder: join(home, 'tls'),
    })
  return new DoorKeeper({ create, settings, isUnlocked: () => isUnlocked, events: new ChangeEvents(), overrides })
}

const health = async (host: string): Promise<number> => {
  const port = Number(new URL(keeper.state().mcpUrl ?? '').port)
  return (await send(port, { method: 'GET', path: '/healthz', headers: { host } })).status
}
const named = DoorSettings.parse({ hosts: ['mcp.example.org'] })
const saved = (): unknown => JSON.parse(readFileSync(join(home, 'settings.json'), 'utf8'))

test('a name that is allowed is served at once and after a restart', async () => {
  expect(await health('mcp.example.org')).toBe(403)
  await keeper.change({ door: named })
  expect(await health('mcp.example.org')).toBe(200)
  await keeper.close()
  keeper = newKeeper()
  await keeper.open(null)
  expect(await health('mcp.example.org')).toBe(200)
})

test('while the vault is locked nobody opens more, but how the window looks can be changed', async () => {
  isUnlocked = false
  await expect(keeper.change({ door: named })).rejects.toMatchObject({ code: 'locked' })
  await expect(keeper.change({ mcpPort: await freePort() })).rejects.toMatchObject({ code: 'locked' })
  expect(await health('mcp.example.org')).toBe(403)
  expect(await keeper.change({ theme: 'dark' })).toMatchObject({ theme: 'dark', door: { hosts: [] } })
})

test('an address that cannot be opened is not saved, and what was open stays', async () => {
  const network = { address: '192.0.2.7', port: 7443, certificate: { kind: 'local' } } as const
  const door = DoorSettings.parse({ hosts: ['mcp.example.org'], network })
  await expect(keeper.change({ door })).rejects.toMatchObject({ code: 'unavailable' })
  expect(saved()).toMatchObject({ door: { hosts: [], network: null } })
  expect([await health('mcp.example.org'), keeper.state().mcpNetwork]).toEqual([403, null])
})

test('another port holds without a restart; a taken one is refused and changes nothing', async () => {
  const next = await freePort()
  await keeper.change({ mcpPort: next })
  expect(keeper.state().mcpUrl).toBe(`http://127.0.0.1:${next}/mcp`)
  const stranger = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => stranger.once('listening', resolve))
  const { port: taken } = stranger.address() as AddressInfo
  await expect(keeper.change({ mcpPort: taken, theme: 'dark' })).rejects.toMatchObject({ code: 'in_use' })
  expect(saved()).toMatchObject({ mcpPort: next, theme: 'system' })
  expect(await health(`127.0.0.1:${next}`)).toBe(200)
  stranger.close()
})

test('a network address that is away at start does not keep loopback closed, and is shown', async () => {
  await keeper.close()
  settings.set({
    door: DoorSettings.parse({ network: { address: '192.0.2.7', port: 7443, certificate: { kind: 'local' } } }),
  })
  keeper = newKeeper()
  await keeper.open(null)
  expect(keeper.state()).toMatchObject({ mcpProblem: null, mcpNetwork: { url: null } })
  expect(keeper.state().mcpNetwork?.problem).toContain('192.0.2.7')
})

test('what the environment says stands before the settings', async () => {
  await keeper.close()
  keeper = newKeeper({ hosts: ['from.environment.example'] })
  await keeper.open(null)
  await keeper.change({ door: named })
  expect([await health('from.environment.example'), await health('mcp.example.org')]).toEqual([200, 403])
})
