import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Scope } from '../../../src/shared/models/api-key.ts'
import { messageOf } from '../../support/http.ts'
import { callsTo, errorCode } from '../../support/mcp-calls.ts'
import { type McpCore, clients, password, startMcpCore } from '../../support/mcp.ts'

let core: McpCore
let calls: ReturnType<typeof callsTo>

beforeAll(async () => {
  core = await startMcpCore({ limits: { perSecond: 1000, burst: 1000 } })
  calls = callsTo(core)
})
beforeEach(() => {
  core.assistant.wordMs = 1
  core.assistant.chats.length = 0
})
afterAll(() => core.close())

type Status = {
  task_id: string
  status: string
  characters: number
  result?: string
  partial_result?: string
  error?: { code: string; message: string }
}

async function output<T>(secret: string, tool: string, args: object = {}): Promise<T> {
  const { result, error } = messageOf(await calls.call(secret, tool, args))
  if (error !== undefined || result?.['isError'] === true) throw new Error(JSON.stringify(error ?? result))
  return result?.['structuredContent'] as T
}

async function begin(secret: string, args: object): Promise<string> {
  const started = await output<Status>(secret, 'openclaw_chat_async', args)
  expect(started.status).toBe('pending')
  return started.task_id
}

function statusOf(secret: string, task_id: string): Promise<Status> {
  return output<Status>(secret, 'openclaw_task_status', { task_id })
}

async function reached(secret: string, id: string, status: string): Promise<Status> {
  await expect.poll(async () => (await statusOf(secret, id)).status, { interval: 10, timeout: 5000 }).toBe(status)
  return statusOf(secret, id)
}

const long = 'word '.repeat(2000)

describe('a task of the tools', () => {
  test.each(clients)('is given, looked at, listed and cancelled with %s', async (_name, connect) => {
    const { secret } = core.key()
    const client = await connect(core, secret)
    const given = await client.call('openclaw_chat_async', { message: 'one two', session_id: 's', priority: 2 })
    const { task_id } = given.structuredContent as Status
    await client.close()
    const again = await connect(core, secret)
    const look = async (): Promise<Status> =>
      (await again.call('openclaw_task_status', { task_id })).structuredContent as Status
    await expect.poll(async () => (await look()).status, { interval: 10 }).toBe('completed')
    expect(await look()).toMatchObject({ type: 'chat', instance: 'demo', session_id: 's', result: 'one two' })
    const listed = await again.call('openclaw_task_list', { status: 'completed', session_id: 's', instance: 'demo' })
    expect(listed.structuredContent).toMatchObject({
      stats: { total: 1, byStatus: { completed: 1, pending: 0 } },
      tasks: [{ task_id, priority: 2, has_result: true }],
    })
    const late = await again.call('openclaw_task_cancel', { task_id })
    expect(late).toMatchObject({ isError: true, structuredContent: { error: { code: 'conflict' } } })
    await again.close()
  })

  test('shows what has come so far, and cancelling it ends the request to the assistant', async () => {
    core.assistant.wordMs = 5
    const { secret } = core.key()
    const id = await begin(secret, { message: long })
    await expect.poll(async () => (await statusOf(secret, id)).characters, { interval: 10 }).toBeGreaterThan(20)
    const running = await statusOf(secret, id)
    expect(running.status).toBe('running')
    expect(long.startsWith(running.partial_result ?? 'nothing')).toBe(true)
    const cancelled = await output<Status>(secret, 'openclaw_task_cancel', { task_id: id })
    expect(cancelled.status).toBe('cancelled')
    await expect.poll(() => core.assistant.chats[0]?.ended).toBe('cancelled')
    const after = await statusOf(secret, id)
    expect(after).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' } })
    expect(after.partial_result?.length).toBeGreaterThanOrEqual(running.characters)
  })

  test('of one session get the session, under the name of the client, one after the other', async () => {
    core.assistant.wordMs = 20
    const { key, secret } = core.key()
    const ids = [await begin(secret, { message: 'a b c', session_id: 's' })]
    ids.push(await begin(secret, { message: 'd e f', session_id: 's' }))
    await reached(secret, ids[1] as string, 'running')
    expect((await statusOf(secret, ids[0] as string)).status).toBe('completed')
    expect(core.assistant.chats.map((chat) => chat.sessionKey)).toEqual([`${key.id}:s`, `${key.id}:s`])
    await reached(secret, ids[1] as string, 'completed')
  })

  test('run two at a time on one assistant, and a waiting one can be cancelled before it ever reaches it', async () => {
    core.assistant.wordMs = 60_000
    const { secret } = core.key()
    const [a, b, c] = [
      await begin(secret, { message: 'a' }),
      await begin(secret, { message: 'b' }),
      await begin(secret, { message: 'c' }),
    ] as const
    await expect.poll(() => core.assistant.chats.length).toBe(2)
    expect((await statusOf(secret, c)).status).toBe('pending')
    await output(secret, 'openclaw_task_cancel', { task_id: c })
    for (const task_id of [a, b]) await output(secret, 'openclaw_task_cancel', { task_id })
    await expect.poll(() => core.assistant.chats.every((chat) => chat.ended === 'cancelled')).toBe(true)
    expect(core.assistant.chats.map((chat) => chat.message).toSorted()).toEqual(['a', 'b'])
  })

  test('of another client is not found by any tool, and not listed', async () => {
    const { secret } = core.key()
    const other = core.key().secret
    const task_id = await begin(secret, { message: 'mine' })
    for (const tool of ['openclaw_task_status', 'openclaw_task_cancel']) {
      const foreign = messageOf(await calls.call(other, tool, { task_id })).result
      const unknown = messageOf(await calls.call(other, tool, { task_id: 'tsk_none' })).result
      expect(foreign).toEqual(unknown)
      expect(JSON.stringify(foreign)).toContain('not_found')
    }
    expect(await output(other, 'openclaw_task_list')).toMatchObject({ stats: { total: 0 }, tasks: [] })
    await reached(secret, task_id, 'completed')
  })

  test('walks the gate like a call: opener and closer in the log, and a rule of the person stops it', async () => {
    const { key, secret } = core.key()
    const policy = core.policy.get()
    const id = await begin(secret, { message: 'hi' })
    await reached(secret, id, 'completed')
    expect(await calls.closerOf('openclaw_chat', key.id)).toMatchObject({ outcome: 'ok' })
    core.policy.set({ ...policy, rules: [{ id: 'no', then: 'deny', when: { tool: 'openclaw_chat' } }] })
    const denied = await reached(secret, await begin(secret, { message: 'hi' }), 'failed')
    core.policy.set(policy)
    expect(denied.error?.code).toBe('refused')
    expect(core.assistant.chats).toHaveLength(1)
  })

  test('of a revoked key ends with it, running or waiting', async () => {
    core.assistant.wordMs = 60_000
    const { key, secret } = core.key()
    for (const message of ['a', 'b', 'c']) await begin(secret, { message })
    await expect.poll(() => core.assistant.chats.length).toBe(2)
    core.apiKeys.revoke(key.id)
    expect(core.tasks.list(key.id).map(({ state, error }) => [state, error?.code])).toEqual(
      Array.from({ length: 3 }, () => ['cancelled', 'unauthorized']),
    )
    await expect.poll(() => core.assistant.chats.every((chat) => chat.ended === 'cancelled')).toBe(true)
  })

  test('of a program that signed in runs without a live token, and not once the sign-in is over', async () => {
    const { id } = core.signIns.open({
      id: 'sgn_test',
      name: 'Cursor',
      clientId: 'cursor',
      identity: 'registration',
      redirectHost: '127.0.0.1',
      scopes: ['openclaw:write'],
      resource: core.url,
      endsAtMs: null,
    })
    const give = (): string => {
      const client = { kind: 'oauth', id, name: 'Cursor', scopes: ['openclaw:write'], expiresAtMs: null } as const
      const place = { assistantId: 'ast_loopback', instance: 'demo', sessionId: null, priority: 0 }
      return core.tasks.create({ ...place, client, tool: 'openclaw_chat', args: { message: 'hi', instance: 'demo' } })
        .id
    }
    const first = give()
    await expect.poll(() => core.tasks.get(id, first).state).toBe('completed')
    core.signIns.revoke(id)
    const second = give()
    await expect
      .poll(() => core.tasks.get(id, second))
      .toMatchObject({ state: 'cancelled', error: { code: 'unauthorized' } })
    expect(core.assistant.chats).toHaveLength(1)
  })

  test('that the assistant breaks off has failed, and says why', async () => {
    core.assistant.wordMs = 5
    const { secret } = core.key()
    const id = await begin(secret, { message: long })
    await expect.poll(async () => (await statusOf(secret, id)).characters, { interval: 10 }).toBeGreaterThan(0)
    core.assistant.breakOff()
    const failed = await reached(secret, id, 'failed')
    expect(failed.error).toMatchObject({ code: 'unavailable', message: 'demo broke off its answer.' })
    expect(failed.partial_result).toBeDefined()
  })

  test('that ran when the vault was locked is interrupted and its request ended; one that waited goes on', async () => {
    core.assistant.wordMs = 50
    const { secret } = core.key()
    const ids = [
      await begin(secret, { message: long }),
      await begin(secret, { message: long }),
      await begin(secret, { message: 'x' }),
    ]
    await expect.poll(async () => (await statusOf(secret, ids[0] as string)).characters).toBeGreaterThan(0)
    core.vault.lock()
    expect(errorCode(await calls.call(secret, 'openclaw_task_list'))).toBe('locked')
    await expect.poll(() => core.assistant.chats.every((chat) => chat.ended === 'cancelled')).toBe(true)
    await core.vault.unlock(password)
    expect(await statusOf(secret, ids[0] as string)).toMatchObject({ status: 'failed', error: { code: 'interrupted' } })
    await reached(secret, ids[2] as string, 'completed')
  })
})

test('an assistant that thinks for long keeps the call alive with progress that grows', async () => {
  core.assistant.wordMs = 11_000
  const { secret } = core.key()
  const [, connect] = clients[3] ?? []
  const client = await connect?.(core, secret)
  const heard: Array<{ progress: number; message?: string | undefined }> = []
  const answer = await client?.call('openclaw_chat', { message: 'late' }, { onProgress: (step) => heard.push(step) })
  await client?.close()
  expect(answer?.structuredContent).toMatchObject({ text: 'late' })
  expect(heard.map(({ message }) => message)).toEqual(['demo is at work; 0 characters so far.', 'late'])
  expect(heard[1]?.progress).toBe(4)
})

describe('inputs, as the bridge takes them', () => {
  const refused: ReadonlyArray<[tool: string, args: object]> = [
    ['openclaw_chat', { message: '' }],
    ['openclaw_chat', { message: ' \n ' }],
    ['openclaw_chat', { message: 'x'.repeat(100_001) }],
    ['openclaw_chat', { message: 'a\u0000b' }],
    ['openclaw_chat', { message: 'a\u001bb' }],
    ['openclaw_chat', { message: 'hi', session_id: 's'.repeat(257) }],
    ['openclaw_chat', { message: 'hi', instance: 'i'.repeat(257) }],
    ['openclaw_chat_async', { message: 'hi', priority: 1.5 }],
    ['openclaw_chat_async', { message: 'hi', priority: '1' }],
    ['openclaw_chat_async', { message: 5 }],
    ['openclaw_task_status', {}],
    ['openclaw_task_status', { task_id: 't'.repeat(257) }],
    ['openclaw_task_list', { status: 'queued' }],
    ['openclaw_task_cancel', { task_id: '' }],
    ['openclaw_status', { instance: '' }],
  ]
  test.each(refused)('%s refuses %j', async (tool, args) => {
    expect(errorCode(await calls.call(core.key().secret, tool, args))).toBe('invalid')
  })

  test('the longest message and ids that fit are taken, and white space around them does not count', async () => {
    const { key, secret } = core.key()
    core.assistant.wordMs = 0
    const message = 'x'.repeat(100_000)
    const chat = await output<{ text: string; session_id: string }>(secret, 'openclaw_chat', {
      message: `\n${message} `,
      session_id: ` ${'s'.repeat(256)}`,
    })
    expect([chat.text, chat.session_id]).toEqual([message, 's'.repeat(256)])
    expect(core.assistant.chats[0]?.sessionKey).not.toContain(key.id)
  })

  test('an assistant that does not exist is named in the refusal, with those there are', async () => {
    for (const tool of ['openclaw_chat', 'openclaw_chat_async', 'openclaw_status']) {
      const answer = await calls.call(core.key().secret, tool, { message: 'hi', instance: 'nobody' })
      if (tool !== 'openclaw_status') expect(errorCode(answer)).toBe('not_found')
    }
  })
})

test('a key that may only read cannot give tasks, and one that may only write cannot list them', async () => {
  const matrix: ReadonlyArray<[scopes: Scope[], tool: string]> = [
    [['openclaw:read'], 'openclaw_chat_async'],
    [['openclaw:read'], 'openclaw_task_cancel'],
    [['openclaw:write'], 'openclaw_task_status'],
    [['openclaw:write'], 'openclaw_task_list'],
  ]
  for (const [scopes, tool] of matrix) {
    const args = { message: 'hi', task_id: 'tsk_x' }
    expect(errorCode(await calls.call(core.key(scopes).secret, tool, args))).toBe('forbidden_scope')
  }
})
