import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Scope, scopes } from '../../../src/shared/models/api-key.ts'
import { type Answer, messageOf, send } from '../../support/http.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'

let core: McpCore

beforeAll(async () => {
  core = await startMcpCore({ approvalTimeoutMs: 10_000, limits: { badCredentials: 1000 } })
})
beforeEach(() => {
  core.assistant.wordMs = 5
  core.assistant.chats.length = 0
  core.upstream.seen.length = 0
})
afterAll(() => core.close())

function post(token: string | undefined, method: string, params?: Record<string, unknown>): Promise<Answer> {
  const headers = { authorization: token === undefined ? undefined : `Bearer ${token}`, 'content-type': 'application/json' }
  return send(core.port, { headers, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, ...(params === undefined ? {} : { params }) }) })
}

function call(token: string, name: string, args: Record<string, unknown> = {}): Promise<Answer> {
  return post(token, 'tools/call', { name, arguments: args })
}

function errorCode(answer: Answer): string | undefined {
  return (messageOf(answer).result?.['structuredContent'] as { error?: { code: string } } | undefined)?.error?.code
}

/** How the newest call of a tool by this key ended, as the log has it. */
async function closerOf(tool: string, keyId: string): Promise<{ outcome?: string | undefined; code?: string | undefined }> {
  await core.audit.flush()
  const { entries } = core.audit.list({ limit: 20, kinds: ['tool.call'], askerId: keyId })
  const { outcome, code } = entries.find((entry) => entry.tool === tool && entry.phase !== 'open') ?? {}
  return { outcome, code }
}

describe('keys', () => {
  test('a request without a key is challenged, however often: clients probe first', async () => {
    for (let at = 0; at < 8; at++) {
      const answer = await post(undefined, 'ping')
      expect(answer.status).toBe(401)
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="clawkeep"')
    }
  })

  test.each(['', 'oc_sk_', 'oc_sk_XYZ', `oc_sk_${'g'.repeat(48)}`, `OC_SK_${'a'.repeat(48)}`, `oc_sk_${'a'.repeat(49)}`, 'a b', '😀'])('%j is no key', async (token) => {
    expect([401, 400]).toContain((await post(Buffer.from(token).toString('latin1'), 'ping').catch(() => ({ status: 400 }))).status)
  })

  test('Basic authentication and a bare key are no bearer tokens', async () => {
    const { secret } = core.key()
    for (const authorization of [secret, `Basic ${Buffer.from(`x:${secret}`).toString('base64')}`, `Token ${secret}`]) {
      expect((await send(core.port, { headers: { authorization, 'content-type': 'application/json' }, body: '{}' })).status).toBe(401)
    }
  })

  test('a revoked key is refused from the next request on, and is told so', async () => {
    const { key, secret } = core.key()
    expect((await post(secret, 'ping')).status).toBe(200)
    core.apiKeys.revoke(key.id)
    const answer = await post(secret, 'ping')
    expect(answer.status).toBe(401)
    expect(messageOf(answer).error?.message).toContain('revoked')
  })

  test('an expired key is refused and is told so', async () => {
    const { secret } = core.key(scopes, 0.3 / 86_400)
    expect((await post(secret, 'ping')).status).toBe(200)
    await expect.poll(async () => (await post(secret, 'ping')).status, { timeout: 3000, interval: 200 }).toBe(401)
  })

  test('neither the key nor its hash reaches the log or the clear part of the file', async () => {
    const { secret } = core.key()
    await call(secret, 'openclaw_instances')
    await core.audit.flush()
    expect(JSON.stringify(core.audit.list({ limit: 100 }))).not.toContain(secret.slice(6, 30))
  })
})

describe('scopes', () => {
  const tools: ReadonlyArray<[name: string, scope: Scope | null, args: Record<string, unknown>]> = [
    ['openclaw_instances', 'openclaw:read', {}],
    ['openclaw_status', 'openclaw:read', {}],
    ['openclaw_chat', 'openclaw:write', { message: 'hi' }],
    ['secrets_list', 'secrets:list', {}],
    // Refused by the broker before anyone is asked; still proof that the scope let it through.
    ['http_request', 'secrets:use', { method: 'GET', url: 'https://127.0.0.1:1/', headers: { a: '{{secret:nothing}}' }, reason: 'test' }],
    ['approval_status', null, { id: 'apr_x' }],
  ]
  const sets = Array.from({ length: 2 ** scopes.length - 1 }, (_, bits) => scopes.filter((_scope, at) => ((bits + 1) >> at) & 1))

  test.each(sets.map((set) => [set.join(' '), set] as const))('%s: lists and runs exactly that', async (_name, set) => {
    const { secret } = core.key(set)
    const listed = messageOf(await post(secret, 'tools/list')).result?.['tools'] as ReadonlyArray<{ name: string }>
    const allowed = tools.filter(([, scope]) => scope === null || set.includes(scope)).map(([name]) => name)
    expect(listed.map((tool) => tool.name)).toEqual(allowed)
    for (const [name, , args] of tools) {
      const code = errorCode(await call(secret, name, args))
      if (allowed.includes(name)) expect(code, name).not.toBe('forbidden_scope')
      else expect(code, name).toBe('forbidden_scope')
    }
  })

  test('a call outside the scopes is written down as refused', async () => {
    const { key, secret } = core.key(['openclaw:read'])
    await call(secret, 'secrets_list')
    expect(await closerOf('secrets_list', key.id)).toEqual({ outcome: 'refused', code: 'forbidden_scope' })
  })

  test('an unknown tool is a protocol error that does not repeat the name', async () => {
    const answer = messageOf(await call(core.key().secret, 'rm -rf'))
    expect(answer.error).toMatchObject({ code: -32602 })
    expect(JSON.stringify(answer)).not.toContain('rm -rf')
  })
})

describe('limits', () => {
  test('20 at once pass, then 429 with Retry-After; another client is served', async () => {
    const { secret } = core.key()
    const statuses = await Promise.all(Array.from({ length: 30 }, async () => (await post(secret, 'ping')).status))
    const passed = statuses.filter((status) => status === 200).length
    expect(passed).toBeGreaterThanOrEqual(20)
    expect(passed).toBeLessThanOrEqual(25)
    const refused = await post(secret, 'ping')
    if (refused.status === 429) expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1)
    expect((await post(core.key().secret, 'ping')).status).toBe(200)
  })

  test('16 calls may be open, the next is told to wait, and a closed one makes room', async () => {
    core.assistant.wordMs = 60_000
    const { secret } = core.key()
    const stop = new AbortController()
    const open = Array.from({ length: 16 }, () =>
      fetch(core.url, {
        method: 'POST',
        signal: stop.signal,
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'openclaw_chat', arguments: { message: 'x' } } }),
      }).then((answer) => answer.text()).catch(() => 'ended'),
    )
    await expect.poll(() => core.assistant.chats.length).toBe(16)
    expect((await post(secret, 'ping')).status).toBe(429)
    stop.abort()
    await Promise.all(open)
    await expect.poll(async () => (await post(secret, 'ping')).status, { interval: 150 }).toBe(200)
    await expect.poll(() => core.assistant.chats.every((chat) => chat.ended === 'cancelled')).toBe(true)
  })
})

describe('an open call', () => {
  const chat = { message: 'word '.repeat(1000) }

  test('of a revoked key stops at once and says why', async () => {
    core.assistant.wordMs = 50
    const { key, secret } = core.key()
    const answer = call(secret, 'openclaw_chat', chat)
    await expect.poll(() => core.assistant.chats.length).toBe(1)
    const startedMs = performance.now()
    core.apiKeys.revoke(key.id)
    const ended = await answer
    expect(performance.now() - startedMs).toBeLessThan(500)
    expect(errorCode(ended)).toBe('unauthorized')
    expect(ended.text).toContain('revoked')
    await expect.poll(() => core.assistant.chats[0]?.ended).toBe('cancelled')
  })

  test('of a key that expires meanwhile stops too', async () => {
    core.assistant.wordMs = 50
    const { secret } = core.key(scopes, 0.8 / 86_400)
    const ended = await call(secret, 'openclaw_chat', chat)
    expect(errorCode(ended)).toBe('unauthorized')
    expect(ended.text).toContain('expired')
  })

  test('that waits for the person ends with the key, and its question cannot send anything', async () => {
    const { key, secret } = core.key()
    const args = { method: 'GET', url: `${core.upstream.url}/x`, headers: { authorization: '{{secret:github}}' }, reason: 'test' }
    const answer = call(secret, 'http_request', args)
    await expect.poll(() => core.approvals.pendingCount).toBe(1)
    core.apiKeys.revoke(key.id)
    expect(errorCode(await answer)).toBe('unauthorized')
    const [question] = core.approvals.list()
    if (question?.state === 'pending') await core.approvals.decide(question.id, { answer: 'allow' }, 'window')
    expect(core.upstream.seen).toEqual([])
  })

  test('that only listens (2026-07-28) is cut when its key is revoked', async () => {
    const { key, secret } = core.key()
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    }
    const listening = send(core.port, {
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params: { _meta: meta, notifications: { toolsListChanged: true } } }),
    }).then((answer) => answer.status, () => 'cut')
    await new Promise((resolve) => setTimeout(resolve, 100))
    core.apiKeys.revoke(key.id)
    await expect(Promise.race([listening, new Promise((resolve) => setTimeout(() => resolve('still open'), 3000))])).resolves.not.toBe('still open')
  })

  test('is cancelled in the session era by its number, unless two programs with one key have the same', async () => {
    core.assistant.wordMs = 50
    const { secret } = core.key()
    const cancel = (token: string): Promise<Answer> => {
      const body = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } })
      return send(core.port, { headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body })
    }
    const first = call(secret, 'openclaw_chat', chat)
    await expect.poll(() => core.assistant.chats.length).toBe(1)
    expect((await cancel(secret)).status).toBe(202)
    expect((await first).text).not.toContain('"result"')
    await expect.poll(() => core.assistant.chats[0]?.ended).toBe('cancelled')

    const { key, secret: other } = core.key()
    const two = [call(other, 'openclaw_chat', chat), call(other, 'openclaw_chat', chat)]
    await expect.poll(() => core.assistant.chats.length).toBe(3)
    await cancel(other)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(core.assistant.chats.slice(1).map((seen) => seen.ended)).toEqual(['running', 'running'])
    core.apiKeys.revoke(key.id)
    await Promise.all(two)
  })

  test('leaves an entry that says it was cancelled when the client goes away', async () => {
    core.assistant.wordMs = 50
    const stop = new AbortController()
    const { key, secret } = core.key()
    const gone = fetch(core.url, {
      method: 'POST',
      signal: stop.signal,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'openclaw_chat', arguments: chat } }),
    }).then((response) => response.text()).catch(() => 'gone')
    await expect.poll(() => core.assistant.chats.length).toBe(1)
    stop.abort()
    expect(await gone).toBe('gone')
    await expect.poll(async () => (await closerOf('openclaw_chat', key.id)).outcome).toBe('cancelled')
  })
})

describe('odd moments', () => {
  test('two clients use the same session id: their conversations stay apart', async () => {
    await call(core.key().secret, 'openclaw_chat', { message: 'a', session_id: 'main' })
    await call(core.key().secret, 'openclaw_chat', { message: 'b', session_id: 'main' })
    const [first, second] = core.assistant.chats.map((chat) => chat.sessionKey)
    expect(first).toBeDefined()
    expect(first).not.toBe(second)
  })

  test('the caller went away before the answer: the same call again takes it up', async () => {
    const { key, secret } = core.key()
    const args = { method: 'GET', url: `${core.upstream.url}/x`, headers: { authorization: 'Bearer {{secret:github}}' }, reason: 'test' }
    const stop = new AbortController()
    void fetch(core.url, {
      method: 'POST',
      signal: stop.signal,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'http_request', arguments: args } }),
    }).then((response) => response.text()).catch(() => 'gone')
    await expect.poll(() => core.approvals.pendingCount).toBe(1)
    stop.abort()
    await expect.poll(async () => (await closerOf('http_request', key.id)).outcome).toBe('cancelled')
    const [question] = core.approvals.list()
    await core.approvals.decide(question?.id ?? '', { answer: 'allow' }, 'window')
    const status = messageOf(await call(secret, 'approval_status', { id: question?.id })).result?.['structuredContent']
    expect(status).toMatchObject({ state: 'allowed', used: false })
    expect(messageOf(await call(secret, 'http_request', args)).result?.['structuredContent']).toMatchObject({ status: 201 })
    expect(core.upstream.seen.length).toBe(1)
  })
})

describe('with a core of its own', () => {
  let before: McpCore
  beforeEach(async () => {
    before = core
    core = await startMcpCore({ approvalTimeoutMs: 300 })
  })
  afterEach(async () => {
    await core.close()
    core = before
  })

  test('the sixth wrong key waits, but a good key on the same address is served', async () => {
    const { secret } = core.key()
    const wrong = `oc_sk_${'0'.repeat(48)}`
    const statuses: number[] = []
    for (let at = 0; at < 7; at++) statuses.push((await post(wrong, 'ping')).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
    const blocked = await post(wrong, 'ping')
    expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(800)
    expect((await post(secret, 'ping')).status).toBe(200)
    await core.audit.flush()
    const { entries } = core.audit.list({ limit: 20, kinds: ['client.refused'] })
    expect(entries.map(({ code, host }) => [code, host])).toEqual([['throttled', 'loopback'], ['unknown', 'loopback']])
  })

  test('an open call is told when Clawkeep closes, which takes no longer than two seconds', async () => {
    core.assistant.wordMs = 50
    const answer = call(core.key().secret, 'openclaw_chat', { message: 'word '.repeat(1000) })
    await expect.poll(() => core.assistant.chats.length).toBe(1)
    const startedMs = performance.now()
    await core.server.close()
    expect(performance.now() - startedMs).toBeLessThan(2000)
    expect(errorCode(await answer)).toBe('unavailable')
  })

  test('nothing runs when the log cannot be written', async () => {
    const { secret } = core.key()
    core.audit.close()
    expect(errorCode(await call(secret, 'openclaw_chat', { message: 'x' }))).toBe('audit_failed')
    expect(core.assistant.chats).toEqual([])
  })

  test('the client is told when nobody answered in time', async () => {
    const args = { method: 'GET', url: `${core.upstream.url}/x`, headers: { authorization: '{{secret:github}}' }, reason: 'test' }
    expect(errorCode(await call(core.key().secret, 'http_request', args))).toBe('timeout')
    expect(core.upstream.seen).toEqual([])
  })
})
