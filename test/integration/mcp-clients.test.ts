import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Approval } from '../../src/shared/models/approval.ts'
import { type McpCore, type TestClient, canary, clients, password, startMcpCore } from '../support/mcp.ts'

let core: McpCore

beforeAll(async () => {
  core = await startMcpCore({ limits: { perSecond: 1000, burst: 1000 } })
})
afterAll(() => core.close())

function githubCall(path: string): Record<string, unknown> {
  return {
    method: 'POST',
    url: `${core.upstream.url}${path}`,
    headers: { Authorization: 'Bearer {{secret:github}}', 'Content-Type': 'application/json' },
    body: '{"title":"hello"}',
    reason: 'File the issue you asked for.',
  }
}

async function nextQuestion(): Promise<Approval> {
  await expect.poll(() => core.approvals.pendingCount, { timeout: 5000 }).toBeGreaterThan(0)
  const [question] = core.approvals.list()
  if (question === undefined) throw new Error('No question')
  return question
}

describe.each(clients)('%s', (name, connect) => {
  let client: TestClient
  let secret: string

  beforeAll(async () => {
    secret = core.key().secret
    client = await connect(core, secret)
  })
  afterAll(() => client.close())

  test('lists every tool with title, schemas and annotations', async () => {
    const tools = await client.tools()
    expect(tools.map((tool) => tool.name)).toEqual([
      'openclaw_instances',
      'openclaw_status',
      'openclaw_chat',
      'openclaw_chat_async',
      'openclaw_task_status',
      'openclaw_task_list',
      'openclaw_task_cancel',
      'secrets_list',
      'http_request',
      'approval_status',
    ])
    for (const tool of tools)
      expect(tool).toMatchObject({
        title: expect.any(String),
        annotations: expect.any(Object),
        inputSchema: { type: 'object' },
        outputSchema: { type: 'object' },
      })
  })

  test('gets structured output', async () => {
    const answer = await client.call('openclaw_instances')
    expect(answer.structuredContent).toMatchObject({ instances: [{ name: 'demo', state: 'running', message: null }] })
    expect(await client.call('openclaw_status')).toMatchObject({
      structuredContent: { instance: 'demo', alive: true, ready: true },
    })
  })

  test('sees names, kinds and hosts of secrets, and no value', async () => {
    const answer = await client.call('secrets_list')
    expect(answer.structuredContent).toEqual({
      secrets: [
        {
          name: 'github',
          kind: 'api-key',
          hosts: [`127.0.0.1:${core.upstream.port}`],
          placeholder: '{{secret:github}}',
        },
      ],
    })
    expect(JSON.stringify(answer)).not.toContain(canary)
  })

  test('gets an expected failure as an error result with code and hint, past its own check of the output schema', async () => {
    await client.tools()
    const answer = await client.call('openclaw_status', { instance: 'nobody' })
    expect(answer.isError).toBe(true)
    expect(answer.structuredContent).toEqual({
      error: {
        code: 'not_found',
        message: 'There is no assistant named "nobody".',
        hint: 'Pass one of these as "instance": demo.',
      },
    })
    expect(answer.content[0]?.text).toContain('demo')
  })

  test('learns which argument does not fit', async () => {
    const answer = await client.call('openclaw_chat', { message: 'x'.repeat(100_001) })
    expect(answer).toMatchObject({ isError: true, structuredContent: { error: { code: 'invalid' } } })
    expect(answer.content[0]?.text).toContain('message')
  })

  test('hears a chat as it is written, with the characters so far', async () => {
    core.assistant.wordMs = 40
    const message = 'one two three four five six seven eight'
    const seen: Array<{ progress: number; message?: string | undefined }> = []
    const answer = await client.call(
      'openclaw_chat',
      { message, session_id: 's1' },
      { onProgress: (progress) => seen.push(progress) },
    )
    expect(answer.structuredContent).toEqual({ instance: 'demo', text: message, session_id: 's1' })
    expect(seen.length).toBeGreaterThan(1)
    // The first SDK drops a progress message that arrives in one piece with the answer; the answer has it all.
    const heard = seen.map((progress) => progress.message).join('')
    expect(message.startsWith(heard)).toBe(true)
    expect(seen.at(-1)?.progress).toBe(heard.length)
  })

  test('stops the assistant when it cancels', async () => {
    core.assistant.wordMs = 100
    const stop = new AbortController()
    const message = `${name} ${'word '.repeat(100)}`.trim()
    const call = client.call('openclaw_chat', { message }, { signal: stop.signal }).catch((error: Error) => error)
    await expect.poll(() => core.assistant.chats.at(-1)?.message).toBe(message)
    stop.abort(new Error('enough'))
    expect(await call).toBeInstanceOf(Error)
    await expect.poll(() => core.assistant.chats.at(-1)?.ended, { timeout: 2000 }).toBe('cancelled')
    await expect
      .poll(
        () =>
          core.audit
            .list({ limit: 10 })
            .entries.find((entry) => entry.tool === 'openclaw_chat' && entry.phase === 'close')?.outcome,
      )
      .toBe('cancelled')
  })

  test('waits for the person, hears that it waits, and gets the answer without the secret', async () => {
    const seen: string[] = []
    const call = client.call('http_request', githubCall('/issues'), {
      onProgress: ({ message }) => seen.push(message ?? ''),
    })
    const question = await nextQuestion()
    expect(question).toMatchObject({
      tool: 'http_request',
      asker: { kind: 'client', name: 'claude' },
      reason: 'File the issue you asked for.',
    })
    expect(JSON.stringify(question)).not.toContain(canary)
    await expect.poll(() => seen.length).toBeGreaterThan(0)
    expect(seen[0]).toMatch(
      new RegExp(`^Waiting for the person's decision in Clawkeep, \\d:\\d\\d left \\(approval ${question.id}\\)\\.$`),
    )
    await core.approvals.decide(question.id, { answer: 'allow' }, 'window')
    const answer = await call
    expect(answer.structuredContent).toMatchObject({ status: 201, body_encoding: 'utf8', truncated: false })
    expect(core.upstream.seen.at(-1)).toMatchObject({
      method: 'POST',
      url: '/issues',
      body: '{"title":"hello"}',
      headers: { authorization: `Bearer ${canary}` },
    })
    expect(JSON.stringify(answer)).not.toContain(canary)
    expect(answer.content[0]?.text).toContain('"number":7')
    const status = await client.call('approval_status', { id: question.id })
    expect(status.structuredContent).toMatchObject({ id: question.id, state: 'allowed', used: true })
  })

  test('is told no, with the person’s words, and nothing is sent', async () => {
    const before = core.upstream.seen.length
    const call = client.call('http_request', githubCall('/denied'))
    const question = await nextQuestion()
    await core.approvals.decide(question.id, { answer: 'deny', reason: 'Not today.' }, 'window')
    const answer = await call
    expect(answer).toMatchObject({ isError: true, structuredContent: { error: { code: 'refused' } } })
    expect(answer.content[0]?.text).toContain('Not today.')
    expect(core.upstream.seen.length).toBe(before)
  })

  test('cannot see another client’s question', async () => {
    const other = await connect(core, core.key().secret)
    const call = client.call('http_request', githubCall('/private'))
    const question = await nextQuestion()
    const foreign = await other.call('approval_status', { id: question.id })
    const invented = await other.call('approval_status', { id: 'apr_aaaaaaaaaaaaaaaaaaaa' })
    expect(foreign).toMatchObject({ isError: true, structuredContent: { error: { code: 'not_found' } } })
    expect(foreign.structuredContent).toEqual(invented.structuredContent)
    await core.approvals.decide(question.id, { answer: 'deny', reason: '' }, 'window')
    await call
    await other.close()
  })

  test('is told at once that the vault is locked, still lists tools, and goes on after unlock', async () => {
    const call = client.call('http_request', githubCall('/locked'))
    await nextQuestion()
    core.vault.lock()
    expect(await call).toMatchObject({ isError: true, structuredContent: { error: { code: 'locked' } } })
    for (const [tool, args] of [
      ['openclaw_instances', {}],
      ['secrets_list', {}],
      ['http_request', githubCall('/x')],
      ['openclaw_chat', { message: 'x' }],
    ] as const) {
      const startedMs = performance.now()
      const answer = await client.call(tool, args)
      expect({ tool, ...answer }).toMatchObject({
        tool,
        isError: true,
        structuredContent: { error: { code: 'locked', hint: expect.stringMatching(/unlock/i) } },
      })
      expect(performance.now() - startedMs).toBeLessThan(500)
    }
    expect((await client.tools()).length).toBe(10)
    await core.vault.unlock(password)
    expect((await client.call('openclaw_instances')).isError).not.toBe(true)
    expect(core.approvals.pendingCount).toBe(0)
  })
})

test('every call of it all is in the log, opened and closed, and the log verifies', async () => {
  await core.audit.flush()
  const { entries } = core.audit.list({ limit: 500, kinds: ['tool.call'] })
  const opened = new Set(entries.filter((entry) => entry.phase === 'open').map((entry) => entry.op))
  const closed = new Set(entries.filter((entry) => entry.phase === 'close').map((entry) => entry.op))
  expect([...opened].filter((op) => !closed.has(op))).toEqual([])
  expect(JSON.stringify(entries)).not.toContain(canary)
  expect(core.audit.verify()).toMatchObject({ ok: true })
})
