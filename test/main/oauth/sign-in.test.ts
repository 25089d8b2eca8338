import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Decision } from '../../../src/shared/models/approval.ts'
import { personAt } from '../../support/consent.ts'
import { messageOf } from '../../support/http.ts'
import { callsTo } from '../../support/mcp-calls.ts'
import { type McpCore, password, startMcpCore } from '../../support/mcp.ts'
import { callback, oauthAt, tokensOf } from '../../support/oauth.ts'

let core: McpCore
let oauth: ReturnType<typeof oauthAt>
let calls: ReturnType<typeof callsTo>
let person: ReturnType<typeof personAt>

beforeEach(async () => {
  core = await startMcpCore()
  oauth = oauthAt(core)
  calls = callsTo(core)
  person = personAt(core)
})
afterEach(() => core.close())

describe('the metadata', () => {
  test('leads from the challenge of a call to the endpoints, under one issuer, on each name of the server', async () => {
    const challenged = await calls.post(undefined, 'ping')
    const where = /resource_metadata="([^"]+)"/.exec(challenged.headers['www-authenticate'] ?? '')?.[1]
    expect(where).toBe(`${oauth.origin}/.well-known/oauth-protected-resource/mcp`)
    for (const path of ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp']) {
      const resource = JSON.parse((await oauth.get(path)).text) as object
      expect(resource).toMatchObject({ resource: `${oauth.origin}/mcp`, authorization_servers: [oauth.origin] })
    }
    for (const host of [`127.0.0.1:${core.port}`, `localhost:${core.port}`, `[::1]:${core.port}`]) {
      const server = await oauth.get('/.well-known/oauth-authorization-server', { host })
      expect(JSON.parse(server.text)).toMatchObject({
        issuer: `http://${host}`,
        token_endpoint: `http://${host}/token`,
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
        client_id_metadata_document_supported: true,
      })
    }
  })

  test('answers probes for other documents with a clean 404', async () => {
    for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server/mcp'])
      expect((await oauth.get(path)).status).toBe(404)
  })
})

describe('a sign-in', () => {
  test('asks in the window, keeps state, names the issuer, and the token does what was allowed', async () => {
    const clientId = await oauth.clientId()
    const begun = await oauth.authorize(clientId, { state: 'the-state' })
    const asked = await person.question()
    expect(asked).toMatchObject({
      tool: 'sign_in',
      asker: { kind: 'client', name: 'Cursor' },
      request: { host: '127.0.0.1:33418' },
      consent: { clientId, identity: 'registration', redirectTo: 'machine' },
    })
    const waiting = await oauth.get((begun.headers.location ?? '').slice(oauth.origin.length))
    expect(waiting.text).toContain('Look at Clawkeep')
    expect(waiting.text).not.toMatch(/Cursor|<script/)
    await core.approvals.decide(asked.id, { answer: 'allow' }, 'window')
    const back = await oauth.follow(begun)
    expect(`${back.origin}${back.pathname}`).toBe(callback)
    expect(back.searchParams.get('state')).toBe('the-state')
    expect(back.searchParams.get('iss')).toBe(oauth.origin)
    const answer = await oauth.exchange(clientId, back.searchParams.get('code') ?? '')
    expect(answer.headers['cache-control']).toBe('no-store')
    const tokens = tokensOf(answer)
    expect(tokens.expires_in).toBe(30 * 60)
    expect((await calls.call(tokens.access_token, 'openclaw_instances')).status).toBe(200)
  })

  test('gives only the scopes that were left, and the tools that belong to them', async () => {
    const clientId = await oauth.clientId()
    const tokens = await person.signIn(clientId, { scopes: ['openclaw:read'] })
    expect(tokens.scope).toBe('openclaw:read')
    const names = JSON.stringify(messageOf(await calls.post(tokens.access_token, 'tools/list')))
    expect(names).toContain('openclaw_status')
    expect(names).not.toContain('http_request')
  })

  test('a call beyond the scopes is challenged, and the client can ask for more; the question says what is new', async () => {
    const clientId = await oauth.clientId()
    const first = await person.signIn(clientId, { scopes: ['openclaw:read'] })
    const refused = await calls.call(first.access_token, 'secrets_list')
    expect(refused.status).toBe(403)
    const header = refused.headers['www-authenticate'] ?? ''
    expect(header).toContain('error="insufficient_scope"')
    expect(header).toContain('scope="openclaw:read secrets:list"')
    expect(header).toContain(`resource_metadata="${oauth.origin}/.well-known/oauth-protected-resource/mcp"`)
    const [signedIn] = core.signIns.list()
    expect(await calls.closerOf('secrets_list', signedIn?.id ?? '')).toEqual({
      outcome: 'refused',
      code: 'forbidden_scope',
    })

    const begun = await oauth.authorize(clientId, { scope: 'openclaw:read secrets:list' })
    const asked = await person.question()
    expect(asked.asker.id).toBe(signedIn?.id)
    expect(asked.consent?.scopes).toEqual([
      { scope: 'openclaw:read', held: true },
      { scope: 'secrets:list', held: false },
    ])
    await core.approvals.decide(asked.id, { answer: 'allow' }, 'window')
    const code = (await oauth.follow(begun)).searchParams.get('code') ?? ''
    const more = tokensOf(await oauth.exchange(clientId, code))
    expect((await calls.call(more.access_token, 'secrets_list')).status).toBe(200)
    // The same program all the while: its tasks and grants stay its own.
    expect(core.signIns.list().map(({ id }) => id)).toEqual([signedIn?.id])
  })

  test('an API key that lacks a scope still gets a tool error', async () => {
    const answer = await calls.call(core.key(['openclaw:read']).secret, 'secrets_list')
    expect(answer.status).toBe(200)
    expect(messageOf(answer).result).toMatchObject({ isError: true })
  })

  test.each([
    ['denied', { error: 'access_denied', error_description: "Not 'today'." }],
    [
      'denied without a reason',
      { error: 'access_denied', error_description: 'The person at the machine denied this.' },
    ],
    ['locked', { error: 'temporarily_unavailable', error_description: 'The vault was locked before an answer.' }],
  ])('%s: the program is told so at its own address', async (how, expected) => {
    const clientId = await oauth.clientId()
    const begun = await oauth.authorize(clientId, { state: 'the-state' })
    const { id } = await person.question()
    if (how === 'locked') core.vault.lock()
    else {
      const reason = how === 'denied' ? 'Not “today”.' : ''
      await core.approvals.decide(id, { answer: 'deny', reason }, 'window')
    }
    const back = await oauth.follow(begun)
    expect(`${back.origin}${back.pathname}`).toBe(callback)
    expect(Object.fromEntries(back.searchParams)).toEqual({ ...expected, state: 'the-state', iss: oauth.origin })
  })

  test('waits for a locked vault and goes on after unlock', async () => {
    const clientId = await oauth.clientId()
    core.vault.lock()
    const page = await oauth.authorize(clientId)
    expect(page.status).toBe(200)
    expect(page.text).toContain('Unlock Clawkeep')
    const again = /content="\d+;url=([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&#38;', '&') ?? ''
    await core.vault.unlock(password)
    const begun = await oauth.get(again.slice(oauth.origin.length))
    const { id } = await person.question()
    await core.approvals.decide(id, { answer: 'allow' }, 'window')
    expect((await oauth.follow(begun)).searchParams.get('code')).toMatch(/^oc_ac_/)
  })

  test('a program that registered while the vault was locked can sign in after unlock', async () => {
    core.vault.lock()
    const clientId = await oauth.clientId()
    await core.vault.unlock(password)
    expect((await person.signIn(clientId)).scope).toContain('secrets:use')
  })

  test('an app gets its answer by its own scheme, from a page with one link and no script', async () => {
    const uri = 'cursor://anysphere.cursor-retrieval/oauth/callback'
    const clientId = await oauth.clientId({ client_name: 'Cursor', redirect_uris: [uri] })
    const begun = await oauth.authorize(clientId, { redirect_uri: uri })
    const { id, consent } = await person.question()
    expect(consent?.redirectTo).toBe('app')
    await core.approvals.decide(id, { answer: 'allow' }, 'window')
    const path = (begun.headers.location ?? '').slice(oauth.origin.length)
    const page = await oauth.get(path)
    expect(page.text).toMatch(/href="cursor:\/\/anysphere\.cursor-retrieval\/oauth\/callback\?code=oc_ac_/)
  })
})

describe.each([
  ['the first sign-in', false],
  ['a sign-in of a program that has one', true],
])('a link that is opened twice, for %s', (_what, hasOne) => {
  const link = { state: 'of-the-link' }
  const pending = () => core.approvals.list().filter(({ state }) => state === 'pending').length
  let clientId: string
  const look = (begun: { headers: { location?: string | undefined } }) =>
    oauth.get((begun.headers.location ?? '').slice(oauth.origin.length))

  beforeEach(async () => {
    clientId = await oauth.clientId()
    if (hasOne) await person.signIn(clientId)
  })

  test('asks once; the quicker tab takes the answer to the program, the other one says so', async () => {
    const tabs = [await oauth.authorize(clientId, link), await oauth.authorize(clientId, link)] as const
    await person.question()
    await core.audit.flush()
    expect(pending()).toBe(1)
    await person.decide({ answer: 'allow' })
    const back = await oauth.follow(tabs[1])
    const other = await look(tabs[0])
    expect([other.status, other.headers.location]).toEqual([200, undefined])
    expect(other.text).toContain('This sign-in was answered')
    tokensOf(await oauth.exchange(clientId, back.searchParams.get('code') ?? ''))
    expect(pending()).toBe(0)
  })

  test.each<Decision>([{ answer: 'allow' }, { answer: 'deny', reason: 'Not now.' }])(
    'after its first tab was closed leads to the answer, and when that is taken asks nobody: %j',
    async (decision) => {
      await oauth.authorize(clientId, link)
      await person.decide(decision)
      const { searchParams } = await oauth.follow(await oauth.authorize(clientId, link))
      if (decision.answer === 'allow') tokensOf(await oauth.exchange(clientId, searchParams.get('code') ?? ''))
      else expect(searchParams.get('error_description')).toBe('Not now.')
      const third = await look(await oauth.authorize(clientId, link))
      expect([third.status, third.headers.location, pending()]).toEqual([200, undefined, 0])
    },
  )
})

test('a flood of sign-ins of programs that nobody knows leaves room for one that was let in, and ends when they are denied', async () => {
  const pending = () => core.approvals.list().filter(({ state }) => state === 'pending').length
  const known = await oauth.clientId()
  await person.signIn(known)
  const strangers = await Promise.all(Array.from({ length: 4 }, () => oauth.clientId()))
  const flood = async (): Promise<number> => {
    const begun = [...strangers, ...strangers].map((id) => oauth.authorize(id))
    const asks = (await Promise.all(begun)).filter(({ headers }) => headers.location?.includes('?wait='))
    await expect.poll(pending).toBeGreaterThanOrEqual(asks.length)
    return asks.length
  }
  expect(await flood()).toBe(4)
  const begun = await oauth.authorize(known)
  await expect.poll(pending).toBe(5)
  for (const { id, consent } of core.approvals.list().filter(({ state }) => state === 'pending')) {
    const deny = { answer: 'deny', reason: '' } as const
    await core.approvals.decide(id, consent?.clientId === known ? { answer: 'allow' } : deny, 'window')
  }
  expect((await oauth.follow(begun)).searchParams.get('code')).not.toBeNull()
  expect(await flood()).toBe(0)
  expect((await oauth.authorize(known)).headers.location).toContain('/authorize?wait=')
  await person.decide({ answer: 'allow' })
})
