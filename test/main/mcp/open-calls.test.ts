import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { defaultLimits } from '../../../src/main/mcp/limits.ts'
import { scopes } from '../../../src/shared/models/api-key.ts'
import { messageOf, send } from '../../support/http.ts'
import { callsTo, errorCode } from '../../support/mcp-calls.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'
import { chat as sessionChat, sessionsOf } from '../../support/sessions.ts'

let core: McpCore
let calls: ReturnType<typeof callsTo>
let sessions: ReturnType<typeof sessionsOf>

beforeAll(async () => {
  core = await startMcpCore({ approvalTimeoutMs: 10_000 })
  calls = callsTo(core)
  sessions = sessionsOf(core)
})
beforeEach(() => {
  core.assistant.wordMs = 50
  core.assistant.chats.length = 0
  core.upstream.seen.length = 0
})
afterAll(() => core.close())

const chat = { message: 'word '.repeat(1000) }

function withSecret(path: string): object {
  const headers = { authorization: 'Bearer {{secret:github}}' }
  return { method: 'GET', url: `${core.upstream.url}${path}`, headers, reason: 'test' }
}

describe('an open call', () => {
  test('of a revoked key stops at once and says why', async () => {
    const { key, secret } = core.key()
    const answer = calls.call(secret, 'openclaw_chat', chat)
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
    const { secret } = core.key(scopes, 0.8 / 86_400)
    const ended = await calls.call(secret, 'openclaw_chat', chat)
    expect(errorCode(ended)).toBe('unauthorized')
    expect(ended.text).toContain('expired')
  })

  test('that waits for the person ends with the key, and an answer that comes later sends nothing', async () => {
    const { key, secret } = core.key()
    const answer = calls.call(secret, 'http_request', withSecret('/revoked'))
    await expect.poll(() => core.approvals.pendingCount).toBe(1)
    core.apiKeys.revoke(key.id)
    expect(errorCode(await answer)).toBe('unauthorized')
    const [question] = core.approvals.list()
    if (question?.state === 'pending') await core.approvals.decide(question.id, { answer: 'allow' }, 'window')
    expect(core.upstream.seen).toEqual([])
  })

  test('that listens for changes (2026-07-28) ends at once and holds nothing open: a list never changes for a key', async () => {
    const { secret } = core.key()
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    }
    const params = { _meta: meta, notifications: { toolsListChanged: true } }
    const answer = await send(core.port, {
      headers: {
        authorization: `Bearer ${secret}`,
        'content-type': 'application/json',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'subscriptions/listen',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params }),
    })
    expect([answer.status, messageOf(answer).error]).toEqual([200, undefined])
  })

  test('is cancelled in the session era by its number', async () => {
    const { secret } = core.key()
    const first = calls.call(secret, 'openclaw_chat', chat)
    await expect.poll(() => core.assistant.chats.length).toBe(1)
    const cancelled = await calls.post(secret, 'notifications/cancelled', { requestId: 1 }, { notification: true })
    expect(cancelled.status).toBe(202)
    expect((await first).text).not.toContain('"result"')
    await expect.poll(() => core.assistant.chats[0]?.ended).toBe('cancelled')
  })

  test('is not cancelled by a number that two programs with one key both use, nor by another client', async () => {
    const { key, secret } = core.key()
    const two = [calls.call(secret, 'openclaw_chat', chat), calls.call(secret, 'openclaw_chat', chat)]
    await expect.poll(() => core.assistant.chats.length).toBe(2)
    await calls.post(secret, 'notifications/cancelled', { requestId: 1 }, { notification: true })
    await calls.post(core.key().secret, 'notifications/cancelled', { requestId: 1 }, { notification: true })
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(core.assistant.chats.map((seen) => seen.ended)).toEqual(['running', 'running'])
    core.apiKeys.revoke(key.id)
    await Promise.all(two)
  })

  test('leaves an entry that says it was cancelled when the client goes away', async () => {
    const stop = new AbortController()
    const { key, secret } = core.key()
    const gone = calls.call(secret, 'openclaw_chat', chat, { signal: stop.signal }).catch(() => 'gone')
    await expect.poll(() => core.assistant.chats.length).toBe(1)
    stop.abort()
    expect(await gone).toBe('gone')
    await expect.poll(async () => (await calls.closerOf('openclaw_chat', key.id)).outcome).toBe('cancelled')
  })

  test('that ended before the person answered is taken up by the same call again, and runs once', async () => {
    const { key, secret } = core.key()
    const stop = new AbortController()
    const gone = calls.call(secret, 'http_request', withSecret('/later'), { signal: stop.signal }).catch(() => 'gone')
    await expect.poll(() => core.approvals.pendingCount).toBe(1)
    const id = core.approvals.list()[0]?.id ?? ''
    stop.abort()
    await gone
    await expect.poll(async () => (await calls.closerOf('http_request', key.id)).outcome).toBe('cancelled')
    await core.approvals.decide(id, { answer: 'allow' }, 'window')
    const status = messageOf(await calls.call(secret, 'approval_status', { id })).result?.['structuredContent']
    expect(status).toMatchObject({ state: 'allowed', used: false })
    const answer = messageOf(await calls.call(secret, 'http_request', withSecret('/later')))
    expect(answer.result?.['structuredContent']).toMatchObject({ status: 201 })
    expect(core.upstream.seen.length).toBe(1)
  })

  test('of two clients with the same session id keeps their conversations apart', async () => {
    await calls.call(core.key().secret, 'openclaw_chat', { message: 'a', session_id: 'main' })
    await calls.call(core.key().secret, 'openclaw_chat', { message: 'b', session_id: 'main' })
    const [first, second] = core.assistant.chats.map((seen) => seen.sessionKey)
    expect(first).toBeDefined()
    expect(first).not.toBe(second)
  })
})

describe('as many open calls as a client may have', () => {
  /** All that a client may have at once, in a session of its own; gives the session and the calls. */
  async function full() {
    const session = await sessions.open()
    const open = Array.from({ length: defaultLimits.concurrent }, (_none, at) =>
      sessions.ask(session, { message: sessionChat(1000, at + 1) }),
    )
    await expect.poll(() => core.assistant.chats.length).toBe(defaultLimits.concurrent)
    return { session, open }
  }

  test('leave room to cancel one, and to answer what the server asked; one more call has none', async () => {
    const { session, open } = await full()
    expect((await sessions.ask(session, { message: sessionChat(1, 99) })).status).toBe(429)
    const late = await sessions.ask(session, { message: { id: 'none-such', result: {} } })
    expect(late.status).not.toBe(429)
    const cancel = { method: 'notifications/cancelled', params: { requestId: 3 } }
    expect((await sessions.ask(session, { message: cancel })).status).toBe(202)
    await expect.poll(() => core.assistant.chats.filter(({ ended }) => ended === 'cancelled').length).toBe(1)
    core.apiKeys.revoke(session.keyId)
    await Promise.all(open)
  })

  test('leave room to end their session', async () => {
    const { session, open } = await full()
    expect((await sessions.ask(session, { method: 'DELETE' })).status).toBe(200)
    await Promise.all(open)
  })
})

describe('a core', () => {
  test('that closes tells its open calls, within two seconds', async () => {
    const own = await startMcpCore()
    own.assistant.wordMs = 50
    const answer = callsTo(own).call(own.key().secret, 'openclaw_chat', chat)
    await expect.poll(() => own.assistant.chats.length).toBe(1)
    const startedMs = performance.now()
    await own.server.close()
    expect(performance.now() - startedMs).toBeLessThan(2000)
    expect(errorCode(await answer)).toBe('unavailable')
    await own.close()
  })

  test('that cannot write its log runs nothing, and whose person does not answer says so', async () => {
    const own = await startMcpCore({ approvalTimeoutMs: 300 })
    const { call } = callsTo(own)
    const { secret } = own.key()
    const args = { ...withSecret('/x'), url: `${own.upstream.url}/x` }
    expect(errorCode(await call(secret, 'http_request', args))).toBe('timeout')
    own.audit.close()
    expect(errorCode(await call(secret, 'openclaw_chat', { message: 'x' }))).toBe('audit_failed')
    expect([own.upstream.seen, own.assistant.chats]).toEqual([[], []])
    await own.close()
  })
})
