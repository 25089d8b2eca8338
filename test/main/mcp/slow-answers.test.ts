import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callsTo } from '../../support/mcp-calls.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'
import { modernCall } from '../../support/modern-call.ts'

const keepAliveMs = 100
let core: McpCore

beforeAll(async () => {
  core = await startMcpCore({ limits: { keepAliveMs } })
})
beforeEach(() => void (core.upstream.seen.length = 0))
afterAll(() => core.close())

const ask = () => ({
  name: 'http_request',
  arguments: {
    method: 'GET',
    url: `${core.upstream.url}/slow`,
    headers: { authorization: 'Bearer {{secret:github}}' },
    reason: 'test',
  },
})

function call(secret: string, signal?: AbortSignal): Promise<Response> {
  const { headers, message } = modernCall('http_request', ask().arguments, secret)
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, ...message })
  return fetch(core.url, { method: 'POST', headers, body, ...(signal === undefined ? {} : { signal }) })
}

async function allow(): Promise<void> {
  await expect.poll(() => core.approvals.pendingCount).toBe(1)
  const pending = core.approvals.list().find(({ state }) => state === 'pending')
  await core.approvals.decide(pending?.id ?? '', { answer: 'allow' }, 'window')
}

describe('an answer of 2026-07-28 that takes long', () => {
  test('shows signs of life until it comes, though nobody asked for progress', async () => {
    const answer = await call(core.key().secret)
    expect(core.approvals.pendingCount).toBe(1)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    const text = answer.text()
    await new Promise((resolve) => setTimeout(resolve, 3 * keepAliveMs))
    await allow()
    const blocks = (await text).split('\n\n').filter((block) => block !== '')
    expect(blocks.slice(0, -1).length).toBeGreaterThan(2)
    expect(new Set(blocks.slice(0, -1))).toEqual(new Set([': keepalive']))
    const [event, data = ''] = (blocks.at(-1) ?? '').split('\ndata: ')
    expect(event).toBe('event: message')
    expect(JSON.parse(data)).toMatchObject({ id: 1, result: { structuredContent: { status: 201 } } })
  })

  test('reaches a client of the SDK', async () => {
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
    const requestInit = { headers: { authorization: `Bearer ${core.key().secret}` } }
    await client.connect(new StreamableHTTPClientTransport(new URL(core.url), { requestInit }))
    const answer = client.callTool(ask())
    await new Promise((resolve) => setTimeout(resolve, 3 * keepAliveMs))
    await allow()
    expect(await answer).toMatchObject({ structuredContent: { status: 201 } })
    await client.close()
  })

  test('is cancelled when the client leaves in the middle, and an answer of the person does nothing then', async () => {
    const stop = new AbortController()
    const { key, secret } = core.key()
    await call(secret, stop.signal)
    expect(core.approvals.pendingCount).toBe(1)
    stop.abort()
    await expect.poll(() => callsTo(core).closerOf('http_request', key.id)).toMatchObject({ code: 'cancelled' })
    await allow()
    expect(core.upstream.seen).toEqual([])
  })
})
