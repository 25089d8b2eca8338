import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, messageOf, send } from '../../support/http.ts'
import { type McpCore, password, startMcpCore } from '../../support/mcp.ts'
import { type SessionCalls, chat, clientInfo, ping, sessionsOf, status } from '../../support/sessions.ts'

let core: McpCore
let calls: SessionCalls

beforeAll(async () => {
  core = await startMcpCore({ limits: { perSecond: 1000, burst: 1000, sessionsPerClient: 3, resumeWithinMs: 300 } })
  calls = sessionsOf(core)
})
beforeEach(() => {
  core.assistant.chats.length = 0
  core.assistant.wordMs = 20
})
afterAll(() => core.close())

describe.each(['2025-11-25', '2025-06-18', '2025-03-26'])('a session of %s', (revision) => {
  test('opens with the revision that was asked for, serves, and ends with DELETE', async () => {
    const owner = core.key()
    const answer = await calls.initialize(owner.secret, revision)
    expect(messageOf(answer).result).toMatchObject({
      protocolVersion: revision,
      serverInfo: { name: 'clawkeep', icons: [{ mimeType: 'image/svg+xml' }] },
      capabilities: { tools: {}, logging: {}, resources: { listChanged: true } },
    })
    const session = await calls.open(revision, owner)
    expect(messageOf(await calls.ask(session, { message: ping })).result).toEqual({})
    expect(await status(calls.ask(session, { method: 'DELETE' }))).toBe(200)
    const after = await calls.ask(session, { message: ping })
    expect([after.status, messageOf(after).error?.code]).toEqual([404, -32001])
  })
})

describe('a session id', () => {
  test('cannot be guessed: 192 random bits, no two alike', async () => {
    const ids = [await calls.open(), await calls.open(), await calls.open()].map(({ id }) => id)
    expect(new Set(ids).size).toBe(3)
    for (const id of ids) expect(id).toMatch(/^[\w-]{32}$/)
  })

  test('is no credential: without the key it opens nothing, with another key it is as unknown as one that never was', async () => {
    const session = await calls.open()
    const stranger = core.key().secret
    const keyless = await send(core.port, {
      headers: { 'mcp-session-id': session.id, 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', ...ping }),
    })
    expect(keyless.status).toBe(401)
    for (const request of [{ message: ping }, { method: 'GET' }, { method: 'DELETE' }]) {
      const taken = await calls.ask(session, { ...request, secret: stranger })
      const invented = await calls.ask(session, { ...request, secret: stranger, id: 'x'.repeat(32) })
      expect([taken.status, taken.text]).toEqual([404, invented.text])
    }
    expect(await status(calls.ask(session, { message: ping }))).toBe(200)
  })

  test('cannot be chosen by the client (fixation): initialize with an id opens no session of that name', async () => {
    const owner = core.key()
    const answer = await send(core.port, {
      headers: {
        authorization: `Bearer ${owner.secret}`,
        'mcp-session-id': 'chosen-by-the-attacker',
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 0,
        method: 'initialize',
        params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
      }),
    })
    expect([answer.status, answer.headers['mcp-session-id']]).toEqual([404, undefined])
  })

  test('goes on over a lock, in which its calls are told "locked"', async () => {
    const session = await calls.open()
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'openclaw_instances', arguments: {} } }
    core.vault.lock()
    expect((await calls.ask(session, { message: call })).text).toContain('"code":"locked"')
    await core.vault.unlock(password)
    expect((await calls.ask(session, { message: call })).text).toContain('"name":"demo"')
  })

  test('has nothing to send again after a lock', async () => {
    const session = await calls.open()
    const { text } = await calls.ask(session, { message: chat(3) })
    const [first] = [...text.matchAll(/^id: (\S+)$/gm)].map(([, id]) => id)
    const lastEventId = first ?? ''
    expect((await calls.ask(session, { method: 'GET', lastEventId })).text).toContain('word')
    core.vault.lock()
    const after = await calls.ask(session, { method: 'GET', lastEventId })
    await core.vault.unlock(password)
    expect([after.status, after.text]).toEqual([400, expect.stringContaining('not kept any more')])
  })

  test('is dead after the key is revoked, and its streams end', async () => {
    const session = await calls.open()
    const stream = calls.ask(session, { method: 'GET' })
    await new Promise((resolve) => setTimeout(resolve, 50))
    core.apiKeys.revoke(session.keyId)
    expect((await stream).status).toBe(200)
    expect(await status(calls.ask(session, { message: ping }))).toBe(401)
    expect(core.server.sessions.list().some(({ clientId }) => clientId === session.keyId)).toBe(false)
  })

  test('that is sent twice, or with a body where none belongs, is refused', async () => {
    const session = await calls.open()
    const twice = await send(core.port, {
      headers: {
        authorization: `Bearer ${session.secret}`,
        'mcp-session-id': [session.id, session.id],
        'content-type': 'application/json',
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...ping }),
    })
    expect(twice.status).toBe(400)
    expect(await status(calls.ask(session, { method: 'GET', message: ping }))).toBe(400)
    expect(await status(calls.ask(session, { method: 'DELETE', message: ping }))).toBe(400)
  })
})

describe('sessions', () => {
  test('of one client are at most three here: the one idle longest gives way, one that works does not', async () => {
    const owner = core.key()
    const first = await calls.open('2025-11-25', owner)
    const running = calls.ask(first, { message: chat(60) })
    await expect.poll(() => core.assistant.chats.length).toBe(1)
    const second = await calls.open('2025-11-25', owner)
    const third = await calls.open('2025-11-25', owner)
    const fourth = await calls.open('2025-11-25', owner)
    expect(await status(calls.ask(second, { message: ping }))).toBe(404)
    expect(await status(calls.ask(third, { message: ping }))).toBe(200)
    expect(await status(calls.ask(fourth, { message: ping }))).toBe(200)
    expect((await running).text).toContain('"result"')
  })

  test('are not opened when all there may be are at work', async () => {
    const owner = core.key()
    const streams: Array<Promise<Answer>> = []
    for (let at = 0; at < 3; at++) streams.push(calls.ask(await calls.open('2025-11-25', owner), { method: 'GET' }))
    await expect.poll(() => core.server.sessions.list().filter((one) => one.clientId === owner.key.id).length).toBe(3)
    const refused = await calls.initialize(owner.secret, '2025-11-25')
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60'])
    core.apiKeys.revoke(owner.key.id)
    await Promise.all(streams)
  })

  test.each([
    ['no parameters', undefined],
    ['an empty object', {}],
    ['no version', { capabilities: {}, clientInfo }],
    ['a number for a version', { protocolVersion: 7, capabilities: {}, clientInfo }],
    ['no name', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {} }],
    ['a list for capabilities', { protocolVersion: '2025-11-25', capabilities: [], clientInfo }],
  ])('are not opened by an initialize with %s: the parameters are at fault, not the server', async (_name, params) => {
    const answer = await send(core.port, {
      headers: { authorization: `Bearer ${core.key().secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'initialize', params }),
    })
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text)).toMatchObject({ id: 5, error: { code: -32602 } })
    expect(answer.headers['mcp-session-id']).toBeUndefined()
  })

  test('answer parameters that do not fit with -32602 in every method', async () => {
    const session = await calls.open()
    for (const [method, params] of [
      ['tools/call', { name: 5 }],
      ['tools/list', { cursor: 5 }],
      ['resources/read', {}],
      ['logging/setLevel', { level: 'loud' }],
      ['completion/complete', { ref: {} }],
    ] as const) {
      const answer = await calls.ask(session, { message: { id: 1, method, params } })
      expect([method, messageOf(answer).error?.code]).toEqual([method, -32602])
    }
  })
})
