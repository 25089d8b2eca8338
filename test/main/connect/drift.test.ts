import { symlinkSync, readdirSync, rmSync, unlinkSync, writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from '../../../src/main/connect/machine.ts'
import { smallDisk } from '../../support/small-disk.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { programs } from '../../../src/main/connect/programs.ts'
import { codeOf, codeOfPromise } from '../../support/error-code.ts'
import { type McpCore, password, startMcpCore } from '../../support/mcp.ts'
import { type ConnectedCore, connectedCore, person } from './connected-core.ts'

let core: McpCore
let at: ConnectedCore
beforeAll(async () => {
  core = await startMcpCore()
})
beforeEach(() => {
  at = connectedCore(core)
})
afterEach(() => at.close())
afterAll(() => core.close())

const cursorText = '{\n  "mcpServers": {\n    "other": { "command": "x" }\n  }\n}\n'
const cursor = (text = cursorText, mode?: number) => at.computer.put('.cursor/mcp.json', text, mode)
const keyIn = (path: string): string => /oc_sk_[0-9a-f]{48}/.exec(at.computer.text(path))?.[0] ?? ''
const activeKeys = () => at.core.apiKeys.list().filter(({ state }) => state === 'active')

describe('an entry of the same name that is not ours', () => {
  const foreign = '{"mcpServers": {"clawkeep": {"url": "http://other/", "headers": {"X": "secret"}}, "a": {}}}'

  test('is not touched without being asked, and comes back with undo', async () => {
    const path = cursor(foreign)
    expect(at.state('cursor')).toMatchObject({ state: 'taken', problem: { hint: expect.stringContaining('replace') } })
    expect(codeOf(() => at.plan('cursor', 'add'))).toBe('conflict')
    expect(at.plan('cursor', 'add', { replace: true }).diff).not.toContain('secret')
    await at.act('cursor', 'add', { replace: true })
    expect(keyIn(path)).not.toBe('')
    await at.act('cursor', 'undo')
    expect(at.computer.text(path)).toBe(foreign)
  })

  test('comes back also when other settings have changed meanwhile', async () => {
    const path = cursor(foreign)
    await at.act('cursor', 'add', { replace: true })
    writeFileSync(path, at.computer.text(path).replace('"a": {}', '"b": {}'))
    await at.act('cursor', 'undo')
    expect(JSON.parse(at.computer.text(path))).toEqual(JSON.parse(foreign.replace('"a"', '"b"')))
  })

  test('of another Clawkeep home is named as such', () => {
    cursor(
      `{"mcpServers": {"clawkeep": {"url": "http://127.0.0.1:7420/mcp", "headers": {"Authorization": "Bearer oc_sk_${'0'.repeat(48)}"}}}}`,
    )
    expect(() => at.plan('cursor', 'add')).toThrow(/of another Clawkeep home/)
  })
})

describe('drift', () => {
  const drifts: ReadonlyArray<[what: string, change: (path: string) => unknown, words: RegExp]> = [
    [
      'another address',
      (path) => writeFileSync(path, at.computer.text(path).replace('/mcp"', '/evil"')),
      /changed by another program/,
    ],
    [
      'another key',
      (path) => writeFileSync(path, at.computer.text(path).replace(/oc_sk_\w+/, `oc_sk_${'0'.repeat(48)}`)),
      /changed by another/,
    ],
    ['no entry', (path) => writeFileSync(path, cursorText), /was taken out/],
    ['no file', (path) => unlinkSync(path), /is gone/],
    ['a revoked key', () => at.core.apiKeys.revoke(at.state('cursor').connected?.keyId ?? ''), /was revoked/],
    ['a new port', () => (at.address.mcpUrl = 'http://127.0.0.1:9/mcp'), /address is http:\/\/127\.0\.0\.1:9\/mcp now/],
  ]
  test.each(drifts)('%s is noticed, not tested, repaired with a new key, and undone', async (_what, change, words) => {
    const path = cursor()
    await at.act('cursor', 'add')
    const first = keyIn(path)
    change(path)
    expect(at.state('cursor')).toMatchObject({ state: 'drifted', problem: { message: expect.stringMatching(words) } })
    expect(await codeOfPromise(at.connections.try('cursor'))).toBe('conflict')
    await at.act('cursor', 'repair')
    expect(at.state('cursor').state).toBe('connected')
    expect(keyIn(path)).not.toBe(first)
    expect(at.core.apiKeys.check(first)).toMatchObject({ ok: false, reason: 'revoked' })
    expect(activeKeys()).toHaveLength(1)
    await at.act('cursor', 'undo')
    if (_what !== 'no file') expect(at.computer.text(path)).toBe(cursorText)
    expect(activeKeys()).toEqual([])
  })

  test('an entry that somebody changed is never called or run by the test', async () => {
    const path = at.computer.put('.config/Claude/claude_desktop_config.json', '{}')
    await at.act('claude-desktop', 'add')
    const ran = join(at.computer.folder, 'ran')
    writeFileSync(
      path,
      JSON.stringify({ mcpServers: { clawkeep: { command: '/bin/sh', args: ['-c', `touch ${ran}`] } } }),
    )
    expect(await codeOfPromise(at.connections.try('claude-desktop'))).toBe('conflict')
    expect(at.computer.has(ran)).toBe(false)
  })

  test('is announced while the vault is open, and other writing in the file is not', async () => {
    const path = cursor()
    await at.act('cursor', 'add')
    let announced = 0
    at.core.events.on((topic) => (announced += topic === 'connections' ? 1 : 0))
    const written = at.computer.text(path)
    writeFileSync(path, written.replace('"x"', '"y"'))
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(announced).toBe(0)
    writeFileSync(path, cursorText)
    await expect.poll(() => announced, { timeout: 5_000 }).toBe(1)
    writeFileSync(path, written)
    await expect.poll(() => announced, { timeout: 5_000 }).toBe(2)
  })

  test('behind a link is announced too', async () => {
    const target = at.computer.put('dotfiles/mcp.json', cursorText)
    at.computer.put('.cursor/x', '')
    symlinkSync(target, join(at.computer.folder, '.cursor/mcp.json'))
    await at.act('cursor', 'add')
    let announced = 0
    at.core.events.on((topic) => (announced += topic === 'connections' ? 1 : 0))
    writeFileSync(target, cursorText)
    await expect.poll(() => announced, { timeout: 5_000 }).toBe(1)
  })

  test('settings that no longer parse are said, and undo waits for them', async () => {
    const path = cursor()
    await at.act('cursor', 'add')
    const written = at.computer.text(path)
    writeFileSync(path, written.slice(0, -5))
    expect(at.state('cursor').state).toBe('broken')
    expect(codeOf(() => at.plan('cursor', 'undo'))).toBe('invalid')
    writeFileSync(path, written)
    await at.act('cursor', 'undo')
    expect(at.computer.text(path)).toBe(cursorText)
  })
})

describe('undo', () => {
  test('leaves alone what was changed around the entry since', async () => {
    const path = cursor()
    await at.act('cursor', 'add')
    writeFileSync(path, at.computer.text(path).replace('"x"', '"y"'))
    await at.act('cursor', 'undo')
    expect(at.computer.text(path)).toBe(cursorText.replace('"x"', '"y"'))
  })

  test('works without the backup', async () => {
    const path = cursor()
    await at.act('cursor', 'add')
    rmSync(join(at.core.home, 'connections'), { recursive: true })
    await at.act('cursor', 'undo')
    expect(at.computer.text(path)).toBe(cursorText)
  })

  test('does not trust a backup that was changed', async () => {
    const path = cursor()
    await at.act('cursor', 'add')
    const folder = join(at.core.home, 'connections/cursor')
    writeFileSync(join(folder, readdirSync(folder)[0] ?? ''), '{"evil": true}')
    await at.act('cursor', 'undo')
    expect(at.computer.text(path)).toBe(cursorText)
  })
})

test('settings that no program can have written leave the other programs in the list', () => {
  at.computer.put('.cursor/mcp.json', `{"a": ${'['.repeat(200_000)}`)
  const machine = { ...at.machine, env: { ...at.machine.env, CODEX_HOME: `/${'x'.repeat(5_000)}` } }
  const list = at.withMachine(machine).list()
  const states = new Map(list.map(({ program, state }) => [program, state]))
  expect([states.get('cursor'), states.get('codex'), states.get('zed')]).toEqual(['broken', 'broken', 'absent'])
  const { problem } = list.find(({ program }) => program === 'codex') ?? {}
  expect(problem?.message).toContain('could not be read or written (ENAMETOOLONG)')
})

test('a test that fails says why', async () => {
  cursor()
  at.address.mcpUrl = 'http://127.0.0.1:1/mcp'
  await at.act('cursor', 'add')
  expect(await at.connections.try('cursor')).toMatchObject({
    ok: false,
    message: 'Nothing answers at http://127.0.0.1:1/mcp.',
  })
})

test('a locked vault gives nothing but the snippets', async () => {
  cursor()
  await at.act('cursor', 'add')
  const { digest } = at.plan('cursor', 'undo')
  at.core.vault.lock()
  try {
    expect(codeOf(() => at.connections.list())).toBe('locked')
    expect(codeOf(() => at.plan('cursor', 'undo'))).toBe('locked')
    expect(await codeOfPromise(at.connections.try('cursor'))).toBe('locked')
    const undoing = at.connections.undo({ program: 'cursor', replace: false, digest }, person)
    expect(await codeOfPromise(undoing)).toBe('locked')
    expect(at.connections.snippets().map(({ id }) => id)).toEqual([...programs.map(({ id }) => id), 'generic'])
  } finally {
    await at.core.vault.unlock(password)
  }
})

test('a full disk leaves the settings as they were, and no key', async () => {
  const disk = smallDisk(1)
  try {
    const folder = join(disk.folder, 'gemini')
    const path = join(folder, '.gemini', 'settings.json')
    const other: Machine = { ...at.machine, env: { PATH: '', GEMINI_CLI_HOME: folder } }
    mkdirSync(join(folder, '.gemini'), { recursive: true })
    writeFileSync(path, '{"a": 1}')
    const connections = at.withMachine(other)
    const { digest } = connections.plan({ program: 'gemini', act: 'add', replace: false })
    disk.fill()
    const adding = connections.add({ program: 'gemini', replace: false, digest }, person)
    expect(await codeOfPromise(adding)).toBe('disk_full')
    expect(at.computer.text(path)).toBe('{"a": 1}')
    expect(readdirSync(join(folder, '.gemini'))).toEqual(['settings.json'])
    expect(activeKeys()).toEqual([])
    connections.dispose()
  } finally {
    disk.remove()
  }
})
