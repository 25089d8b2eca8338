import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { personAt } from '../../support/consent.ts'
import { messageOf, send } from '../../support/http.ts'
import { callsTo, errorCode } from '../../support/mcp-calls.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'
import { callback, challenge, oauthAt, oauthError, tokensOf, verifier } from '../../support/oauth.ts'

// What is tried against a sign-in, and what comes of it. One core: nothing that is refused may leave anything behind.

let core: McpCore
let oauth: ReturnType<typeof oauthAt>
let person: ReturnType<typeof personAt>
let calls: ReturnType<typeof callsTo>
let clientId: string
let otherId: string

beforeAll(async () => {
  core = await startMcpCore({
    limits: { openPerSecond: 1000, openBurst: 1000, badCredentials: 1000 },
    door: { origins: ['http://localhost:6274'] },
  })
  oauth = oauthAt(core)
  person = personAt(core)
  calls = callsTo(core)
  clientId = await oauth.clientId()
  otherId = await oauth.clientId({ client_name: 'Other', redirect_uris: ['http://127.0.0.1:44444/other'] })
})
afterAll(() => core.close())

const pending = () => core.approvals.list().filter(({ state }) => state === 'pending').length

describe('nothing is sent anywhere, and nobody is asked, when', () => {
  const evil = 'https://evil.example/callback'
  test.each<[name: string, change: Record<string, string | null | ReadonlyArray<string>>]>([
    ['the client is unknown', { client_id: 'oc_cl_unknown' }],
    ['the client is missing', { client_id: null }],
    ['the client is there twice', { client_id: ['a', 'b'] }],
    ['the client is another program’s', { client_id: 'other' }],
    ['the redirect is missing', { redirect_uri: null }],
    ['the redirect is another server', { redirect_uri: evil }],
    ['the redirect is there twice', { redirect_uri: [callback, evil] }],
    ['the redirect goes on with another path', { redirect_uri: `${callback}/../evil` }],
    ['the redirect has more in its query', { redirect_uri: `${callback}?next=${evil}` }],
    ['the redirect has a fragment', { redirect_uri: `${callback}#evil` }],
    ['the redirect has a user name', { redirect_uri: 'http://127.0.0.1:33418@evil.example/callback' }],
    ['the redirect is script', { redirect_uri: 'javascript:alert(1)' }],
    ['the redirect is another name of loopback', { redirect_uri: 'http://localhost:33418/callback' }],
    ['the state is there twice', { state: ['a', 'b'] }],
    ['the state is endless', { state: 'a'.repeat(3000) }],
  ])('%s', async (_name, change) => {
    const answer = await oauth.authorize(change['client_id'] === 'other' ? otherId : clientId, {
      ...change,
      ...(change['client_id'] === 'other' ? { client_id: otherId } : {}),
    })
    expect(answer.status).toBe(400)
    expect(answer.headers.location).toBeUndefined()
    expect(answer.headers['content-type']).toContain('text/html')
    expect(answer.text).not.toMatch(/evil|<script|http-equiv/)
    expect(pending()).toBe(0)
  })
})

describe('the program is told at its own address, and nobody is asked, when', () => {
  test.each<[name: string, change: Record<string, string | null | ReadonlyArray<string>>, error: string]>([
    ['there is no PKCE', { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
    ['PKCE is plain by name', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['PKCE is plain by silence', { code_challenge_method: null }, 'invalid_request'],
    ['PKCE is S256 in other letters', { code_challenge_method: 's256' }, 'invalid_request'],
    ['the challenge is too short', { code_challenge: challenge.slice(1) }, 'invalid_request'],
    ['the challenge is there twice', { code_challenge: [challenge, challenge] }, 'invalid_request'],
    ['the challenge is empty', { code_challenge: '' }, 'invalid_request'],
    ['a token is wanted in the address', { response_type: 'token' }, 'unsupported_response_type'],
    ['an id token is wanted too', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['no type is wanted', { response_type: null }, 'invalid_request'],
    ['the answer is wanted in a fragment', { response_mode: 'fragment' }, 'invalid_request'],
    ['the answer is wanted in a form', { response_mode: 'form_post' }, 'invalid_request'],
    ['nobody should be asked', { prompt: 'none' }, 'consent_required'],
    ['parameters hide in a token', { request: 'eyJ' }, 'request_not_supported'],
    ['parameters lie elsewhere', { request_uri: 'http://127.0.0.1:1/' }, 'request_uri_not_supported'],
    ['only unknown scopes are wanted', { scope: 'admin root' }, 'invalid_scope'],
    ['it is for another resource', { resource: 'https://api.example.com/' }, 'invalid_target'],
    ['it is for another port', { resource: 'http://127.0.0.1:1/mcp' }, 'invalid_target'],
    ['it is for another name of this server', { resource: 'localhost' }, 'invalid_target'],
    ['it is for the whole server', { resource: 'origin' }, 'invalid_target'],
    ['it is for this and another resource', { resource: ['own', 'https://api.example.com/'] }, 'invalid_target'],
  ])('%s', async (_name, change, error) => {
    const own = `${oauth.origin}/mcp`
    const named: Record<string, string> = { localhost: `http://localhost:${core.port}/mcp`, origin: oauth.origin, own }
    const { resource } = change
    const resources = resource === undefined || resource === null ? [own] : [resource].flat()
    const answer = await oauth.authorize(clientId, {
      state: 'the-state',
      ...change,
      resource: resources.map((one) => named[one] ?? one),
    })
    const back = new URL(answer.headers.location ?? '')
    expect(`${back.origin}${back.pathname}`).toBe(callback)
    expect(back.searchParams.get('error')).toBe(error)
    expect(back.searchParams.get('state')).toBe('the-state')
    expect(back.searchParams.get('iss')).toBe(oauth.origin)
    expect(back.searchParams.has('code')).toBe(false)
    expect(pending()).toBe(0)
  })
})

describe('a code gives no tokens, and is spent, when', () => {
  test.each<[name: string, change: Record<string, string | null | ReadonlyArray<string>>, error: string]>([
    ['the verifier is missing', { code_verifier: null }, 'invalid_request'],
    ['the verifier is the challenge (plain)', { code_verifier: challenge }, 'invalid_grant'],
    ['the verifier is another', { code_verifier: `${verifier}x` }, 'invalid_grant'],
    ['the verifier is too short', { code_verifier: verifier.slice(0, 42) }, 'invalid_grant'],
    ['another client brings it', { client_id: 'other' }, 'invalid_grant'],
    ['no client brings it', { client_id: null }, 'invalid_request'],
    ['two clients bring it', { client_id: ['a', 'b'] }, 'invalid_request'],
    ['it comes with another redirect', { redirect_uri: 'http://127.0.0.1:33419/callback' }, 'invalid_grant'],
    ['it comes for another resource', { resource: 'https://api.example.com/' }, 'invalid_target'],
    ['it comes as another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['it comes as client credentials', { grant_type: 'client_credentials' }, 'unsupported_grant_type'],
  ])('%s', async (_name, change, error) => {
    const code = await person.codeFor(clientId)
    const bad = await oauth.exchange(clientId, code, change['client_id'] === 'other' ? { client_id: otherId } : change)
    expect(oauthError(bad)).toEqual([400, error])
    // What was wrong in form alone never reached the code.
    if (error !== 'invalid_request' && error !== 'unsupported_grant_type')
      expect(oauthError(await oauth.exchange(clientId, code))).toEqual([400, 'invalid_grant'])
    expect(core.signIns.list()).toEqual([])
  })
})

describe('replay', () => {
  test('a code that comes back ends what its first use opened', async () => {
    const code = await person.codeFor(clientId)
    const tokens = tokensOf(await oauth.exchange(clientId, code))
    expect(oauthError(await oauth.exchange(clientId, code))).toEqual([400, 'invalid_grant'])
    expect((await calls.post(tokens.access_token, 'ping')).status).toBe(401)
    expect(oauthError(await oauth.refresh(clientId, tokens.refresh_token))).toEqual([400, 'invalid_grant'])
  })

  test('a refresh token that comes back ends its family, and only its family', async () => {
    const first = await person.signIn(clientId)
    const beside = await person.signIn(clientId)
    const second = tokensOf(await oauth.refresh(clientId, first.refresh_token))
    const third = tokensOf(await oauth.refresh(clientId, second.refresh_token))
    expect(oauthError(await oauth.refresh(clientId, first.refresh_token))).toEqual([400, 'invalid_grant'])
    for (const { access_token } of [first, second, third])
      expect((await calls.post(access_token, 'ping')).status).toBe(401)
    expect(oauthError(await oauth.refresh(clientId, third.refresh_token))).toEqual([400, 'invalid_grant'])
    expect((await calls.post(beside.access_token, 'ping')).status).toBe(200)
  })

  test('the answer of a sign-in is fetched once', async () => {
    const begun = await oauth.authorize(clientId)
    await person.decide({ answer: 'allow' })
    await oauth.follow(begun)
    const again = await oauth.get((begun.headers.location ?? '').slice(oauth.origin.length))
    expect([again.status, again.headers.location]).toEqual([200, undefined])
    expect(again.text).toContain('This sign-in was answered')
    expect(again.text).not.toMatch(/oc_ac_|http-equiv|href/)
  })
})

describe('tokens', () => {
  test('one is good at the address it was issued for, and at no other name of the server', async () => {
    const { access_token } = await person.signIn(clientId)
    const at = (host: string) =>
      send(core.port, {
        headers: { host, authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
      })
    expect((await at(`127.0.0.1:${core.port}`)).status).toBe(200)
    expect((await at(`localhost:${core.port}`)).status).toBe(401)
  })

  test('scopes do not grow by a refresh, a longer list or another client', async () => {
    const { refresh_token } = await person.signIn(clientId, { scopes: ['openclaw:read'] })
    const grown = await oauth.refresh(clientId, refresh_token, { scope: 'openclaw:read secrets:use' })
    expect(oauthError(grown)).toEqual([400, 'invalid_scope'])
    const elsewhere = await oauth.refresh(clientId, refresh_token, { resource: 'https://api.example.com/' })
    expect(oauthError(elsewhere)).toEqual([400, 'invalid_target'])
    expect(oauthError(await oauth.refresh(otherId, refresh_token))).toEqual([400, 'invalid_grant'])
    expect(oauthError(await oauth.revoke(otherId, refresh_token))).toEqual([400, 'invalid_grant'])
    expect(tokensOf(await oauth.refresh(clientId, refresh_token)).scope).toBe('openclaw:read')
  })

  test('the person cannot be made to allow what was not asked', async () => {
    await oauth.authorize(clientId, { scope: 'openclaw:read' })
    const { id } = await person.question()
    const consent = { scopes: ['secrets:use' as const], forDays: null }
    await expect(core.approvals.decide(id, { answer: 'allow', consent }, 'window')).rejects.toThrow('did not ask')
    await person.decide({ answer: 'allow' })
  })

  test('a refresh token is no access token, and a token in the address is turned away', async () => {
    const { access_token, refresh_token } = await person.signIn(clientId)
    expect((await calls.post(refresh_token, 'ping')).status).toBe(401)
    for (const path of [`/mcp?access_token=${access_token}`, `/token?refresh_token=x&y=${refresh_token}`]) {
      const answer = await send(core.port, { path, headers: { 'content-type': 'application/json' }, body: '{}' })
      expect(answer.status).toBe(400)
      expect(answer.text).not.toContain(access_token)
    }
  })
})

describe('pages of others', () => {
  const wholeTab = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  test.each<[name: string, headers: Record<string, string>]>([
    ['a link on a page', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    ['a frame', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'iframe' }],
    ['a page on another local port', { 'sec-fetch-site': 'same-site' }],
    ['a page that is not listed', { ...wholeTab, referer: 'https://evil.example/' }],
    ['a page that does not say which it is', wholeTab],
    ['a page that looks like a listed one', { ...wholeTab, referer: 'http://localhost:6274.evil.example/' }],
    ['a page with a listed one as its user name', { ...wholeTab, referer: 'http://localhost:6274@evil.example/' }],
    ['a sandboxed page', { ...wholeTab, referer: 'null' }],
    ['a listed page in a frame', { ...wholeTab, 'sec-fetch-dest': 'iframe', referer: 'http://localhost:6274/' }],
    ['a script', { origin: 'https://evil.example' }],
    ['a rebound name', { host: 'evil.example:7420' }],
  ])('%s cannot begin a sign-in', async (_name, headers) => {
    const answer = await oauth.authorize(clientId, {}, headers)
    expect(answer.status).toBe(403)
    expect(pending()).toBe(0)
  })

  test('a page that the person has listed can', async () => {
    const begun = await oauth.authorize(clientId, {}, { ...wholeTab, referer: 'http://localhost:6274/' })
    expect(begun.status).toBe(303)
    const waiting = (begun.headers.location ?? '').slice(oauth.origin.length)
    // A browser that is sent on says where it came from all the same.
    expect((await oauth.get(waiting, { ...wholeTab, referer: 'http://localhost:6274/' })).status).toBe(200)
    await person.question()
    await person.decide({ answer: 'allow' })
  })

  test('the pages cannot be framed, run nothing, post nothing and leak no address', async () => {
    const begun = await oauth.authorize(clientId)
    const page = await oauth.get((begun.headers.location ?? '').slice(oauth.origin.length))
    expect(page.headers['x-frame-options']).toBe('DENY')
    expect(page.headers['referrer-policy']).toBe('no-referrer')
    expect(page.headers['cache-control']).toBe('no-store')
    const policy = page.headers['content-security-policy'] ?? ''
    for (const part of ["default-src 'none'", "frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'"])
      expect(policy).toContain(part)
    expect(policy).not.toMatch(/unsafe|script-src/)
    await person.decide({ answer: 'allow' })
  })

  test('a form of another page gets no tokens', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' }
    for (const path of ['/token', '/revoke', '/register'])
      expect((await send(core.port, { path, headers, body: 'grant_type=refresh_token' })).status).toBe(403)
  })
})

describe('a flood', () => {
  test('of sign-ins of one program stops at two questions', async () => {
    const id = await oauth.clientId()
    const errors: Array<string | null> = []
    for (let at = 0; at < 5; at++) {
      const { location } = (await oauth.authorize(id)).headers
      errors.push(new URL(location ?? '').searchParams.get('error'))
    }
    expect(errors).toEqual([null, null, ...Array<string>(3).fill('temporarily_unavailable')])
    await vi.waitFor(() => expect(pending()).toBe(2))
    for (let at = 0; at < 2; at++) await person.decide({ answer: 'allow' })
  })
})

test('a program that calls itself like a client of the person gets none of its rules, and the question says what it does', async () => {
  const { secret } = core.key()
  const before = core.policy.get()
  const when = { client: 'claude', tool: 'http_request' }
  core.policy.set({ ...before, rules: [{ id: 'mine', then: 'allow', when }] })
  const impostor = await oauth.clientId({ client_name: 'cIaude', redirect_uris: [callback] })
  const begun = await oauth.authorize(impostor)
  expect((await person.question()).risks).toContainEqual({
    id: 'look-alike-name',
    text: 'It calls itself like your client “claude”, but did not come with its key.',
  })
  await person.decide({ answer: 'deny', reason: '' })
  await oauth.follow(begun)

  const twin = await oauth.clientId({ client_name: 'claude', redirect_uris: [callback] })
  const { access_token: token } = await person.signIn(twin)
  const request = { method: 'GET', url: `${core.upstream.url}/x`, reason: 'Read the issues.' }
  expect(messageOf(await calls.call(secret, 'http_request', request)).result).not.toHaveProperty('isError')
  const asked = calls.call(token, 'http_request', request)
  await person.decide({ answer: 'deny', reason: '' })
  expect(errorCode(await asked)).toBe('refused')
  // By its id the person can mean it.
  const { id } = core.signIns.of(twin) ?? { id: '' }
  core.policy.set({ ...before, rules: [{ id: 'mine', then: 'allow', when: { ...when, client: id } }] })
  expect(messageOf(await calls.call(token, 'http_request', request)).result).not.toHaveProperty('isError')
  core.policy.set(before)
})
