import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { personAt } from '../../support/consent.ts'
import { messageOf } from '../../support/http.ts'
import { callsTo, errorCode } from '../../support/mcp-calls.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'
import { oauthAt, type Tokens, tokensOf } from '../../support/oauth.ts'
import { ping, sessionsOf } from '../../support/sessions.ts'

// A program that signed in twice, as two of its windows or a step-up do: two families of tokens under one sign-in.

let core: McpCore
let oauth: ReturnType<typeof oauthAt>
let calls: ReturnType<typeof callsTo>
let person: ReturnType<typeof personAt>
let clientId: string

beforeAll(async () => {
  core = await startMcpCore({ limits: { openPerSecond: 1000, openBurst: 1000, perSecond: 1000, burst: 1000 } })
  oauth = oauthAt(core)
  calls = callsTo(core)
  person = personAt(core)
  core.policy.set({ ...core.policy.get(), default: 'allow' })
  core.assistant.wordMs = 10
})
afterAll(() => core.close())
beforeEach(async () => {
  core.assistant.chats.length = 0
  clientId = await oauth.clientId()
})

const endings: ReadonlyArray<[how: string, end: (family: { code: string; tokens: Tokens }) => Promise<unknown>]> = [
  ['was given back (RFC 7009)', ({ tokens }) => oauth.revoke(clientId, tokens.refresh_token)],
  ['had its code come back', ({ code }) => oauth.exchange(clientId, code)],
]

async function family() {
  const code = await person.codeFor(clientId)
  return { code, tokens: tokensOf(await oauth.exchange(clientId, code)) }
}

async function taskOf({ tokens }: { tokens: Tokens }) {
  const made = await calls.call(tokens.access_token, 'openclaw_chat_async', { message: 'word '.repeat(40) })
  const result = messageOf(made).result?.['structuredContent'] as { task_id: string } | undefined
  return () => core.tasks.all().find(({ id }) => id === result?.task_id)?.state
}

function chatOf({ tokens }: { tokens: Tokens }) {
  return calls.call(tokens.access_token, 'openclaw_chat', { message: 'word '.repeat(40) })
}

describe.each(endings)('one family that %s', (how, end) => {
  test('ends nothing of the other, however often that happens', async () => {
    const old = await family()
    const live = await family()
    const sessions = sessionsOf(core)
    const secret = live.tokens.access_token
    const opened = await sessions.initialize(secret, '2025-11-25')
    const id = opened.headers['mcp-session-id']
    const session = { secret, keyId: '', id: typeof id === 'string' ? id : '', revision: '2025-11-25' }
    for (let times = 0; times < 2; times++) {
      const stateOfTask = await taskOf(live)
      const chat = chatOf(live)
      await expect.poll(() => core.assistant.chats.length).toBe(2 * times + 2)
      await end(old)
      expect((await sessions.ask(session, { message: ping })).status).toBe(200)
      expect(errorCode(await chat)).toBeUndefined()
      await expect.poll(stateOfTask).toBe('completed')
    }
    expect(core.signIns.of(clientId)?.state).toBe('active')
    expect((await calls.post(old.tokens.access_token, 'ping')).status).toBe(401)
  })

  test('ends its own open calls, and its tasks only where a thief may have made them', async () => {
    const old = await family()
    await family()
    const stateOfTask = await taskOf(old)
    const chat = chatOf(old)
    await expect.poll(() => core.assistant.chats.length).toBe(2)
    await end(old)
    expect(errorCode(await chat)).toBe('unauthorized')
    await expect.poll(stateOfTask).toBe(how.includes('given back') ? 'completed' : 'cancelled')
  })
})
