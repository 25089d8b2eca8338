import {
  chmodSync,
  chownSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { programs } from '../../../src/main/connect/programs.ts'
import type { ProgramId } from '../../../src/shared/models/connection.ts'
import { codeOf, codeOfPromise } from '../../support/error-code.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'
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

/** Minimal settings of each program, where it keeps them on this computer. */
const settings: ReadonlyArray<[id: ProgramId, file: string, text: string]> = [
  ['claude-desktop', '.config/Claude/claude_desktop_config.json', '{\n  "globalShortcut": ""\n}'],
  ['claude-code', '.claude.json', '{"numStartups": 3}'],
  ['cursor', '.cursor/mcp.json', cursorText],
  ['vscode', '.config/Code/User/mcp.json', '// mine\r\n{\r\n\t"servers": {},\r\n}\r\n'],
  ['windsurf', '.codeium/windsurf/mcp_config.json', '{"mcpServers":{}}'],
  ['zed', '.config/zed/settings.json', '// Zed settings\n{\n  "theme": "One Dark", // dark\n}\n'],
  ['cline', '.cline/data/settings/cline_mcp_settings.json', '\uFEFF{\n  "mcpServers": {}\n}'],
  ['codex', '.codex/config.toml', '# codex\nmodel = "o3"\n'],
  ['gemini', '.gemini/settings.json', '{ /* none */ }'],
  ['openclaw', '.openclaw/openclaw.json', '{"gateway": {"mode": "local"}}'],
]

describe('every program', () => {
  test.each(settings)(
    '%s is found, connected, works, and is as before after undo',
    async (id, file, text) => {
      const path = at.computer.put(file, text)
      const before = readFileSync(path)
      expect(at.state(id)).toMatchObject({ state: 'found', file: path, connected: null, problem: null })
      const plan = at.plan(id, 'add')
      expect(readFileSync(path)).toEqual(before)
      const connection = await at.act(id, 'add')
      expect(connection.state).toBe('connected')
      expect(connection.connected?.scopes).toEqual(plan.scopes)

      // What starts the bridge needs a whole core; see the tests of the command line and of the window.
      const trial = id === 'claude-desktop' ? null : await at.connections.try(id)
      if (trial !== null)
        expect(trial).toMatchObject({
          ok: true,
          message: expect.stringMatching(/^It works: \d+ tools? to call, and a call was answered\.$/),
        })
      expect(at.state(id).connected).toMatchObject({ lastSeenMs: null, trial })
      expect(at.state(id).connected?.keyId).toBe(activeKeys()[0]?.id)

      await at.act(id, 'undo')
      expect(readFileSync(path)).toEqual(before)
      expect(at.state(id)).toMatchObject({ state: 'found', connected: null })
      expect(activeKeys()).toEqual([])
    },
    30_000,
  )

  test.each(programs.map(({ id }) => id))(
    '%s without settings gets a file that only the person can read, and loses it with undo',
    async (id) => {
      const { file } = at.state(id)
      await at.act(id, 'add')
      expect(statSync(file).mode & 0o777).toBe(0o600)
      expect(at.state(id).state).toBe('connected')
      await at.act(id, 'undo')
      expect(at.computer.has(file)).toBe(false)
      expect(readdirSync(at.computer.folder)).toEqual([])
    },
  )
})

describe('what is shown before', () => {
  test('the diff has the entry and neither a key nor anybody else’s value', async () => {
    cursor(
      '{\n  // token ghp_comment\n  "mcpServers": {\n    "other": { "env": { "TOKEN": "ghp_secret" }, "args": ["--key", "sk-1"] }\n  }\n}\n',
    )
    const { diff, digest, notes } = at.plan('cursor', 'add')
    expect(diff).toContain('+    "clawkeep": {\n+      "url": "' + at.core.url)
    expect(diff).toContain('+        "Authorization": "Bearer oc_sk_••••••"')
    expect(diff).toContain('"other": { "env": { "TOKEN": "…" }, "args": ["…", "…"] }')
    expect(diff).not.toMatch(/ghp_|sk-1|--key/)
    expect(notes).toContain('A copy of the file as it is now is kept in Clawkeep’s own folder.')
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
  })

  test('the diff of a TOML file hides the same', () => {
    at.computer.put(
      '.codex/config.toml',
      '# key ghp_comment\n[mcp_servers.other]\nenv = { TOKEN = "ghp_secret" }\nargs = [\n  "sk-1", # sk-2\n]\n',
    )
    const { diff } = at.plan('codex', 'add')
    expect(diff).toContain('+[mcp_servers.clawkeep]')
    expect(diff).toContain('+http_headers = { Authorization = "Bearer oc_sk_••••••" }')
    expect(diff).not.toMatch(/ghp_|sk-/)
  })

  test('a real key is never in a diff of repair or undo', async () => {
    const path = cursor()
    await at.act('cursor', 'add')
    writeFileSync(path, at.computer.text(path).replace(at.core.url, 'http://127.0.0.1:1/mcp'))
    for (const act of ['repair', 'undo'] as const) {
      const { diff } = at.plan('cursor', act)
      expect(diff).toContain('-      "url": "http://127.0.0.1:1/mcp"')
      expect(diff).toMatch(/^-.*Bearer oc_sk_[0-9a-f]{6}…/m)
      expect(diff).not.toMatch(/oc_sk_[0-9a-f]{7}/)
    }
  })

  test('settings that others can read and a link are said', () => {
    const target = at.computer.put('dotfiles/mcp.json', cursorText, 0o644)
    at.computer.put('.cursor/x', '')
    symlinkSync(target, join(at.computer.folder, '.cursor/mcp.json'))
    const { notes } = at.plan('cursor', 'add')
    expect(notes.join('\n')).toContain(`The file is a link; ${target} is what changes.`)
    expect(notes.join('\n')).toContain('Other users of this computer can read this file')
  })
})

describe('the key', () => {
  test('has the least scopes by default, and others only when they are chosen', async () => {
    cursor()
    expect(at.plan('cursor', 'add').scopes).toEqual(['openclaw:read', 'openclaw:write', 'secrets:list'])
    expect(at.plan('openclaw', 'add').scopes).toEqual(['openclaw:read', 'secrets:list'])
    await at.act('cursor', 'add', { scopes: ['secrets:use'] })
    expect(activeKeys()[0]).toMatchObject({ name: 'Cursor', scopes: ['secrets:use'] })
  })

  test('of a program that starts the bridge is in a private file, not in its settings, and goes with undo', async () => {
    await at.act('claude-desktop', 'add')
    const { file } = at.state('claude-desktop')
    expect(at.computer.text(file)).not.toContain('oc_sk_')
    const { args } = (JSON.parse(at.computer.text(file)) as { mcpServers: { clawkeep: { args: string[] } } }).mcpServers
      .clawkeep
    const keyFile = args.at(-1) ?? ''
    expect(statSync(keyFile).mode & 0o777).toBe(0o600)
    expect(at.computer.text(keyFile)).toMatch(/^oc_sk_[0-9a-f]{48}\n$/)
    await at.act('claude-desktop', 'undo')
    expect(at.computer.has(keyFile)).toBe(false)
  })

  test('is not in the vault’s records, and its making and its end are in the audit log', async () => {
    const path = cursor()
    await at.act('cursor', 'add')
    expect(JSON.stringify(at.core.vault.records.list('connection'))).not.toContain(keyIn(path))
    await at.act('cursor', 'undo')
    await at.core.audit.flush()
    const kinds = at.core.audit.list({ limit: 4 }).entries.map(({ kind, phase }) => `${kind} ${phase}`)
    expect(kinds).toEqual(['key.revoke close', 'key.revoke open', 'key.create close', 'key.create open'])
  })

  test('says when the program was last seen; a test of ours does not count', async () => {
    const path = cursor()
    await at.act('cursor', 'add')
    await at.connections.try('cursor')
    expect(at.state('cursor').connected?.lastSeenMs).toBe(null)
    await new Promise((resolve) => setTimeout(resolve, 5))
    at.core.apiKeys.authenticate(keyIn(path))
    const seen = at.state('cursor').connected?.lastSeenMs
    expect(seen).toBeGreaterThan(0)
    await at.connections.try('cursor')
    expect(at.state('cursor').connected?.lastSeenMs).toBe(seen)
  })
})

describe('the file', () => {
  test('keeps its mode and owner', async () => {
    const path = cursor(cursorText, 0o640)
    chmodSync(path, 0o640)
    chownSync(path, 1000, 1000)
    await at.act('cursor', 'add')
    const { mode, uid, gid } = statSync(path)
    expect([mode & 0o777, uid, gid]).toEqual([0o640, 1000, 1000])
  })

  test('is written through a link, which stays one', async () => {
    const target = at.computer.put('dotfiles/mcp.json', cursorText)
    at.computer.put('.cursor/x', '')
    const link = join(at.computer.folder, '.cursor/mcp.json')
    symlinkSync('../dotfiles/mcp.json', link)
    await at.act('cursor', 'add')
    expect(at.computer.text(target)).toContain('oc_sk_')
    expect(readFileSync(link, 'utf8')).toBe(at.computer.text(target))
    await at.act('cursor', 'undo')
    expect(at.computer.text(target)).toBe(cursorText)
  })

  test('that changed since the plan is not written, and nothing is left behind', async () => {
    const path = cursor()
    const { digest } = at.plan('cursor', 'add')
    const changed = cursorText.replace('"x"', '"y"')
    writeFileSync(path, changed)
    const adding = at.connections.add({ program: 'cursor', replace: false, digest }, person)
    expect(await codeOfPromise(adding)).toBe('conflict')
    expect(at.computer.text(path)).toBe(changed)
    expect(activeKeys()).toEqual([])
  })

  test('that was made a link to another file since the plan is not written', async () => {
    const path = cursor()
    const other = at.computer.put('other.json', cursorText)
    const { digest } = at.plan('cursor', 'add')
    unlinkSync(path)
    symlinkSync(other, path)
    expect(await codeOfPromise(at.connections.add({ program: 'cursor', replace: false, digest }, person))).toBe(
      'conflict',
    )
    expect(at.computer.text(other)).toBe(cursorText)
  })

  test('a plan with other scopes than were agreed to is not carried out', async () => {
    cursor()
    const { digest } = at.plan('cursor', 'add', { scopes: ['secrets:list'] })
    const adding = at.connections.add({ program: 'cursor', replace: false, scopes: ['secrets:use'], digest }, person)
    expect(await codeOfPromise(adding)).toBe('conflict')
  })

  const refused: ReadonlyArray<[what: string, make: () => string, code: string]> = [
    ['does not parse', () => cursor('{"mcpServers": {'), 'invalid'],
    [
      'is write-protected',
      () => (chmodSync(cursor(), 0o444), join(at.computer.folder, '.cursor/mcp.json')),
      'read_only',
    ],
    ['is not UTF-8', () => at.computer.put('.cursor/mcp.json', Buffer.from([0x7b, 0xff, 0x7d])), 'damaged'],
    ['is too large', () => at.computer.put('.cursor/mcp.json', Buffer.alloc(17 * 1024 * 1024, ' ')), 'too_large'],
  ]
  test.each(refused)('that %s is left as it is, with words, and no key stays', async (_what, make, code) => {
    const path = make()
    const before = readFileSync(path)
    const acting = (async () => at.act('cursor', 'add'))()
    expect(await codeOfPromise(acting)).toBe(code)
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(activeKeys()).toEqual([])
    expect(readdirSync(join(at.computer.folder, '.cursor'))).toEqual(['mcp.json'])
  })

  test('that is a folder or a dangling link is refused', () => {
    at.computer.put('.cursor/mcp.json/x', '')
    expect(codeOf(() => at.plan('cursor', 'add'))).toBe('refused')
    rmSync(join(at.computer.folder, '.cursor/mcp.json'), { recursive: true })
    symlinkSync('nowhere', join(at.computer.folder, '.cursor/mcp.json'))
    expect(codeOf(() => at.plan('cursor', 'add'))).toBe('refused')
    expect(at.state('cursor').state).toBe('broken')
  })

  test('is backed up into the private home before each change; the newest five stay, and the one undo needs', async () => {
    const path = cursor()
    await at.act('cursor', 'add')
    for (let turn = 0; turn < 8; turn += 1) {
      writeFileSync(path, at.computer.text(path).replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${turn + 1}`))
      await at.act('cursor', 'repair')
    }
    const folder = join(at.core.home, 'connections/cursor')
    const kept = readdirSync(folder)
    expect(kept).toHaveLength(6)
    expect(readFileSync(join(folder, kept[0] ?? ''), 'utf8')).toBe(cursorText)
    for (const name of kept) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    await at.act('cursor', 'undo')
    expect(at.computer.text(path)).toBe(cursorText)
  })
})
