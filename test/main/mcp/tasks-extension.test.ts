import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { messageOf, send } from '../../support/http.ts'
import { callsTo } from '../../support/mcp-calls.ts'
import { type McpCore, password, startMcpCore } from '../../support/mcp.ts'

let core: McpCore

beforeAll(async () => {
  core = await startMcpCore({ limits: { perSecond: 1000, burst: 1000 } })
})
beforeEach(() => {
  core.assistant.wordMs = 5
  core.assistant.chats.length = 0
})
afterAll(() => core.close())

const extension = 'io.modelcontextprotocol/tasks'
type Message = ReturnType<typeof messageOf>

/** One request of 2026-07-28, from a client that knows tasks unless told otherwise. */
async function ask(secret: string, method: string, params: object, capabilities: object = knowing): Promise<Message> {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  }
  const { name, taskId } = params as { name?: string; taskId?: string }
  const answer = await send(core.port, {
    headers: {
      authorization: `Bearer ${secret}`,
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      'mcp-name': name ?? taskId,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } }),
  })
  return messageOf(answer)
}

const knowing = { extensions: { [extension]: {} } }

function chat(secret: string, message: string, capabilities?: object): Promise<Message> {
  return ask(secret, 'tools/call', { name: 'openclaw_chat', arguments: { message } }, capabilities)
}

async function started(secret: string, message: string): Promise<string> {
  const { result } = await chat(secret, message)
  expect(result).toMatchObject({ resultType: 'task', status: 'working' })
  return result?.['taskId'] as string
}

async function settled(secret: string, taskId: string): Promise<Record<string, unknown>> {
  await expect
    .poll(async () => (await ask(secret, 'tasks/get', { taskId })).result?.['status'], { interval: 20 })
    .not.toBe('working')
  return (await ask(secret, 'tasks/get', { taskId })).result as Record<string, unknown>
}

describe('the tasks extension', () => {
  test('is among the capabilities', async () => {
    const { result } = await ask(core.key().secret, 'server/discover', {})
    expect(result?.['capabilities']).toMatchObject({ extensions: { [extension]: {} } })
  })

  test('turns a chat into a task that can be got at once and ends with the whole answer of the tool', async () => {
    const { secret } = core.key()
    const { result } = await chat(secret, 'one two three')
    expect(result).toMatchObject({ resultType: 'task', ttlMs: expect.any(Number), pollIntervalMs: 1000 })
    const taskId = result?.['taskId'] as string
    expect((await ask(secret, 'tasks/get', { taskId })).result).toMatchObject({ resultType: 'complete', taskId })
    expect(await settled(secret, taskId)).toMatchObject({
      status: 'completed',
      result: {
        content: [{ type: 'text', text: 'one two three' }],
        structuredContent: { instance: 'demo', text: 'one two three' },
      },
    })
  })

  test('says what has come so far, and a cancelled task ends the request to the assistant', async () => {
    const { secret } = core.key()
    const taskId = await started(secret, 'word '.repeat(2000))
    const look = async (): Promise<string> =>
      String((await ask(secret, 'tasks/get', { taskId })).result?.['statusMessage'])
    await expect.poll(look, { interval: 20 }).toMatch(/at work; [1-9]\d* characters so far/)
    const cancelled = await ask(secret, 'tasks/cancel', { taskId })
    expect(Object.keys(cancelled.result ?? {}).toSorted()).toEqual(['_meta', 'resultType'])
    expect((await ask(secret, 'tasks/get', { taskId })).result).toMatchObject({ status: 'cancelled' })
    await expect.poll(() => core.assistant.chats[0]?.ended).toBe('cancelled')
    expect((await ask(secret, 'tasks/cancel', { taskId })).result).toBeDefined()
  })

  test('gives a refusal of the tool as its completed answer', async () => {
    const { secret } = core.key()
    const policy = core.policy.get()
    core.policy.set({ ...policy, rules: [{ id: 'no', then: 'deny', when: { tool: 'openclaw_chat' } }] })
    const task = await settled(secret, await started(secret, 'hi'))
    core.policy.set(policy)
    expect(task).toMatchObject({
      status: 'completed',
      result: { isError: true, structuredContent: { error: { code: 'refused' } } },
    })
  })

  test('gives an interrupted task as failed, with what had come', async () => {
    const { secret } = core.key()
    const taskId = await started(secret, 'word '.repeat(2000))
    await expect.poll(() => core.tasks.get(keyOf(secret), taskId).text.length, { interval: 10 }).toBeGreaterThan(0)
    core.vault.lock()
    expect((await ask(secret, 'tasks/get', { taskId })).error).toMatchObject({ data: { code: 'locked' } })
    await core.vault.unlock(password)
    expect((await ask(secret, 'tasks/get', { taskId })).result).toMatchObject({
      status: 'failed',
      error: { code: -32603, data: { code: 'interrupted', partialText: expect.stringContaining('word') } },
    })
  })

  test('is the same store as the tools: a task of one is found by the other', async () => {
    const { secret } = core.key()
    const taskId = await started(secret, 'hi there')
    await settled(secret, taskId)
    const looked = await ask(secret, 'tools/call', { name: 'openclaw_task_status', arguments: { task_id: taskId } })
    expect(looked.result).toMatchObject({ structuredContent: { status: 'completed', result: 'hi there' } })
  })

  test('leaves a client that does not know it as it is: a whole answer, and no task methods', async () => {
    const { secret } = core.key()
    expect((await chat(secret, 'hi', {})).result).toMatchObject({
      resultType: 'complete',
      structuredContent: { text: 'hi' },
    })
    const taskId = await started(secret, 'hi')
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
      const { error } = await ask(secret, method, { taskId, inputResponses: {} }, {})
      expect(error).toMatchObject({
        code: -32021,
        data: { requiredCapabilities: { extensions: { [extension]: {} } } },
      })
      const { error: legacy } = messageOf(await callsTo(core).post(secret, method, { taskId, inputResponses: {} }))
      expect(legacy?.code).toBe(-32601)
    }
  })

  test('never makes a task of a tool that answers at once, nor of a call that cannot run', async () => {
    const { secret } = core.key()
    const quick = await ask(secret, 'tools/call', { name: 'openclaw_instances', arguments: {} })
    expect(quick.result?.['resultType']).toBe('complete')
    expect((await chat(secret, '')).result).toMatchObject({
      isError: true,
      structuredContent: { error: { code: 'invalid' } },
    })
    expect((await chat(core.key(['openclaw:read']).secret, 'hi')).result).toMatchObject({
      structuredContent: { error: { code: 'forbidden_scope' } },
    })
  })

  test.each(['tasks/list', 'tasks/result'])('does not know %s, which the revision removed', async (method) => {
    expect((await ask(core.key().secret, method, { taskId: 'tsk_x' })).error?.code).toBe(-32601)
  })

  const foreign: ReadonlyArray<[method: string, more: object]> = [
    ['tasks/get', {}],
    ['tasks/update', { inputResponses: { a: { action: 'accept' } } }],
    ['tasks/cancel', {}],
  ]
  test.each(foreign)("%s answers for another client's task as for one that never was", async (method, more) => {
    core.assistant.wordMs = 60_000
    const { secret } = core.key()
    const taskId = await started(secret, 'mine')
    const other = core.key().secret
    const theirs = (await ask(other, method, { taskId, ...more })).error
    expect(theirs).toEqual((await ask(other, method, { taskId: 'tsk_none', ...more })).error)
    expect(theirs?.code).toBe(-32602)
    expect((await ask(secret, 'tasks/get', { taskId })).result?.['status']).toBe('working')
    await ask(secret, 'tasks/cancel', { taskId })
  })

  test('refuses more tasks than a client may have waiting', async () => {
    core.assistant.wordMs = 60_000
    const { key, secret } = core.key()
    for (let at = 0; at < 52; at++) await chat(secret, `task ${at}`)
    expect((await chat(secret, 'one more')).error).toMatchObject({ data: { code: 'throttled' } })
    core.apiKeys.revoke(key.id)
  })
})

function keyOf(secret: string): string {
  return core.apiKeys.authenticate(secret)?.id ?? ''
}
