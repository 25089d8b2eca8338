import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connection, Snippet, Trial } from '../../src/shared/models/connection.ts'
import type { ApiKey } from '../../src/shared/models/api-key.ts'
import { cliHome, type CliHome, type RunOptions, type Serving } from '../support/cli.ts'

const at: CliHome = cliHome()
const user = join(at.folder, 'user')
/** A home of the person that is not the person's, with nothing on PATH but what the test puts there. */
const options: RunOptions = { env: { HOME: user, XDG_CONFIG_HOME: '', PATH: '/usr/bin:/bin' } }
const cursor = join(user, '.cursor/mcp.json')
const claude = join(user, '.config/Claude/claude_desktop_config.json')
const codex = join(user, '.codex/config.toml')
const texts = { [cursor]: '{"mcpServers":{}}\n', [claude]: '{}', [codex]: 'model = "o3" # mine\n' }
let serving: Serving

beforeAll(async () => {
  for (const [file, text] of Object.entries(texts)) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text, { mode: 0o600 })
  }
  await at.json(['init'], options)
})
afterAll(async () => {
  await serving?.stop()
  at.cleanup()
})

const connect = (...args: ReadonlyArray<string>) => at.run(['connect', ...args], options)
const text = (file: string): string => readFileSync(file, 'utf8')

describe('clawkeep connect', () => {
  test('finds what is there and says what each command needs', async () => {
    const all = await at.json<ReadonlyArray<Connection>>(['connect', 'list'], options)
    expect(all.filter(({ state }) => state === 'found').map(({ program }) => program)).toEqual([
      'claude-desktop',
      'cursor',
      'codex',
    ])
    const unknown = await connect('add', 'emacs', '--yes')
    expect([unknown.code, unknown.stderr]).toEqual([4, expect.stringContaining('connect snippet generic')])
    expect((await connect('undo', 'cursor', '--yes')).code).toBe(4)
    expect((await connect('add', 'cursor', '--scopes', 'all', '--yes')).code).toBe(2)
  })

  test('shows the exact change and does nothing where nobody can say yes', async () => {
    const asked = await connect('add', 'cursor')
    expect(asked).toMatchObject({ code: 2, stdout: '' })
    expect(asked.stderr).toContain('+  "clawkeep": {')
    expect(asked.stderr).toContain('Bearer oc_sk_••••••')
    expect(asked.stderr).toContain('It may ask for: openclaw:read, openclaw:write, secrets:list')
    expect(text(cursor)).toBe(texts[cursor])
    expect(await at.json(['key', 'list'], options)).toEqual([])
  })

  test('a test needs a running Clawkeep', async () => {
    expect((await connect('add', 'cursor', '--yes')).stdout).toMatch(/^Connected Cursor\./)
    expect(text(cursor)).toContain('"url": "http://127.0.0.1:7420/mcp"')
    const tried = await connect('test', 'cursor')
    expect([tried.code, tried.stderr]).toEqual([1, expect.stringContaining('Clawkeep is not running.')])
    expect((await connect('undo', 'cursor', '--yes')).code).toBe(0)
    expect(text(cursor)).toBe(texts[cursor])
  })

  test('connects, tests with a real call over HTTP and over the bridge, repairs, and undoes byte for byte', async () => {
    serving = await at.serve(['--port', '0'], options)
    for (const program of ['cursor', 'claude-desktop', 'codex'] as const) {
      const made = await at.json<Connection>(['connect', 'add', program, '--yes'], options)
      expect(made.state).toBe('connected')
      const trial = await at.json<Trial>(['connect', 'test', program], options)
      expect(trial).toMatchObject({ ok: true, message: expect.stringContaining('a call was answered') })
    }
    expect(text(claude)).not.toContain('oc_sk_')
    expect(text(codex)).toMatch(/^model = "o3" # mine\n\n\[mcp_servers\.clawkeep\]\n/)

    writeFileSync(cursor, text(cursor).replace('/mcp"', '/other"'))
    expect((await connect('show', 'cursor')).stdout).toMatch(/^Cursor: drifted\n/)
    const refused = await connect('test', 'cursor')
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('was changed by another program')])
    expect((await connect('repair', 'cursor', '--yes')).code).toBe(0)
    expect((await connect('test', 'cursor')).code).toBe(0)

    for (const program of ['cursor', 'claude-desktop', 'codex'])
      expect((await connect('undo', program, '--yes')).stdout).toMatch(/^Disconnected /)
    for (const [file, before] of Object.entries(texts)) expect(text(file)).toBe(before)
    const keys = await at.json<ReadonlyArray<ApiKey>>(['key', 'list'], options)
    expect(new Set(keys.map(({ state }) => state))).toEqual(new Set(['revoked']))
  })

  test('prints a snippet for each program and for any other, without a password', async () => {
    const generic = await at.run(['connect', 'snippet', 'generic'], { ...options, password: false })
    expect(generic).toMatchObject({ code: 0, stderr: '' })
    expect(generic.stdout).toContain(serving.ready.mcpUrl)
    const { command } = await at.json<Snippet>(['connect', 'snippet', 'claude-code'], options)
    expect(command).toBe(
      `claude mcp add --scope user --transport http clawkeep ${serving.ready.mcpUrl} --header "Authorization: Bearer oc_sk_your_key"`,
    )
  })
})
