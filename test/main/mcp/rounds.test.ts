import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, messageOf, send } from '../../support/http.ts'
import { type McpCore, canary, password, startMcpCore } from '../../support/mcp.ts'

// While the person decides, a client of 2026-07-28 that can ask its user something is told to send them to the window, and
// comes back. https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr

let core: McpCore

beforeAll(async () => {
  core = await startMcpCore({
    limits: { perSecond: 1000, burst: 1000, stepAsideAfterMs: 150, stepAsideAgainAfterMs: 150 },
    approvalTimeoutMs: 4000,
  })
})
beforeEach(() => {
  core.upstream.seen.length = 0
})
afterAll(() => core.close())

type Result = { resultType?: string; requestState?: string; inputRequests?: object; structuredContent?: object }
type Round = { requestState?: unknown; inputResponses?: unknown }

const elicitation = { elicitation: { form: {} } }

function githubArgs(path: string): Record<string, unknown> {
  const headers = { authorization: 'Bearer {{secret:github}}' }
  return { method: 'POST', url: `${core.upstream.url}${path}`, headers, body: '{}', reason: 'test' }
}

function call(
  secret: string,
  args: object,
  {
    round = {},
    capabilities = elicitation,
    tool = 'http_request',
  }: { round?: Round; capabilities?: object; tool?: string } = {},
): Promise<Answer> {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'rounds', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  }
  return send(core.port, {
    headers: {
      authorization: `Bearer ${secret}`,
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': tool,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: tool, arguments: args, _meta: meta, ...round },
    }),
  })
}

async function resultOf(answer: Answer | Promise<Answer>): Promise<Result> {
  return (messageOf(await answer).result ?? {}) as Result
}

async function firstRound(secret: string, args: object): Promise<{ state: string; question: string }> {
  const before = new Set(core.approvals.list().map(({ id }) => id))
  const { resultType, requestState = '' } = await resultOf(call(secret, args))
  expect(resultType).toBe('input_required')
  const asked = core.approvals.list().filter(({ id, state }) => state === 'pending' && !before.has(id))
  expect(asked.length).toBe(1)
  return { state: requestState, question: asked[0]?.id ?? '' }
}

const accepted = { clawkeep: { action: 'accept', content: {} } }

describe('a call that waits for the person', () => {
  test('sends the user to the window, and runs once when it comes back after the answer', async () => {
    const { secret } = core.key()
    const args = githubArgs('/allowed')
    const first = await resultOf(call(secret, args))
    expect(first).toMatchObject({
      resultType: 'input_required',
      inputRequests: { clawkeep: { method: 'elicitation/create' } },
    })
    const text = JSON.stringify(first)
    expect(text).toMatch(/Clawkeep asks in its own window/)
    expect(text).not.toContain(canary)
    expect(text).not.toContain('/allowed')
    const [question] = core.approvals.list()
    await core.approvals.decide(question?.id ?? '', { answer: 'allow' }, 'window')
    const round = { requestState: first.requestState, inputResponses: accepted }
    expect((await resultOf(call(secret, args, { round }))).structuredContent).toMatchObject({ status: 201 })
    expect(core.upstream.seen.length).toBe(1)
    // The same state once more: the answer was used, and nobody is asked again.
    const again = await resultOf(call(secret, args, { round }))
    expect(again.structuredContent).toMatchObject({ error: { code: 'conflict' } })
    expect([core.upstream.seen.length, core.approvals.pendingCount]).toEqual([1, 0])
  })

  test('waits on when it comes back before the answer: the same question, never a second one', async () => {
    const { secret } = core.key()
    const args = githubArgs('/patient')
    const { state, question } = await firstRound(secret, args)
    let requestState = state
    for (let at = 0; at < 3; at++) {
      const next = await resultOf(call(secret, args, { round: { requestState, inputResponses: accepted } }))
      expect(next.resultType).toBe('input_required')
      requestState = next.requestState ?? ''
    }
    expect(
      core.approvals
        .list()
        .filter((one) => one.state === 'pending')
        .map(({ id }) => id),
    ).toEqual([question])
    await core.approvals.decide(question, { answer: 'deny', reason: 'Not today.' }, 'window')
    const told = await resultOf(call(secret, args, { round: { requestState, inputResponses: accepted } }))
    expect(told.structuredContent).toMatchObject({ error: { code: 'refused', hint: 'Not today.' } })
    expect([core.upstream.seen.length, core.approvals.pendingCount]).toEqual([0, 0])
  })

  test.each([
    ['accepts', { action: 'accept', content: { allow: true, answer: 'allow' } }],
    ['declines', { action: 'decline' }],
    ['cancels', { action: 'cancel' }],
    ['sends anything', { decision: 'allow' }],
  ])('is not decided by a client that %s', async (_name, response) => {
    const { secret } = core.key()
    const args = githubArgs('/mine')
    const { state, question } = await firstRound(secret, args)
    const next = await resultOf(
      call(secret, args, { round: { requestState: state, inputResponses: { clawkeep: response } } }),
    )
    expect(next.resultType).toBe('input_required')
    expect(core.approvals.get(question).state).toBe('pending')
    expect(core.upstream.seen).toEqual([])
    await core.approvals.decide(question, { answer: 'deny', reason: '' }, 'window')
  })

  test('is told that the question expired, or ended with a lock, when it comes back too late', async () => {
    const { secret } = core.key()
    const args = githubArgs('/late')
    const expiring = await firstRound(secret, args)
    await expect.poll(() => core.approvals.get(expiring.question).state, { timeout: 6000 }).toBe('expired')
    const late = await resultOf(call(secret, args, { round: { requestState: expiring.state } }))
    expect(late.structuredContent).toMatchObject({ error: { code: 'timeout' } })
    const locking = await firstRound(secret, args)
    core.vault.lock()
    await core.vault.unlock(password)
    const after = await resultOf(call(secret, args, { round: { requestState: locking.state } }))
    expect(after.structuredContent).toMatchObject({ error: { code: 'cancelled' } })
    expect([core.upstream.seen.length, core.approvals.pendingCount]).toEqual([0, 0])
  })

  test.each([
    ['that says nothing of elicitation', {}],
    ['that only opens addresses', { elicitation: { url: {} } }],
  ])('of a client %s waits as long as it takes', async (_name, capabilities) => {
    const { secret } = core.key()
    const waiting = call(secret, githubArgs('/silent'), { capabilities })
    await expect.poll(() => core.approvals.pendingCount).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 500))
    await core.approvals.decide(core.approvals.list()[0]?.id ?? '', { answer: 'allow' }, 'window')
    expect((await resultOf(waiting)).structuredContent).toMatchObject({ status: 201 })
  })

  test('that is answered in time is one round', async () => {
    const { secret } = core.key()
    const waiting = call(secret, githubArgs('/quick'))
    await expect.poll(() => core.approvals.pendingCount).toBe(1)
    await core.approvals.decide(core.approvals.list()[0]?.id ?? '', { answer: 'allow' }, 'window')
    expect((await resultOf(waiting)).structuredContent).toMatchObject({ status: 201 })
  })
})

describe('the state of a round', () => {
  const flip = (state: string, at: number): string =>
    `${state.slice(0, at)}${state[at] === 'A' ? 'B' : 'A'}${state.slice(at + 1)}`

  test.each<[name: string, change: (round: { state: string; args: object; other: string }) => Promise<Answer>]>([
    ['of another client', ({ state, args, other }) => call(other, args, { round: { requestState: state } })],
    [
      'with other arguments',
      ({ state, args }) => call(owner, { ...args, body: '{"all":true}' }, { round: { requestState: state } }),
    ],
    ['with another tool', ({ state }) => call(owner, {}, { round: { requestState: state }, tool: 'secrets_list' })],
    [
      'with one letter changed at the start',
      ({ state, args }) => call(owner, args, { round: { requestState: flip(state, 10) } }),
    ],
    [
      'with one letter changed in the MAC',
      ({ state, args }) => call(owner, args, { round: { requestState: flip(state, state.length - 20) } }),
    ],
    ['cut short', ({ state, args }) => call(owner, args, { round: { requestState: state.slice(0, -5) } })],
    ['of another make', ({ args }) => call(owner, args, { round: { requestState: 'v1.e30.AAAA' } })],
    ['that is no text', ({ args }) => call(owner, args, { round: { requestState: { kind: 'approval' } } })],
    ['that is empty', ({ args }) => call(owner, args, { round: { requestState: '' } })],
  ])('is refused when it comes %s, and asks nobody', async (_name, change) => {
    const args = githubArgs('/bound')
    owner = core.key().secret
    const { state, question } = await firstRound(owner, args)
    const answer = await change({ state, args, other: core.key().secret })
    expect(messageOf(answer).error).toMatchObject({ code: -32602 })
    expect(
      core.approvals
        .list()
        .filter((one) => one.state === 'pending')
        .map(({ id }) => id),
    ).toEqual([question])
    expect(core.upstream.seen).toEqual([])
    await core.approvals.decide(question, { answer: 'deny', reason: '' }, 'window')
  })

  let owner = ''

  test('holds nothing but ids', async () => {
    owner = core.key().secret
    const { state, question } = await firstRound(owner, githubArgs('/readable'))
    const body = Buffer.from(state.split('.')[1] ?? '', 'base64url').toString()
    expect(body).toContain(question)
    expect(body).not.toMatch(/readable|github|canary/)
    await core.approvals.decide(question, { answer: 'deny', reason: '' }, 'window')
  })
})

test('the client of the SDK does all of this by itself: it asks its user, comes back, and gets the answer', async () => {
  const client = new Client(
    { name: 'rounds', version: '1' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: { pin: '2026-07-28' } } },
  )
  const asked: string[] = []
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    asked.push(params.message)
    const [question] = core.approvals.list()
    if (asked.length === 2) await core.approvals.decide(question?.id ?? '', { answer: 'allow' }, 'window')
    return { action: 'accept', content: {} }
  })
  const requestInit = { headers: { authorization: `Bearer ${core.key().secret}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(core.url), { requestInit }))
  const answer = await client.callTool({ name: 'http_request', arguments: githubArgs('/by-itself') })
  expect(answer.structuredContent).toMatchObject({ status: 201 })
  expect(asked.length).toBe(2)
  expect(core.upstream.seen.length).toBe(1)
  await client.close()
})
