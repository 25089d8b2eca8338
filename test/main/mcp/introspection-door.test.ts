import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/main/clock.ts'
import { Introspector } from '../../../src/main/mcp/introspector.ts'
import {
  type FakeProvider,
  type FakeSource,
  type Listener,
  fakeSource,
  good,
  json,
  outcome,
  startFakeProvider,
} from '../../support/fake-provider.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { type Answer, messageOf, send } from '../../support/http.ts'
import { callsTo } from '../../support/mcp-calls.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'

let provider: FakeProvider

beforeAll(async () => {
  provider = await startFakeProvider()
})
beforeEach(() => {
  provider.asked.length = 0
  provider.listener = (_request, response) => json(response, good())
})
afterAll(() => provider.close())

describe('a provider that is not well', () => {
  const table: ReadonlyArray<[name: string, listener: Listener]> = [
    ['does not answer', () => undefined],
    [
      'answers head only',
      (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders(),
    ],
    [
      'trickles',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const timer = setInterval(() => response.write(' '), 100)
        response.on('close', () => clearInterval(timer))
      },
    ],
    ['hangs up', (request) => request.socket.destroy()],
    ['fails', (_request, response) => response.writeHead(500).end('{"active":true}')],
    ['is overloaded', (_request, response) => response.writeHead(429).end()],
    ['refuses us', (_request, response) => response.writeHead(401).end()],
    ['sends us elsewhere', (_request, response) => response.writeHead(307, { location: '/introspect' }).end()],
    [
      'sends a page',
      (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('{"active":true}'),
    ],
    [
      'sends half',
      (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"active":tr'),
    ],
    ['sends a list', (_request, response) => json(response, [good()])],
    ['sends null', (_request, response) => json(response, null)],
    ['sends nothing', (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end()],
    ['sends without end', (_request, response) => json(response, good({ filler: 'x'.repeat(10_000_000) }))],
    ['sends noise', (request) => request.socket.end('\u0000\u0001 200 OK\r\n\r\n')],
  ]
  test.concurrent.each(table)('and %s lets nobody in, says so, and is asked again', async (name, listener) => {
    const ill = await startFakeProvider(listener)
    const source = fakeSource(ill.url)
    const problems: Array<string | null> = []
    source.failed = (problem) => void problems.push(problem)
    const introspector = new Introspector({ source, clock: systemClock })
    const startedMs = performance.now()
    expect([name, await outcome(introspector)]).toEqual([name, 503])
    expect(performance.now() - startedMs).toBeLessThan(7000)
    expect(problems).toEqual([expect.stringMatching(/provider/)])
    ill.listener = (_request, response) => json(response, good())
    expect(await outcome(introspector)).toBe('openclaw:read')
    ill.close()
  })

  test('that is not there at all lets nobody in', async () => {
    const source = fakeSource('http://127.0.0.1:1/')
    expect(await outcome(new Introspector({ source, clock: systemClock }))).toBe(503)
  })
})

function toolNames(answer: Answer): ReadonlyArray<string> {
  const { tools } = (messageOf(answer).result ?? {}) as { tools?: ReadonlyArray<{ name: string }> }
  return (tools ?? []).map(({ name }) => name)
}

describe('at the door', () => {
  let core: McpCore
  let source: FakeSource
  let clock: FakeClock
  beforeEach(async () => {
    source = fakeSource(provider.url)
    clock = new FakeClock()
    clock.setWall(Date.now())
    core = await startMcpCore({ verifier: new Introspector({ source, clock }) })
    provider.listener = (_request, response) => json(response, good({ aud: core.url }))
  })
  afterEach(() => core.close())

  const post = (token: string) =>
    send(core.port, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
    })

  test('a token of the provider shows the tools of its scopes, and Clawkeep proves itself with Basic', async () => {
    let authorization = ''
    provider.listener = (request, response) => {
      authorization = request.headers.authorization ?? ''
      json(response, good({ aud: core.url }))
    }
    const names = toolNames(await post('opaque'))
    expect(names).toContain('openclaw_status')
    expect(names).not.toContain('secrets_list')
    expect(Buffer.from(authorization.slice(6), 'base64').toString()).toBe('clawkeep:shh')
  })

  test('a provider that is down does not keep out who has a key', async () => {
    provider.listener = (request) => request.socket.destroy()
    const refused = await post('opaque')
    expect(refused.status).toBe(503)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect((await post(core.key().secret)).status).toBe(200)
  })

  test('a token that lacks a scope is told which, in the words of the standard', async () => {
    provider.listener = (_request, response) => json(response, good({ aud: core.url, scope: 'x' }))
    const answer = await post('opaque')
    expect(answer.status).toBe(403)
    expect(answer.headers['www-authenticate']).toContain('error="insufficient_scope"')
    expect(answer.headers['www-authenticate']).toContain('resource_metadata=')
  })

  test('while the vault holds the provider and is locked, a token is told to wait', async () => {
    source.value = 'locked'
    const answer = await post('opaque')
    expect([answer.status, messageOf(answer).error?.message]).toEqual([503, expect.stringContaining('locked')])
  })

  /** The next token of the provider, good for five minutes from now. */
  const fresh = (scope = 'openclaw:read'): void => {
    const exp = clock.now() / 1000 + 300
    provider.listener = (_request, response) =>
      json(response, clock.now() < exp * 1000 ? good({ aud: core.url, exp, scope }) : { active: false })
  }

  test('eight tokens that end while they are used are eight 401, and made-up ones still come to 429', async () => {
    for (let at = 0; at < 8; at++) {
      fresh()
      expect((await post(`token-${at}`)).status).toBe(200)
      clock.pass(301_000)
      const ended = await post(`token-${at}`)
      expect([ended.status, ended.headers['www-authenticate']]).toEqual([401, expect.stringContaining('has expired')])
    }
    const madeUp: number[] = []
    for (let at = 0; at < 6; at++) madeUp.push((await post(`made-up-${at}`)).status)
    expect(madeUp).toEqual([401, 401, 401, 401, 401, 429])
  })

  test('a task goes on when the token it was given with ends, and its client comes back with the next one', async () => {
    const calls = callsTo(core)
    core.assistant.wordMs = 60_000
    fresh('openclaw:read openclaw:write')
    const given = messageOf(await calls.call('first', 'openclaw_chat_async', { message: 'one two' }))
    const { task_id } = (given.result?.['structuredContent'] ?? {}) as { task_id?: string }
    await expect.poll(() => core.assistant.chats.length).toBe(1)
    clock.pass(301_000)
    expect((await post('first')).status).toBe(401)
    fresh('openclaw:read openclaw:write')
    const { result } = messageOf(await calls.call('second', 'openclaw_task_status', { task_id }))
    expect(result?.['structuredContent']).toMatchObject({ status: 'running' })
    expect(core.assistant.chats).toMatchObject([{ ended: 'running' }])
  })

  test('no key of ours is ever sent to the provider', async () => {
    await post(core.key().secret)
    await post(`oc_sk_${'0'.repeat(48)}`)
    expect(provider.asked).toEqual([])
  })
})
