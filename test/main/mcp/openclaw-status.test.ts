import { afterAll, beforeAll, expect, test } from 'vitest'
import { messageOf } from '../../support/http.ts'
import { callsTo } from '../../support/mcp-calls.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'

let core: McpCore

beforeAll(async () => {
  core = await startMcpCore()
})
afterAll(() => core.close())

const chat = '/v1/chat/completions'
type Says = Record<string, number>

const cases: ReadonlyArray<[what: string, says: Says, status: string, problem: string | null, words: string]> = [
  ['all is well', {}, 'ok', null, 'demo is ready.'],
  ['it is alive and nothing more', { '/healthz': 500 }, 'error', 'silent', 'does not answer'],
  ['it starts', { '/readyz': 503, '/startupz': 503 }, 'starting', 'starting', 'still starting'],
  ['a channel is broken', { '/readyz': 503, '/startupz': 200 }, 'degraded', 'degraded', 'told so'],
  ['an old gateway has no page about starting', { '/readyz': 503 }, 'degraded', 'degraded', 'HTTP 503'],
  ['it takes another token', { [chat]: 401 }, 'error', 'token', 'The token is wrong'],
  ['it forbids the token', { [chat]: 403 }, 'error', 'token', 'OPENCLAW_GATEWAY_TOKEN'],
  ['its chat is off', { [chat]: 405 }, 'error', 'chat_off', 'gateway.http.endpoints.chatCompletions.enabled'],
  ['it has no chat', { [chat]: 404 }, 'error', 'chat_off', 'is off'],
  ['its chat fails', { [chat]: 500 }, 'error', 'failing', 'HTTP 500'],
]

test.each(cases)('openclaw_status when %s', async (_what, says, status, problem, words) => {
  core.assistant.says = says
  const answer = messageOf(await callsTo(core).call(core.key().secret, 'openclaw_status')).result?.['structuredContent']
  expect(answer).toMatchObject({ status, problem, instance: 'demo', ready: problem === null })
  expect(JSON.stringify(answer)).toContain(words)
  // The question about the chat never reached an agent.
  expect(core.assistant.chats).toEqual([])
})

test('a chat that is refused says the same as the status', async () => {
  const { secret } = core.key()
  for (const [status, words] of [
    [401, 'The token is wrong'],
    [405, 'chatCompletions.enabled'],
  ] as const) {
    core.assistant.says = { [chat]: status }
    const answer = await callsTo(core).call(secret, 'openclaw_chat', { message: 'hi' })
    expect(answer.text).toContain(words)
  }
  core.assistant.says = {}
})

test('an assistant that is gone is silent, and the status says so at once', async () => {
  await core.assistant.close()
  const started = performance.now()
  const answer = await callsTo(core).call(core.key().secret, 'openclaw_status')
  expect(messageOf(answer).result?.['structuredContent']).toMatchObject({
    status: 'error',
    problem: 'silent',
    alive: false,
  })
  expect(performance.now() - started).toBeLessThan(2000)
})
