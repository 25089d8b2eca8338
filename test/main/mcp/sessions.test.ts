import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { send } from '../../support/http.ts'
import { callsTo } from '../../support/mcp-calls.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'
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

describe('the list of who is connected', () => {
  test('names program, era, revision, calls and last tool, for both eras', async () => {
    const session = await calls.open('2025-06-18')
    await calls.ask(session, {
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
    const session = await calls.open()
    const call = calls.ask(session, { message: chat(400) })
    await expect.poll(() => core.assistant.chats.length).toBe(1)
    const entry = core.server.sessions.list().find(({ clientId }) => clientId === session.keyId)
    core.server.sessions.end(entry?.id ?? '')
    expect((await call).text).toContain('disconnected')
    await expect.poll(() => core.assistant.chats[0]?.ended).toBe('cancelled')
    expect(await status(calls.ask(session, { message: ping }))).toBe(404)
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
