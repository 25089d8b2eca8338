import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, messageOf, send } from '../../support/http.ts'
import { callsTo } from '../../support/mcp-calls.ts'
import { type McpCore, password, startMcpCore } from '../../support/mcp.ts'

let core: McpCore

beforeAll(async () => {
  core = await startMcpCore({ limits: { perSecond: 1000, burst: 1000, sessionsPerClient: 3, resumeWithinMs: 300 } })
})
beforeEach(() => {
  core.assistant.chats.length = 0
  core.assistant.wordMs = 20
})
afterAll(() => core.close())

type Session = { secret: string; keyId: string; id: string; revision: string }

const clientInfo = { name: 'session-test', version: '1.2.3' }

function initialize(secret: string, revision: string, more: object = {}): Promise<Answer> {
  const params = { protocolVersion: revision, capabilities: {}, clientInfo, ...more }
  return send(core.port, {
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
  })
}

async function open(revision = '2025-11-25', owner = core.key()): Promise<Session> {
  const { secret, key } = owner
  const answer = await initialize(secret, revision)
  const id = answer.headers['mcp-session-id']
  if (typeof id !== 'string') throw new Error(`No session: ${answer.text}`)
  return { secret, keyId: key.id, id, revision }
}

type Options = {
  method?: string
  message?: object
  secret?: string
  id?: string
  lastEventId?: string
  signal?: AbortSignal
}

function ask(
  session: Session,
  { method = 'POST', message, secret, id, lastEventId, signal }: Options,
): Promise<Answer> {
  return send(core.port, {
    method,
    headers: {
      authorization: `Bearer ${secret ?? session.secret}`,
      'mcp-session-id': id ?? session.id,
      'mcp-protocol-version': session.revision,
      ...(message === undefined ? {} : { 'content-type': 'application/json' }),
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    ...(message === undefined ? {} : { body: JSON.stringify({ jsonrpc: '2.0', ...message }) }),
    ...(signal === undefined ? {} : { signal }),
  })
}

const ping = { id: 1, method: 'ping' }
const chat = (words: number, id = 1): object => ({
  id,
  method: 'tools/call',
  params: {
    name: 'openclaw_chat',
    arguments: { message: 'word '.repeat(words).trim() },
    _meta: { progressToken: `p${id}` },
  },
})

async function status(answer: Promise<Answer>): Promise<number> {
  return (await answer).status
}

describe.each(['2025-11-25', '2025-06-18', '2025-03-26'])('a session of %s', (revision) => {
  test('opens with the revision that was asked for, serves, and ends with DELETE', async () => {
    const owner = core.key()
    const answer = await initialize(owner.secret, revision)
    expect(messageOf(answer).result).toMatchObject({
      protocolVersion: revision,
      serverInfo: { name: 'clawkeep', icons: [{ mimeType: 'image/svg+xml' }] },
      capabilities: { tools: {}, logging: {}, resources: { listChanged: true } },
    })
    const session = await open(revision, owner)
    expect(messageOf(await ask(session, { message: ping })).result).toEqual({})
    expect(await status(ask(session, { method: 'DELETE' }))).toBe(200)
    const after = await ask(session, { message: ping })
    expect([after.status, messageOf(after).error?.code]).toEqual([404, -32001])
  })
})

describe('a session id', () => {
  test('cannot be guessed: 192 random bits, no two alike', async () => {
    const ids = [await open(), await open(), await open()].map(({ id }) => id)
    expect(new Set(ids).size).toBe(3)
    for (const id of ids) expect(id).toMatch(/^[\w-]{32}$/)
  })

  test('is no credential: without the key it opens nothing, with another key it is as unknown as one that never was', async () => {
    const session = await open()
    const stranger = core.key().secret
    const keyless = await send(core.port, {
      headers: { 'mcp-session-id': session.id, 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', ...ping }),
    })
    expect(keyless.status).toBe(401)
    for (const request of [{ message: ping }, { method: 'GET' }, { method: 'DELETE' }]) {
      const taken = await ask(session, { ...request, secret: stranger })
      const invented = await ask(session, { ...request, secret: stranger, id: 'x'.repeat(32) })
      expect([taken.status, taken.text]).toEqual([404, invented.text])
    }
    expect(await status(ask(session, { message: ping }))).toBe(200)
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

  test('is dead after a lock, also when the vault is open again', async () => {
    const session = await open()
    core.vault.lock()
    expect(await status(ask(session, { message: ping }))).toBe(404)
    await core.vault.unlock(password)
    expect(await status(ask(session, { message: ping }))).toBe(404)
    expect(await status(ask(session, { method: 'GET' }))).toBe(404)
  })

  test('is dead after the key is revoked, and its streams end', async () => {
    const session = await open()
    const stream = ask(session, { method: 'GET' })
    await new Promise((resolve) => setTimeout(resolve, 50))
    core.apiKeys.revoke(session.keyId)
    expect((await stream).status).toBe(200)
    expect(await status(ask(session, { message: ping }))).toBe(401)
    expect(core.server.sessions.list().some(({ clientId }) => clientId === session.keyId)).toBe(false)
  })

  test('that is sent twice, or with a body where none belongs, is refused', async () => {
    const session = await open()
    const twice = await send(core.port, {
      headers: {
        authorization: `Bearer ${session.secret}`,
        'mcp-session-id': [session.id, session.id],
        'content-type': 'application/json',
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...ping }),
    })
    expect(twice.status).toBe(400)
    expect(await status(ask(session, { method: 'GET', message: ping }))).toBe(400)
    expect(await status(ask(session, { method: 'DELETE', message: ping }))).toBe(400)
  })
})

describe('sessions', () => {
  test('of one client are at most three here: the one idle longest gives way, one that works does not', async () => {
    const owner = core.key()
    const first = await open('2025-11-25', owner)
    const running = ask(first, { message: chat(60) })
    await expect.poll(() => core.assistant.chats.length).toBe(1)
    const second = await open('2025-11-25', owner)
    const third = await open('2025-11-25', owner)
    const fourth = await open('2025-11-25', owner)
    expect(await status(ask(second, { message: ping }))).toBe(404)
    expect(await status(ask(third, { message: ping }))).toBe(200)
    expect(await status(ask(fourth, { message: ping }))).toBe(200)
    expect((await running).text).toContain('"result"')
  })

  test('are not opened when all there may be are at work', async () => {
    const owner = core.key()
    const streams: Array<Promise<Answer>> = []
    for (let at = 0; at < 3; at++) streams.push(ask(await open('2025-11-25', owner), { method: 'GET' }))
    await expect.poll(() => core.server.sessions.list().filter((one) => one.clientId === owner.key.id).length).toBe(3)
    const refused = await initialize(owner.secret, '2025-11-25')
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
    const session = await open()
    for (const [method, params] of [
      ['tools/call', { name: 5 }],
      ['tools/list', { cursor: 5 }],
      ['resources/read', {}],
      ['logging/setLevel', { level: 'loud' }],
      ['completion/complete', { ref: {} }],
    ] as const) {
      const answer = await ask(session, { message: { id: 1, method, params } })
      expect([method, messageOf(answer).error?.code]).toEqual([method, -32602])
    }
  })
})

describe('a broken connection', () => {
  /** Starts a chat and breaks the connection at its first progress; resolves with the id of the last event that came. */
  async function breakOff(session: Session, words: number): Promise<string> {
    const cut = new AbortController()
    const answer = await fetch(core.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${session.secret}`,
        'mcp-session-id': session.id,
        'mcp-protocol-version': session.revision,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...chat(words) }),
      signal: cut.signal,
    })
    let text = ''
    for await (const chunk of answer.body ?? []) {
      text += Buffer.from(chunk).toString()
      if (text.includes('notifications/progress')) break
    }
    cut.abort()
    return [...text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? ''
  }

  test('does not lose the answer: the client comes back with Last-Event-ID and gets what it missed', async () => {
    const session = await open()
    const lastEventId = await breakOff(session, 30)
    await new Promise((resolve) => setTimeout(resolve, 150))
    const resumed = await ask(session, { method: 'GET', lastEventId })
    expect(resumed.status).toBe(200)
    expect(resumed.text).toContain('notifications/progress')
    expect(resumed.text).toContain('"result"')
    expect(core.assistant.chats[0]?.ended).toBe('done')
    // All of it is there: another try has nothing to wait for, and clients take 405 for "no stream here".
    const last = [...resumed.text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? ''
    expect(await status(ask(session, { method: 'GET', lastEventId: last }))).toBe(405)
  })

  test('after the answer was made does not lose it either', async () => {
    const session = await open()
    const lastEventId = await breakOff(session, 8)
    await expect.poll(() => core.assistant.chats[0]?.ended).toBe('done')
    const resumed = await ask(session, { method: 'GET', lastEventId })
    expect(resumed.text).toContain('"result"')
  })

  test('whose client does not come back stops the work', async () => {
    const session = await open()
    await breakOff(session, 500)
    expect(core.assistant.chats[0]?.ended).toBe('running')
    await expect.poll(() => core.assistant.chats[0]?.ended, { timeout: 2000 }).toBe('cancelled')
  })

  test('is not taken up by another client, nor with an event that never was', async () => {
    const session = await open()
    const lastEventId = await breakOff(session, 20)
    const stranger = await open()
    const taken = await ask(stranger, { method: 'GET', lastEventId })
    expect([400, 405]).toContain(taken.status)
    expect(taken.text).not.toContain('"result"')
    expect(await status(ask(session, { method: 'GET', lastEventId, secret: stranger.secret }))).toBe(404)
    for (const invented of ['x', '../1', 'a/99999999', `${'a'.repeat(1000)}/1`])
      expect([invented, await status(ask(session, { method: 'GET', lastEventId: invented }))]).toEqual([invented, 400])
  })
})

describe('cancelling in a session', () => {
  test('stops the named call, ends its stream, and touches no call of the same number elsewhere', async () => {
    const owner = core.key()
    const one = await open('2025-11-25', owner)
    const two = await open('2025-11-25', owner)
    const first = ask(one, { message: chat(400, 7) })
    const second = ask(two, { message: chat(30, 7) })
    await expect.poll(() => core.assistant.chats.length).toBe(2)
    const cancelled = { method: 'notifications/cancelled', params: { requestId: 7 } }
    expect(await status(ask(one, { message: cancelled }))).toBe(202)
    expect((await first).text).not.toContain('"result"')
    expect((await second).text).toContain('"result"')
    expect(core.assistant.chats.map(({ ended }) => ended).toSorted()).toEqual(['cancelled', 'done'])
  })

  test('many times leaves nothing open', async () => {
    const session = await open()
    for (let at = 1; at <= 40; at++) {
      const call = ask(session, { message: chat(400, at) })
      await expect.poll(() => core.assistant.chats.length).toBe(at)
      await ask(session, { message: { method: 'notifications/cancelled', params: { requestId: at } } })
      await call
    }
    expect(await status(ask(session, { message: ping }))).toBe(200)
  })
})

describe('the list of who is connected', () => {
  test('names program, era, revision, calls and last tool, for both eras', async () => {
    const session = await open('2025-06-18')
    await ask(session, {
      message: { id: 2, method: 'tools/call', params: { name: 'openclaw_instances', arguments: {} } },
    })
    const owner = core.key()
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'modern', version: '9' },
      'io.modelcontextprotocol/clientCapabilities': {},
    }
    for (let at = 0; at < 2; at++) {
      await send(core.port, {
        headers: {
          authorization: `Bearer ${owner.secret}`,
          'content-type': 'application/json',
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': 'tools/call',
          'mcp-name': 'openclaw_status',
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'openclaw_status', arguments: {}, _meta: meta },
        }),
      })
    }
    const list = core.server.sessions.list()
    expect(list.find(({ clientId }) => clientId === session.keyId)).toMatchObject({
      program: clientInfo,
      era: 'session',
      revision: '2025-06-18',
      calls: 1,
      lastTool: 'openclaw_instances',
    })
    expect(list.filter(({ clientId }) => clientId === owner.key.id)).toMatchObject([
      {
        program: { name: 'modern', version: '9' },
        era: 'stateless',
        revision: '2026-07-28',
        calls: 2,
        lastTool: 'openclaw_status',
      },
    ])
    expect(JSON.stringify(list)).not.toContain(session.id)
  })

  test('can disconnect a program: its call stops and says why, its session is dead, its key still works', async () => {
    const session = await open()
    const call = ask(session, { message: chat(400) })
    await expect.poll(() => core.assistant.chats.length).toBe(1)
    const entry = core.server.sessions.list().find(({ clientId }) => clientId === session.keyId)
    core.server.sessions.end(entry?.id ?? '')
    expect((await call).text).toContain('disconnected')
    await expect.poll(() => core.assistant.chats[0]?.ended).toBe('cancelled')
    expect(await status(ask(session, { message: ping }))).toBe(404)
    expect((await callsTo(core).post(session.secret, 'ping')).status).toBe(200)
    expect(() => core.server.sessions.end(entry?.id ?? '')).toThrow(/not connected/)
  })

  test('does not grow with the names a client makes up', async () => {
    const { secret, key } = core.key()
    for (let at = 0; at < 20; at++) {
      const meta = {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: `${at}${'x'.repeat(5000)}`, version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      }
      await send(core.port, {
        headers: {
          authorization: `Bearer ${secret}`,
          'content-type': 'application/json',
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': 'tools/list',
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta } }),
      })
    }
    const own = core.server.sessions.list().filter(({ clientId }) => clientId === key.id)
    expect(own.length).toBe(3)
    for (const { program } of own) expect(program?.name.length).toBe(100)
  })
})

test('a client of the first SDK whose answer is an error does not ask for its stream for ever', async () => {
  const { secret } = core.key()
  const client = new FirstClient(clientInfo)
  const transport = new FirstTransport(new URL(core.url), {
    requestInit: { headers: { authorization: `Bearer ${secret}` } },
    reconnectionOptions: {
      initialReconnectionDelay: 20,
      maxReconnectionDelay: 20,
      reconnectionDelayGrowFactor: 1,
      maxRetries: 2,
    },
    fetch: (url, init) => {
      requests.push(init?.method ?? 'GET')
      return fetch(url, init)
    },
  })
  const requests: string[] = []
  await client.connect(transport as Transport)
  await expect(client.callTool({ name: 'no_such_tool' })).rejects.toMatchObject({ code: -32602 })
  await new Promise((resolve) => setTimeout(resolve, 300))
  const asked = requests.filter((method) => method === 'GET').length
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(requests.filter((method) => method === 'GET').length).toBe(asked)
  expect(asked).toBeLessThanOrEqual(2)
  await client.close()
})
