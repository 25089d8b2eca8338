import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parse as parseToml } from 'smol-toml'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ProgramId } from '../../../src/shared/models/connection.ts'
import { codeOfPromise } from '../../support/error-code.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'
import { type ConnectedCore, connectedCore } from './connected-core.ts'

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

type Entry = Record<string, unknown>
type Settings = { [group: string]: { clawkeep: Entry } }

const keyIn = (path: string): string => /oc_sk_[0-9a-f]{48}/.exec(at.computer.text(path))?.[0] ?? ''
const activeKeys = () => at.core.apiKeys.list().filter(({ state }) => state === 'active')

/** A change of JSON settings as the program itself makes one: it writes the whole file anew. */
const put =
  (fields: Entry, group = 'mcpServers') =>
  (text: string): string => {
    const settings = JSON.parse(text) as Settings
    const server = settings[group]
    if (server === undefined) throw new Error(`${group} is not there`)
    server.clawkeep = { ...server.clawkeep, ...fields }
    return JSON.stringify(settings, null, 2)
  }
const append =
  (more: string) =>
  (text: string): string =>
    text + more

type Addition = readonly [what: string, program: ProgramId, change: (text: string) => string, kept: Entry]

const clineOptions = { autoApprove: ['openclaw_status'], disabled: false, timeout: 3600 }
const codexTool = { tools: { openclaw_chat: { approval_mode: 'approve' } } }

/** What programs write into the entry of a server when the person chooses something there. */
const additions: ReadonlyArray<Addition> = [
  ['calls that are always allowed, by Cline', 'cline', put(clineOptions), clineOptions],
  ['trust and a time limit, by Gemini CLI', 'gemini', put({ trust: true, timeout: 600_000 }), { trust: true }],
  ['tools that are left out, by Gemini CLI', 'gemini', put({ excludeTools: ['a'] }), { excludeTools: ['a'] }],
  ['a server that is switched off, by Windsurf', 'windsurf', put({ disabledTools: ['a'] }), { disabledTools: ['a'] }],
  ['Zed', 'zed', put({ enabled: true, settings: {} }, 'context_servers'), { enabled: true, settings: {} }],
  ['an empty env, by Cursor', 'cursor', put({ env: {}, args: [] }), {}],
  ['the kind of server, in its own words', 'cursor', put({ type: 'streamable-http' }), {}],
  [
    'a table for one tool, by Codex',
    'codex',
    append('\n[mcp_servers.clawkeep.tools.openclaw_chat]\napproval_mode = "approve" # by hand\n'),
    codexTool,
  ],
  [
    'lines in our own table, by Codex',
    'codex',
    append('startup_timeout_sec = 20 # slow disk\nenabled_tools = [\n  "openclaw_chat", # only this\n]\n'),
    { startup_timeout_sec: 20, enabled_tools: ['openclaw_chat'] },
  ],
  [
    'its own way to write our headers, by Codex',
    'codex',
    (text) =>
      text.replace(
        /http_headers = \{ (.*) \}\n/,
        'enabled = true\n\n[mcp_servers.clawkeep.http_headers]\n$1\n\n' +
          '[mcp_servers.clawkeep.tools.openclaw_chat]\napproval_mode = "approve"\n',
      ),
    { ...codexTool, enabled: true },
  ],
  [
    'dotted names and another table behind ours, by Codex',
    'codex',
    append('tools.openclaw_chat.approval_mode = "approve"\n\n[other]\nx = 1\n'),
    codexTool,
  ],
]

const files: Partial<Record<ProgramId, readonly [path: string, text: string]>> = {
  cursor: ['.cursor/mcp.json', '{}'],
  cline: ['.cline/data/settings/cline_mcp_settings.json', '{}'],
  gemini: ['.gemini/settings.json', '{}'],
  windsurf: ['.codeium/windsurf/mcp_config.json', '{}'],
  zed: ['.config/zed/settings.json', '{}'],
  codex: ['.codex/config.toml', 'model = "o3"\n'],
  'claude-code': ['.claude.json', '{}'],
  'claude-desktop': ['.config/Claude/claude_desktop_config.json', '{}'],
}

function settingsOf(program: ProgramId): string {
  const [path, text] = files[program] ?? ['', '']
  return at.computer.put(path, text)
}

function entryOf(program: ProgramId, path: string): Entry {
  const text = at.computer.text(path)
  const settings = (program === 'codex' ? parseToml(text) : JSON.parse(text)) as Settings
  return Object.values(settings).find((group) => typeof group === 'object' && 'clawkeep' in group)?.clawkeep ?? {}
}

describe('what a program adds to the entry', () => {
  test.each(additions)(
    '%s (%s) is no drift; the test runs, and a repair keeps it',
    async (_what, program, add, kept) => {
      const path = settingsOf(program)
      await at.act(program, 'add')
      const first = keyIn(path)
      writeFileSync(path, add(at.computer.text(path)))
      const written = at.computer.text(path)
      expect(at.state(program)).toMatchObject({ state: 'connected', problem: null })
      expect(await at.connections.try(program)).toMatchObject({ ok: true })
      expect(keyIn(path)).toBe(first)

      at.core.apiKeys.revoke(at.state(program).connected?.keyId ?? '')
      expect(at.state(program).state).toBe('drifted')
      await at.act(program, 'repair')
      expect(at.state(program).state).toBe('connected')
      expect(keyIn(path)).not.toBe(first)
      expect(entryOf(program, path)).toMatchObject(kept)
      // In TOML, the lines themselves stay, with their comments.
      if (program === 'codex' && !written.includes('.http_headers]'))
        expect(at.computer.text(path).replace(keyIn(path), first)).toBe(written)
      expect(await at.connections.try(program)).toMatchObject({ ok: true })
      await at.act(program, 'undo')
      expect(at.computer.text(path)).not.toContain('clawkeep')
      expect(activeKeys()).toEqual([])
    },
  )

  test('to an entry that starts the bridge is no drift either', async () => {
    const path = settingsOf('claude-desktop')
    await at.act('claude-desktop', 'add')
    writeFileSync(path, put({ env: {}, type: 'stdio', disabled: true })(at.computer.text(path)))
    expect(at.state('claude-desktop').state).toBe('connected')
    await at.act('claude-desktop', 'repair')
    expect(entryOf('claude-desktop', path)).toMatchObject({ disabled: true })
  })
})

/** What would send the key elsewhere, or run something. */
const steering: ReadonlyArray<readonly [what: string, program: ProgramId, fields: Entry]> = [
  ['another address', 'cursor', { url: 'http://127.0.0.1:1/mcp' }],
  ['a second address beside ours', 'gemini', { url: 'http://evil.example/sse' }],
  ['a second address in capitals', 'gemini', { serverURL: 'http://evil.example/sse' }],
  ['another key', 'cursor', { headers: { Authorization: `Bearer oc_sk_${'0'.repeat(48)}` } }],
  ['a header more', 'cursor', { headers: { Authorization: 'x', 'X-More': 'y' } }],
  ['a command beside the address', 'cursor', { command: 'sh', args: ['-c', 'id'] }],
  ['a command that makes headers', 'claude-code', { headersHelper: '/tmp/evil.sh' }],
  ['variables for the command', 'claude-desktop', { env: { NODE_OPTIONS: '--require /tmp/evil.js' } }],
  ['a file of variables', 'claude-desktop', { envFile: '/tmp/evil' }],
  ['another folder to start in', 'claude-desktop', { cwd: '/tmp/evil' }],
  ['another argument', 'claude-desktop', { args: ['mcp', '--home', '/tmp/evil'] }],
  ['another kind of server', 'cline', { type: 'sse' }],
  ['another kind of server where we name none', 'cursor', { type: 'stdio' }],
  ['a sign-in elsewhere', 'cursor', { auth: { CLIENT_ID: 'x' } }],
  ['a proxy', 'cursor', { proxy: 'http://evil.example' }],
  ['an address deeper inside', 'zed', { settings: { base_url: 'http://evil.example' } }],
  ['a header from the environment', 'claude-code', { env_http_headers: { 'X-A': 'HOME' } }],
]

describe('what would steer the program elsewhere', () => {
  test.each(steering)('%s (%s) is drift, is not tested, and a repair takes it out', async (_what, program, fields) => {
    const path = settingsOf(program)
    await at.act(program, 'add')
    const before = entryOf(program, path)
    const group = program === 'zed' ? 'context_servers' : 'mcpServers'
    writeFileSync(path, put({ ...fields, timeout: 5 }, group)(at.computer.text(path)))
    expect(at.state(program)).toMatchObject({
      state: 'drifted',
      problem: { message: expect.stringContaining('was changed by another program') as unknown },
    })
    expect(await codeOfPromise(at.connections.try(program))).toBe('conflict')
    await at.act(program, 'repair')
    expect(at.state(program).state).toBe('connected')
    const after = entryOf(program, path)
    expect(Object.keys(after).toSorted()).toEqual([...Object.keys(before), 'timeout'].toSorted())
    expect(JSON.stringify(after)).not.toMatch(/evil|X-|sse/)
  })
})

test('while Clawkeep takes no calls the test sends its key to nobody who may have its port', async () => {
  let requests = 0
  const other = createServer((_request, response) => {
    requests += 1
    response.end()
  })
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  try {
    settingsOf('cursor')
    at.address.mcpUrl = `http://127.0.0.1:${(other.address() as AddressInfo).port}/mcp`
    await at.act('cursor', 'add')
    at.address.mcpUrl = null
    expect(await codeOfPromise(at.connections.try('cursor'))).toBe('unavailable')
    expect(requests).toBe(0)
  } finally {
    other.close()
  }
})
