import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
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
