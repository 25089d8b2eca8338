import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { messageOf } from '../../support/http.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'
import { type Session, type SessionCalls, chat, clientInfo, ping, sessionsOf, status } from '../../support/sessions.ts'

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

describe('an answer', () => {
  test.each(['2025-11-25', '2025-06-18', '2025-03-26'])(
    'of %s is JSON when it is there at once, and a stream when it is not',
    async (revision) => {
      const session = await calls.open(revision)
      const quick = await calls.ask(session, { message: ping })
      expect(quick.headers).toMatchObject({ 'content-type': 'application/json', 'mcp-session-id': session.id })
      expect(JSON.parse(quick.text)).toEqual({ jsonrpc: '2.0', id: 1, result: {} })
      // Who asks for progress wants a stream, and can ask for it again.
      const told = await calls.ask(session, { message: { ...ping, params: { _meta: { progressToken: 'p' } } } })
      expect(told.headers).toMatchObject({ 'content-type': 'text/event-stream', 'mcp-session-id': session.id })
      expect(told.text).toMatch(/event: message\nid: \S+\ndata: \{"result":\{\}.*\n\n$/)
      const slow = await calls.ask(session, { message: chat(3) })
      expect(slow.headers).toMatchObject({ 'content-type': 'text/event-stream', 'mcp-session-id': session.id })
      // An event that carries nothing came with 2025-11-25; older clients would take it for a message.
      expect(/^id: \S+\ndata: \n\n/.test(slow.text)).toBe(revision === '2025-11-25')
      expect(slow.text).toMatch(/event: message\nid: \S+\ndata: \{"result".*\n\n$/)
    },
  )

  test('is given to one request of its number: a second one is refused while the first is at work', async () => {
    const session = await calls.open()
    const first = calls.ask(session, { message: chat(20, 9) })
    await expect.poll(() => core.assistant.chats.length).toBe(1)
    const second = await calls.ask(session, { message: chat(1, 9) })
    expect([second.status, messageOf(second).error?.code]).toEqual([400, -32600])
    expect((await first).text).toContain('"result"')
    expect(await status(calls.ask(session, { message: { ...ping, id: 9 } }))).toBe(200)
  })

  test.each([
    ['a second initialize', { id: 3, method: 'initialize', params: {} }, -32600],
    ['no method and no result', { id: 3 }, -32600],
    ['a list for a number', { id: [3], method: 'ping' }, -32600],
    ['a method that is a number', { id: 3, method: 3 }, -32600],
  ])('to %s is an error', async (_name, message, code) => {
    const session = await calls.open()
    const answer = await calls.ask(session, { message })
    expect([answer.status, messageOf(answer).error?.code]).toEqual([400, code])
    expect(await status(calls.ask(session, { message: ping }))).toBe(200)
  })

  test('in a revision that is not spoken in sessions is an error that names those that are', async () => {
    const session = await calls.open()
    for (const revision of ['2026-07-28', '2024-01-01', '']) {
      const answer = await calls.ask({ ...session, revision }, { message: ping })
      expect([revision, answer.status, answer.text]).toEqual([revision, 400, expect.stringContaining('2025-11-25')])
    }
  })
})

describe('the stream of news', () => {
  /** Opens it and resolves as soon as its head is there. */
  async function listen(session: Session, lastEventId?: string): Promise<Response> {
    return fetch(core.url, {
      headers: {
        authorization: `Bearer ${session.secret}`,
        'mcp-session-id': session.id,
        'mcp-protocol-version': session.revision,
        accept: 'text/event-stream',
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
    })
  }

  test('is open at once, is one in a session, and ends with it', async () => {
    const session = await calls.open()
    const news = await listen(session)
    expect([news.status, news.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    expect((await listen(session)).status).toBe(409)
    expect(await status(calls.ask(session, { method: 'DELETE' }))).toBe(200)
    expect(await news.text()).toBe('')
  })

  test('goes on where it broke off, also when the old connection still seems to be there', async () => {
    const session = await calls.open()
    const first = await listen(session)
    const told = first.body?.getReader()
    core.answers.changes.emit('resources', session.keyId)
    const event = Buffer.from((await told?.read())?.value ?? new Uint8Array()).toString()
    const [, id] = /^id: (\S+)$/m.exec(event) ?? []
    core.answers.changes.emit('resources', session.keyId)
    const second = await listen(session, id)
    expect(second.status).toBe(200)
    await calls.ask(session, { method: 'DELETE' })
    expect((await second.text()).match(/resources\/list_changed/g)).toHaveLength(1)
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
    const session = await calls.open()
    const lastEventId = await breakOff(session, 30)
    await new Promise((resolve) => setTimeout(resolve, 150))
    const resumed = await calls.ask(session, { method: 'GET', lastEventId })
    expect(resumed.status).toBe(200)
    expect(resumed.text).toContain('notifications/progress')
    expect(resumed.text).toContain('"result"')
    expect(core.assistant.chats[0]?.ended).toBe('done')
    // All of it is there: another try has nothing to wait for, and clients take 405 for "no stream here".
    const last = [...resumed.text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? ''
    expect(await status(calls.ask(session, { method: 'GET', lastEventId: last }))).toBe(405)
  })

  test('after the answer was made does not lose it either', async () => {
    const session = await calls.open()
    const lastEventId = await breakOff(session, 8)
    await expect.poll(() => core.assistant.chats[0]?.ended).toBe('done')
    const resumed = await calls.ask(session, { method: 'GET', lastEventId })
    expect(resumed.text).toContain('"result"')
  })

  test('whose client does not come back stops the work', async () => {
    const session = await calls.open()
    await breakOff(session, 500)
    expect(core.assistant.chats[0]?.ended).toBe('running')
    await expect.poll(() => core.assistant.chats[0]?.ended, { timeout: 2000 }).toBe('cancelled')
  })

  test('is not taken up by another client, nor with an event that never was', async () => {
    const session = await calls.open()
    const lastEventId = await breakOff(session, 20)
    const stranger = await calls.open()
    const taken = await calls.ask(stranger, { method: 'GET', lastEventId })
    expect([400, 405]).toContain(taken.status)
    expect(taken.text).not.toContain('"result"')
    expect(await status(calls.ask(session, { method: 'GET', lastEventId, secret: stranger.secret }))).toBe(404)
    for (const invented of ['x', '../1', 'a/99999999', `${'a'.repeat(1000)}/1`])
      expect([invented, await status(calls.ask(session, { method: 'GET', lastEventId: invented }))]).toEqual([
        invented,
        400,
      ])
  })
})

describe('cancelling in a session', () => {
  test('stops the named call, ends its stream, and touches no call of the same number elsewhere', async () => {
    const owner = core.key()
    const one = await calls.open('2025-11-25', owner)
    const two = await calls.open('2025-11-25', owner)
    const first = calls.ask(one, { message: chat(400, 7) })
    const second = calls.ask(two, { message: chat(30, 7) })
    await expect.poll(() => core.assistant.chats.length).toBe(2)
    const cancelled = { method: 'notifications/cancelled', params: { requestId: 7 } }
    expect(await status(calls.ask(one, { message: cancelled }))).toBe(202)
    expect((await first).text).not.toContain('"result"')
    expect((await second).text).toContain('"result"')
    expect(core.assistant.chats.map(({ ended }) => ended).toSorted()).toEqual(['cancelled', 'done'])
  })

  test('many times leaves nothing open', async () => {
    const session = await calls.open()
    for (let at = 1; at <= 40; at++) {
      const call = calls.ask(session, { message: chat(400, at) })
      await expect.poll(() => core.assistant.chats.length).toBe(at)
      await calls.ask(session, { message: { method: 'notifications/cancelled', params: { requestId: at } } })
      await call
    }
    expect(await status(calls.ask(session, { message: ping }))).toBe(200)
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
