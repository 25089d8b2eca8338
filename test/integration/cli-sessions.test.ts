import { request } from 'node:http'
import { join } from 'node:path'
import {
  Client as CurrentClient,
  StreamableHTTPClientTransport as CurrentTransport,
} from '@modelcontextprotocol/client'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Session } from '../../src/shared/models/session.ts'
import { type CliHome, type Serving, cliHome, command, nextQuestion } from '../support/cli.ts'

let at: CliHome
let core: Serving
const keys: Record<string, { id: string; key: string }> = {}

beforeAll(async () => {
  at = cliHome()
  await at.run(['init'])
  core = await at.serve()
  await at.run([
    'item',
    'add',
    '--kind',
    'api-key',
    '--name',
    'garden',
    '--host',
    'garden.example',
    '--value-file',
    at.file('v', 's'),
  ])
  for (const name of ['First', 'Current', 'Desk'])
    keys[name] = await at.json(['key', 'create', '--name', name, '--scopes', 'openclaw:read,secrets:use'])
})
afterAll(async () => {
  await core.stop()
  at.cleanup()
})

const headersOf = (name: string) => ({ requestInit: { headers: { authorization: `Bearer ${keys[name]?.key ?? ''}` } } })
const list = () => at.json<ReadonlyArray<Session>>(['session', 'list'])
const question = (path: string) => ({
  method: 'POST',
  url: `https://garden.example/${path}`,
  headers: { authorization: 'Bearer {{secret:garden}}' },
  reason: 'Water them.',
})

async function first() {
  const client = new FirstClient({ name: 'old-program', version: '1.0.0' })
  await client.connect(new FirstTransport(new URL(core.ready.mcpUrl), headersOf('First')) as Transport)
  return client
}

async function current() {
  const client = new CurrentClient(
    { name: 'new-program', version: '2.0.0' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  )
  await client.connect(new CurrentTransport(new URL(core.ready.mcpUrl), headersOf('Current')))
  return client
}

test('each program is listed once with client, name, version, era and what it called, the stdio bridge as the program behind it', async () => {
  const desk = new FirstClient({ name: 'desk-program', version: '3.0.0' })
  const env = { CLAWKEEP_API_KEY: keys['Desk']?.key ?? '', PATH: process.env['PATH'] ?? '' }
  await desk.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [command, '--home', at.home, 'mcp'],
      env,
    }) as Transport,
  )
  const clients = [await first(), await current(), desk]
  for (const client of clients) {
    await client.listTools()
    await client.callTool({ name: 'openclaw_instances', arguments: {} })
    await client.callTool({ name: 'openclaw_instances', arguments: {} })
  }
  const listed = (await list()).toSorted((a, b) => a.clientName.localeCompare(b.clientName))
  const common = { calls: 2, lastTool: 'openclaw_instances', lastCallMs: expect.any(Number) }
  expect(listed).toMatchObject([
    {
      clientName: 'Current',
      program: { name: 'new-program', version: '2.0.0' },
      era: 'stateless',
      revision: '2026-07-28',
      ...common,
    },
    {
      clientName: 'Desk',
      program: { name: 'desk-program', version: '3.0.0' },
      era: 'stateless',
      revision: '2025-11-25',
      ...common,
    },
    {
      clientName: 'First',
      program: { name: 'old-program', version: '1.0.0' },
      era: 'session',
      revision: '2025-11-25',
      ...common,
    },
  ])
  expect((await at.run(['session', 'list'])).stdout).toMatch(
    /First +old-program 1\.0\.0 +2025-11-25 .+ 2 +openclaw_instances/,
  )
  for (const client of clients) await client.close()
})

test.each([
  ['2025-11-25', 'First', first],
  ['2026-07-28', 'Current', current],
] as const)(
  'a disconnected program of %s is told so in its open call, and it is written down',
  async (era, name, connect) => {
    const client = await connect()
    const call = client.callTool({ name: 'http_request', arguments: question(era) })
    await nextQuestion(at)
    const session = (await list()).find(({ clientName, calls }) => clientName === name && calls > 0)
    const startedMs = performance.now()
    expect(await at.json(['session', 'end', session?.id ?? ''])).toEqual({ id: session?.id, ended: true })
    const answer = await call
    expect(performance.now() - startedMs).toBeLessThan(5_000)
    expect(JSON.stringify(answer)).toContain('The person disconnected this program in Clawkeep.')
    expect((await list()).map(({ id }) => id)).not.toContain(session?.id)
    const { entries } = await at.call('audit.list', { limit: 10, kinds: ['client.disconnect'] })
    expect(entries[0]).toMatchObject({ target: keys[name]?.id, asker: { kind: 'person', id: 'cli' }, outcome: 'ok' })
    expect((await at.run(['session', 'end', session?.id ?? ''])).code).toBe(4)
    // Its session is dead; the key is not.
    if (era === '2025-11-25') await expect(client.listTools()).rejects.toThrow(/Session not found/)
    const again = await connect()
    expect((await again.listTools()).tools.length).toBeGreaterThan(0)
    await Promise.all([client.close(), again.close()])
  },
)

test('a call that was open with a key that was replaced ends when the overlap does', async () => {
  const client = await current()
  const call = client.callTool({ name: 'http_request', arguments: question('overlap') })
  await nextQuestion(at)
  await at.json(['key', 'rotate', keys['Current']?.id ?? '', '--overlap', '2s'])
  expect(JSON.stringify(await call)).toContain('This key was replaced by a new one.')
  await expect(client.listTools()).rejects.toBeInstanceOf(Error)
})

test('a task is listed in the words of the window without what it is about, and cancelled; its client is told', async () => {
  await at.json(['assistant', 'create', '--name', 'garden', '--image', 'demo'])
  keys['Tasks'] = await at.json(['key', 'create', '--name', 'Tasks', '--scopes', 'openclaw:read,openclaw:write'])
  const client = new FirstClient({ name: 'task-program', version: '1.0.0' })
  await client.connect(new FirstTransport(new URL(core.ready.mcpUrl), headersOf('Tasks')) as Transport)
  const call = async (name: string, given: object) =>
    (await client.callTool({ name, arguments: { ...given } })).structuredContent as { task_id: string; error?: string }
  const { task_id } = await call('openclaw_chat_async', { message: 'water the tomatoes', instance: 'garden' })
  const listed = await at.run(['tasks', 'list'])
  expect(listed.stdout).toMatch(new RegExp(`${task_id} +Tasks +garden +Waiting +0 `))
  expect(JSON.stringify(await at.json(['tasks', 'list']))).not.toContain('tomatoes')
  expect((await at.run(['tasks', 'cancel', task_id])).stdout).toBe('The task is cancelled.\n')
  expect((await at.run(['tasks', 'cancel', task_id])).stderr).toContain('This task is over already.')
  expect(JSON.stringify(await call('openclaw_task_status', { task_id }))).toContain('The person cancelled this task')
  const { entries } = await at.call('audit.list', { limit: 10, kinds: ['task.cancel'] })
  expect(entries.map(({ target, outcome }) => [target, outcome])).toContainEqual([task_id, 'ok'])
  await client.close()
})

test('the socket takes no word for it that the password was given', async () => {
  const call = (more: object): Promise<string> =>
    new Promise((resolve, reject) => {
      const to = { socketPath: join(at.home, 'control.sock'), path: '/call', method: 'POST' }
      const outgoing = request(to, (response) => void response.setEncoding('utf8').once('data', resolve))
      outgoing.on('error', reject)
      outgoing.end(JSON.stringify({ route: 'items.list', input: null, ...more }))
    })
  expect(await call({ isProven: true })).toContain('The call is not well formed.')
  expect(await call({})).toContain('The vault password is needed for this.')
})
