import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Scope, scopes } from '../../../src/shared/models/api-key.ts'
import { messageOf, send } from '../../support/http.ts'
import { callsTo, errorCode } from '../../support/mcp-calls.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'

let core: McpCore
let calls: ReturnType<typeof callsTo>

beforeAll(async () => {
  core = await startMcpCore({ limits: { badCredentials: 1000 } })
  calls = callsTo(core)
})
afterAll(() => core.close())

describe('keys', () => {
  test('a request without a key is challenged, however often: clients probe first', async () => {
    for (let at = 0; at < 8; at++) {
      const answer = await calls.post(undefined, 'ping')
      expect(answer.status).toBe(401)
      expect(answer.headers['www-authenticate']).toBe(
        `Bearer realm="clawkeep", resource_metadata="http://127.0.0.1:${core.port}/.well-known/oauth-protected-resource/mcp"`,
      )
    }
  })

  test.each([
    '',
    'oc_sk_',
    'oc_sk_XYZ',
    `oc_sk_${'g'.repeat(48)}`,
    `OC_SK_${'a'.repeat(48)}`,
    `oc_sk_${'a'.repeat(49)}`,
    'a b',
    'ÿ',
  ])('%j is no key', async (token) => {
    expect((await calls.post(token, 'ping')).status).toBe(401)
  })

  test('Basic authentication and a bare key are no bearer tokens', async () => {
    const { secret } = core.key()
    const basic = `Basic ${Buffer.from(`x:${secret}`).toString('base64')}`
    for (const authorization of [secret, basic, `Token ${secret}`]) {
      const headers = { authorization, 'content-type': 'application/json' }
      expect((await send(core.port, { headers, body: '{}' })).status).toBe(401)
    }
  })

  test('a revoked key is refused from the next request on, and is told so', async () => {
    const { key, secret } = core.key()
    expect((await calls.post(secret, 'ping')).status).toBe(200)
    core.apiKeys.revoke(key.id)
    const answer = await calls.post(secret, 'ping')
    expect(answer.status).toBe(401)
    expect(messageOf(answer).error?.message).toContain('revoked')
  })

  test('an expired key is refused and is told so', async () => {
    const { secret } = core.key(scopes, 0.5 / 86_400)
    expect((await calls.post(secret, 'ping')).status).toBe(200)
    await expect.poll(async () => (await calls.post(secret, 'ping')).status, { timeout: 3000, interval: 200 }).toBe(401)
    expect(messageOf(await calls.post(secret, 'ping')).error?.message).toContain('expired')
  })

  test('no part of a key reaches the log', async () => {
    const { secret } = core.key()
    await calls.call(secret, 'openclaw_instances')
    await calls.post(secret.replace(/.$/, 'z'), 'ping')
    await core.audit.flush()
    expect(JSON.stringify(core.audit.list({ limit: 100 }))).not.toContain(secret.slice(6, 30))
  })
})

describe('scopes', () => {
  const tools: ReadonlyArray<[name: string, scope: Scope | null, args: object]> = [
    ['openclaw_instances', 'openclaw:read', {}],
    ['openclaw_status', 'openclaw:read', {}],
    ['openclaw_chat', 'openclaw:write', { message: 'hi' }],
    ['openclaw_chat_async', 'openclaw:write', { message: 'hi' }],
    ['openclaw_task_status', 'openclaw:read', { task_id: 'tsk_x' }],
    ['openclaw_task_list', 'openclaw:read', {}],
    ['openclaw_task_cancel', 'openclaw:write', { task_id: 'tsk_x' }],
    ['secrets_list', 'secrets:list', {}],
    // Refused by the broker before anyone is asked; still proof that the scope let it through.
    [
      'http_request',
      'secrets:use',
      { method: 'GET', url: 'https://127.0.0.1:1/', headers: { a: '{{secret:no}}' }, reason: 'x' },
    ],
    ['approval_status', null, { id: 'apr_x' }],
  ]
  const sets = Array.from({ length: 2 ** scopes.length - 1 }, (_, bits) =>
    scopes.filter((_scope, at) => ((bits + 1) >> at) & 1),
  )

  test.each(sets.map((set) => [set.join(' '), set] as const))('%s: lists and runs exactly that', async (_name, set) => {
    const { secret } = core.key(set)
    const listed = messageOf(await calls.post(secret, 'tools/list')).result?.['tools'] as ReadonlyArray<{
      name: string
    }>
    const allowed = tools.filter(([, scope]) => scope === null || set.includes(scope)).map(([name]) => name)
    const ran: string[] = []
    for (const [name, , args] of tools) {
      if (errorCode(await calls.call(secret, name, args)) !== 'forbidden_scope') ran.push(name)
    }
    expect({ listed: listed.map((tool) => tool.name), ran }).toEqual({ listed: allowed, ran: allowed })
  })

  test('the list of secrets has the kinds that a request can use, and nothing of notes, private keys and codes', async () => {
    const { items } = core.vault
    items.add({ kind: 'note', name: 'diary', notes: 'text' })
    items.add({ kind: 'ssh-key', name: 'server' })
    items.add({ kind: 'totp', name: 'codes', totp: 'GEZDGNBVGY3TQOJQ' })
    const { id } = items.add({ kind: 'login', name: 'thrown away', secret: 's' })
    items.remove(id)
    const { secret } = core.key(['secrets:list'])
    const answer = messageOf(await calls.call(secret, 'secrets_list')).result?.['structuredContent']
    expect(answer).toMatchObject({ secrets: [{ name: 'github', kind: 'api-key' }] })
    expect(JSON.stringify(answer)).not.toMatch(/diary|server|codes|thrown/)
  })

  test('a call outside the scopes is written down as refused', async () => {
    const { key, secret } = core.key(['openclaw:read'])
    await calls.call(secret, 'secrets_list')
    expect(await calls.closerOf('secrets_list', key.id)).toEqual({ outcome: 'refused', code: 'forbidden_scope' })
  })

  test('an unknown tool is a protocol error that does not repeat the name', async () => {
    const answer = messageOf(await calls.call(core.key().secret, 'rm -rf'))
    expect(answer.error).toMatchObject({ code: -32602 })
    expect(JSON.stringify(answer)).not.toContain('rm -rf')
  })
})

describe('limits', () => {
  test('20 at once pass, then 429 with Retry-After; another client is served', async () => {
    const { secret } = core.key()
    const answers = await Promise.all(Array.from({ length: 60 }, () => calls.post(secret, 'ping')))
    const refused = answers.filter((answer) => answer.status === 429)
    // 10 more come free with each second that the 60 take.
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(20)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.every((answer) => Number(answer.headers['retry-after']) >= 1)).toBe(true)
    expect((await calls.post(core.key().secret, 'ping')).status).toBe(200)
  })

  test('16 calls may be open, the next is told to wait, and a closed one makes room', async () => {
    core.assistant.wordMs = 60_000
    core.assistant.chats.length = 0
    const { secret } = core.key()
    const stop = new AbortController()
    const open = Array.from({ length: 16 }, () =>
      calls.call(secret, 'openclaw_chat', { message: 'x' }, { signal: stop.signal }).catch(() => 'ended'),
    )
    await expect.poll(() => core.assistant.chats.length).toBe(16)
    expect((await calls.post(secret, 'ping')).status).toBe(429)
    stop.abort()
    await Promise.all(open)
    await expect.poll(async () => (await calls.post(secret, 'ping')).status, { interval: 150 }).toBe(200)
    await expect.poll(() => core.assistant.chats.every((chat) => chat.ended === 'cancelled')).toBe(true)
  })
})

test('the sixth wrong key waits, but a good key on the same address is served; the log says so in two lines', async () => {
  const own = await startMcpCore()
  const { post } = callsTo(own)
  const { secret } = own.key()
  const wrong = `oc_sk_${'0'.repeat(48)}`
  const statuses: number[] = []
  for (let at = 0; at < 7; at++) statuses.push((await post(wrong, 'ping')).status)
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
  expect(Number((await post(wrong, 'ping')).headers['retry-after'])).toBeGreaterThan(800)
  expect((await post(secret, 'ping')).status).toBe(200)
  await own.audit.flush()
  const { entries } = own.audit.list({ limit: 20, kinds: ['client.refused'] })
  expect(entries.map(({ code, host }) => [code, host])).toEqual([
    ['throttled', 'loopback'],
    ['unknown', 'loopback'],
  ])
  await own.close()
})
