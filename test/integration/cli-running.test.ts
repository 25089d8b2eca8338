import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiKey } from '../../src/shared/models/api-key.ts'
import type { Assistant } from '../../src/shared/models/assistant.ts'
import type { AuditPage, AuditVerdict } from '../../src/shared/models/audit.ts'
import type { ItemOverview } from '../../src/shared/models/item.ts'
import type { Policy } from '../../src/shared/models/policy.ts'
import type { Status } from '../../src/shared/models/status.ts'
import {
  callTool,
  clawkeep,
  cliHome,
  command,
  nextQuestion,
  portOf,
  requireEngine,
  type CliHome,
  type Serving,
} from '../support/cli.ts'
import { send } from '../support/http.ts'

/** Ids of every kind of thing look like this. */
const idOf = (prefix: string): RegExp => new RegExp(`^${prefix}_[a-z2-7]{20}$`)

const at: CliHome = cliHome()
let core: Serving

beforeAll(async () => {
  requireEngine()
  await at.json(['init'])
  core = await at.serve()
})
afterAll(async () => {
  await core?.stop('SIGKILL')
  at.cleanup()
})

test('serve says on its first line where it is, that it is unlocked, and nothing else', async () => {
  expect(core.printed.stdout).toBe(
    `{"event":"ready","mcpUrl":"${core.ready.mcpUrl}","pid":${core.child.pid},"locked":false}\n`,
  )
  expect(core.ready.mcpUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/)
  expect(statSync(join(at.home, 'control.sock')).mode & 0o777).toBe(0o600)
  expect((await send(portOf(core), { method: 'GET', path: '/healthz' })).text).toBe('{"ok":true}')
  expect(await at.json<Status>(['status'])).toMatchObject({ running: true, pid: core.child.pid, vault: 'unlocked' })
  expect((await at.run(['status'])).stdout).toContain(`MCP: ${core.ready.mcpUrl}\n`)
})

test('serve again ends with exit code 1 and names the process that is there', async () => {
  const again = await at.run(['serve', '--port', '0'])
  expect(again).toMatchObject({ code: 1, stdout: '' })
  expect(again.stderr).toContain(`Another Clawkeep (process ${core.child.pid}) is using this folder.`)
})

test('items: add, list, show, edit, remove', async () => {
  const added = await at.json<ItemOverview>([
    ...['item', 'add', '--kind', 'login', '--name', 'mail', '--host', 'mail.example.com', '--host', '*.example.com'],
    ...['--user-name', 'ada', '--value-file', at.file('mail', 'v1\n'), '--notes-file', at.file('notes', 'a\nb\n')],
  ])
  expect(added).toMatchObject({
    kind: 'login',
    name: 'mail',
    hosts: ['mail.example.com', '*.example.com'],
    userName: 'ada',
  })
  expect(added.id).toMatch(idOf('itm'))
  const table = (await at.run(['item', 'list'])).stdout.split('\n')
  expect(table[0]).toMatch(/^id +kind +name +hosts +tags +due +changed$/)
  expect(table[1]).toMatch(new RegExp(`^${added.id}  login  mail  mail\\.example\\.com,\\*\\.example\\.com  `))
  const edited = await at.run(['item', 'edit', added.id, '--value-file', at.file('mail', 'v2\n'), '--name', 'post'])
  expect(edited.stdout).toBe('Changed post.\n')
  expect((await at.run(['item', 'show', 'post', '--reveal'])).stdout).toMatch(/\nsecret: v2\n$/)
  expect(await at.json(['item', 'remove', 'post'])).toEqual({ removed: added.id })
  expect((await at.run(['item', 'list'])).stdout).toBe('No items here.\n')
})

test('items: what is missing is exit code 4, what is wrong is 2, a name that is taken is 1', async () => {
  const value = at.file('value', 'v\n')
  const add = (...args: ReadonlyArray<string>) => at.run(['item', 'add', '--kind', 'api-key', ...args])
  expect((await add('--name', 'same', '--value-file', value)).code).toBe(0)
  const [missing, noFile, noValue, noKind, nothing, control, same] = await Promise.all([
    at.run(['item', 'show', 'not\u001b[31mthere']),
    add('--name', 'x', '--value-file', join(at.folder, 'nowhere')),
    add('--name', 'x'),
    at.run(['item', 'add', '--kind', 'car', '--name', 'x', '--value-file', value]),
    at.run(['item', 'edit', 'same']),
    add('--name', 'red\u001b[31m', '--value-file', value),
    add('--name', 'same', '--value-file', value),
  ])
  expect([missing, noFile, noValue, noKind, nothing, control, same].map((run) => run?.code)).toEqual([
    4, 4, 2, 2, 2, 2, 1,
  ])
  // An escape sequence does not reach the terminal again.
  expect(missing.stderr).toBe('There is no item not?[31mthere.\nSee `clawkeep item list`.\n')
  expect(control.stderr).toContain('invisible characters')
  await at.json(['item', 'remove', 'same'])
})

test('keys: create, list, revoke; the file is written before the key exists', async () => {
  const made = await at.json<ApiKey & { key: string }>([
    'key',
    'create',
    '--name',
    'claude',
    '--scopes',
    'openclaw:read, secrets:use',
  ])
  expect(made).toMatchObject({
    name: 'claude',
    scopes: ['openclaw:read', 'secrets:use'],
    state: 'active',
    expiresAtMs: null,
  })
  expect(made.key).toMatch(/^oc_sk_[0-9a-f]{48}$/)
  const shown = await at.run(['key', 'create', '--name', 'short', '--scopes', 'openclaw:read', '--expires', '30d'])
  expect(shown.stdout).toMatch(/^oc_sk_[0-9a-f]{48}\nThis is the only time the key is shown\.\n$/)
  const out = join(at.folder, 'made.key')
  const create = ['key', 'create', '--name', 'filed', '--scopes', 'openclaw:read', '--out']
  const filed = await at.run([...create, out])
  expect(filed).toMatchObject({ code: 0, stdout: `The key is in ${out}.\n` })
  expect(readFileSync(out, 'utf8')).toMatch(/^oc_sk_[0-9a-f]{48}\n$/)
  expect(statSync(out).mode & 0o777).toBe(0o600)
  const refused = await Promise.all([
    at.run([...create, out]),
    at.run([...create, '/nowhere/key']),
    at.run([...create.slice(0, -2), 'root', '--out', join(at.folder, 'not.key')]),
  ])
  expect(refused.map(({ code }) => code)).toEqual([1, 1, 2])
  expect(existsSync(join(at.folder, 'not.key'))).toBe(false)
  const keys = await at.json<ReadonlyArray<ApiKey>>(['key', 'list'])
  expect(keys.map(({ name }) => name).toSorted()).toEqual(['claude', 'filed', 'short'])
  expect(JSON.stringify(keys)).not.toContain(made.key)
  expect((await at.run(['key', 'revoke', made.id])).stdout).toBe('Revoked.\n')
  expect((await at.run(['key', 'list'])).stdout).toMatch(new RegExp(`${made.id} .*revoked`))
  expect((await at.run(['key', 'revoke', 'key_nowhere'])).code).toBe(4)
})

test('the policy: show, set from standard input, and a file that does not fit is named', async () => {
  const policy = await at.json<Policy>(['policy', 'show'])
  expect(policy).toMatchObject({ version: 1, default: 'ask' })
  const rule = { id: 'no-delete', then: 'deny', when: { args: [{ path: '/method', equals: 'DELETE' }] } }
  const set = await at.run(['policy', 'set', '--file', '-'], {
    stdin: JSON.stringify({ ...policy, rules: [rule, ...policy.rules] }),
  })
  expect(set.stdout).toBe(`The policy has ${policy.rules.length + 1} rules now.\n`)
  expect(JSON.parse((await at.run(['policy', 'show'])).stdout)).toMatchObject({ rules: [rule, ...policy.rules] })
  const broken = await at.run(['policy', 'set', '--file', '-'], { stdin: '{' })
  expect(broken).toMatchObject({ code: 2, stderr: 'Standard input is not JSON.\nCorrect it and try again.\n' })
  const strange = await at.run([
    'policy',
    'set',
    '--file',
    at.file('policy.json', '{"version":1,"default":"yes","rules":[]}'),
  ])
  expect(strange.code).toBe(2)
  expect(strange.stderr).toContain('default')
})

test('approvals: a question is listed, shown, denied with a reason, and allowed for an hour', async () => {
  await at.json([
    'item',
    'add',
    '--kind',
    'api-key',
    '--name',
    'garden',
    '--host',
    'garden.example',
    '--value-file',
    at.file('garden', 'v'),
  ])
  const { key } = await at.json<{ key: string }>(['key', 'create', '--name', 'claude', '--scopes', 'secrets:use'])
  const asked = () =>
    callTool(core.ready.mcpUrl, key, 'http_request', {
      ...{
        method: 'POST',
        url: 'https://garden.example/beds?x=1',
        body: '{"a":1}',
        reason: 'Water \u001b[31mthe beds.',
      },
      headers: { authorization: 'Bearer {{secret:garden}}' },
    })
  const first = asked()
  const question = await nextQuestion(at)
  expect(question).toMatchObject({ state: 'pending', asker: { name: 'claude' } })
  expect((await at.run(['approvals', 'list'])).stdout).toMatch(
    new RegExp(`${question.id}  pending  claude  POST garden\\.example  garden  `),
  )
  const shown = (await at.run(['approvals', 'show', question.id])).stdout
  expect(shown).toContain('  POST https://garden.example/beds?x=1\n')
  expect(shown).toContain(
    '  authorization: Bearer {{secret:garden}}\n  User-Agent: Clawkeep\n  with garden in header authorization\n',
  )
  expect(shown).toContain('In its own words: “Water ?[31mthe beds.”\n')
  expect((await at.run(['approvals', 'deny', question.id, '--reason', 'Not today.'])).stdout).toBe('Denied.\n')
  expect(await first).toContain('Not today.')
  expect((await at.run(['approvals', 'allow', question.id])).code).toBe(1)

  const second = asked()
  const { id } = await nextQuestion(at)
  expect(await at.json(['approvals', 'allow', id, '--for', '1h', '--uses', '1'])).toMatchObject({
    state: 'allowed',
    decidedBy: 'cli',
  })
  // The name leads nowhere: that the call was let out is what counts here.
  expect(await second).not.toContain('denied')
  const [wrong, missing, uses] = await Promise.all([
    clawkeep(['--home', at.home, '--password-file', at.file('wrong', 'nonsense nonsense\n'), 'approvals', 'allow', id]),
    at.run(['approvals', 'show', 'apr_nowhere']),
    at.run(['approvals', 'allow', id, '--uses', '2']),
  ])
  expect([wrong.code, missing.code, uses.code]).toEqual([3, 4, 2])
})

test('mcp speaks the protocol on standard input and output', async () => {
  const keyFile = join(at.folder, 'mcp.key')
  await at.json(['key', 'create', '--name', 'desktop', '--scopes', 'openclaw:read', '--out', keyFile])
  const client = new Client({ name: 'clawkeep-test', version: '1.0.0' })
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [command, '--home', at.home, 'mcp', '--key-file', keyFile],
  })
  await client.connect(transport as Transport)
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('openclaw_status')
  await client.close()
  const without = await at.run(['mcp'])
  expect(without).toMatchObject({ code: 5, stdout: '' })
  expect(without.stderr).toContain('No API key was given.')
})

test('assistants: create, start, list, logs, restart, stop, remove, by name', async () => {
  const made = await at.json<Assistant>(['assistant', 'create', '--name', 'ada', '--image', 'demo', '--memory', '256'])
  expect(made.id).toMatch(idOf('ast'))
  expect((await at.run(['assistant', 'start', 'ada'])).stdout).toBe('ada is running.\n')
  expect(await at.json(['assistant', 'list'])).toMatchObject([{ name: 'ada', state: 'running', memoryMiB: 256 }])
  expect((await at.run(['assistant', 'logs', 'ada', '--lines', '1'])).stdout).toBe(
    'demo assistant listens on 127.0.0.1:18789\n',
  )
  expect(await at.json(['assistant', 'restart', made.id])).toMatchObject({ state: 'running' })
  expect((await at.run(['assistant', 'stop', 'ada'])).stdout).toBe('ada is stopped.\n')
  expect((await at.run(['assistant', 'list'])).stdout).toMatch(/ada {3}demo {3}stopped {2}256 MiB/)
  expect((await at.run(['assistant', 'remove', 'ada', '--with-data'])).stdout).toBe('Removed ada.\n')
  const bad = await Promise.all([
    at.run(['assistant', 'start', 'ada']),
    at.run(['assistant', 'create', '--name', 'Ada', '--image', 'demo']),
    at.run(['assistant', 'create', '--name', 'ada', '--image', 'demo', '--memory', 'much']),
  ])
  expect(bad.map(({ code }) => code)).toEqual([4, 2, 2])
})

test('locked, a command with the password still works and locks again; the vault opens only by unlock', async () => {
  expect((await at.run(['lock'])).stdout).toBe('Locked.\n')
  expect(await at.json<Status>(['status'])).toMatchObject({ vault: 'locked' })
  expect((await at.run(['item', 'list'])).code).toBe(0)
  expect(await at.json<Status>(['status'])).toMatchObject({ vault: 'locked' })
  expect(await at.json(['unlock'])).toEqual({ vault: 'unlocked' })
  expect(await at.json<Status>(['status'])).toMatchObject({ vault: 'unlocked' })
})

test('SIGTERM ends it with exit code 0, without its socket, and the home is free', async () => {
  expect(await core.stop()).toEqual({ code: 0, signal: null })
  expect(core.printed.stderr).toBe('')
  expect(existsSync(join(at.home, 'control.sock'))).toBe(false)
  expect(await at.json<Status>(['status'])).toMatchObject({ running: false, vault: 'locked' })
})

test('audit: the log of all this is listed and whole; a changed copy is not, and the entry is named', async () => {
  const page = await at.json<AuditPage>(['audit', 'list', '--limit', '500'])
  const reveal = page.entries.find((entry) => entry.kind === 'item.reveal' && entry.phase === 'close')
  expect((await at.run(['audit', 'list', '--limit', '3'])).stdout.trimEnd().split('\n')).toHaveLength(4)
  expect((await at.run(['audit', 'list', '--limit', 'many'])).code).toBe(2)
  expect(await at.json<AuditVerdict>(['audit', 'verify'])).toMatchObject({ ok: true, firstBad: null })

  const copy = join(at.folder, 'copy.db')
  copyFileSync(join(at.home, 'audit.db'), copy)
  expect((await clawkeep(['audit', 'verify', copy])).stdout).toMatch(
    /^The log is whole: \d+ entries\..*\n.*\nsigning key [0-9a-f ]{19}\n$/,
  )
  const bytes = readFileSync(copy)
  const line = bytes.indexOf(`"index":${reveal?.index},`)
  const kind = bytes.indexOf('item.reveal', line)
  expect(line).toBeGreaterThan(0)
  bytes.write('item.remove', kind)
  writeFileSync(copy, bytes)
  const changed = await clawkeep(['audit', 'verify', copy])
  expect(changed.code).toBe(1)
  expect(changed.stdout).toContain(`${reveal?.index}`)
  const verdict = await clawkeep(['--json', 'audit', 'verify', copy])
  expect(JSON.parse(verdict.stdout)).toMatchObject({ ok: false, firstBad: reveal?.index })
  const [missing, other] = await Promise.all([
    clawkeep(['audit', 'verify', join(at.folder, 'nowhere.db')]),
    clawkeep(['audit', 'verify', at.passwordFile]),
  ])
  expect([missing.code, other.code]).toEqual([4, 1])
  expect(other.stdout).toContain('not a Clawkeep file')
})
