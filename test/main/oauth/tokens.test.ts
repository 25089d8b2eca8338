import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../../src/main/clock.ts'
import { SignIns } from '../../../src/main/oauth/sign-ins.ts'
import { personAt } from '../../support/consent.ts'
import { messageOf } from '../../support/http.ts'
import { callsTo } from '../../support/mcp-calls.ts'
import { type McpCore, password, startMcpCore } from '../../support/mcp.ts'
import { oauthAt, oauthError, tokensOf } from '../../support/oauth.ts'

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

test('a refresh token is traded for a new pair; the access tokens before it live on until their time', async () => {
  const clientId = await oauth.clientId()
  const first = await person.signIn(clientId)
  const second = tokensOf(await oauth.refresh(clientId, first.refresh_token))
  expect(second.refresh_token).not.toBe(first.refresh_token)
  for (const { access_token } of [first, second]) expect((await calls.post(access_token, 'ping')).status).toBe(200)
})

test('two requests of one client that refresh at the same moment both go on', async () => {
  const clientId = await oauth.clientId()
  const { refresh_token } = await person.signIn(clientId)
  const [one, other] = await Promise.all([
    oauth.refresh(clientId, refresh_token),
    oauth.refresh(clientId, refresh_token),
  ])
  const pairs = [tokensOf(one), tokensOf(other)]
  for (const pair of pairs) expect((await calls.post(pair.access_token, 'ping')).status).toBe(200)
  expect(tokensOf(await oauth.refresh(clientId, pairs[0]?.refresh_token ?? '')).scope).not.toBe('')
})

test('while locked an access token is told "locked" and a refresh is put off; nothing is lost', async () => {
  const clientId = await oauth.clientId()
  const { access_token, refresh_token } = await person.signIn(clientId)
  core.vault.lock()
  const answer = await calls.call(access_token, 'secrets_list')
  expect(answer.status).toBe(200)
  expect(messageOf(answer).result).toMatchObject({ structuredContent: { error: { code: 'locked' } } })
  const off = await oauth.refresh(clientId, refresh_token)
  expect(oauthError(off)).toEqual([503, 'temporarily_unavailable'])
  expect(Number(off.headers['retry-after'])).toBeGreaterThan(0)
  await core.vault.unlock(password)
  expect(tokensOf(await oauth.refresh(clientId, refresh_token)).scope).not.toBe('')
})

test('survive a restart, also while locked, and are nowhere in the clear on disk', async () => {
  const clientId = await oauth.clientId()
  const tokens = await person.signIn(clientId)
  core.vault.lock()
  const restarted = new SignIns({
    records: core.vault.records,
    vault: core.vault,
    clock: systemClock,
    events: core.events,
    settings: { get: () => ({ accessTokenMinutes: 30 }) },
  })
  const use = { resource: `${oauth.origin}/mcp` }
  expect(restarted.check(tokens.access_token, use)).toMatchObject({ ok: true, client: { name: '' } })
  await core.vault.unlock(password)
  expect(restarted.check(tokens.access_token, use)).toMatchObject({ ok: true, client: { name: 'Cursor' } })
  restarted.dispose()
  for (const file of readdirSync(core.home)) {
    const bytes = readFileSync(`${core.home}/${file}`).toString('latin1')
    for (const token of [tokens.access_token, tokens.refresh_token]) expect(bytes).not.toContain(token.slice(-40))
  }
})

test('revoked by the person: the open call ends, the token and its refresh are dead', async () => {
  core.assistant.wordMs = 60_000
  const clientId = await oauth.clientId()
  const { access_token, refresh_token } = await person.signIn(clientId)
  const open = calls.call(access_token, 'openclaw_chat', { message: 'x' })
  await expect.poll(() => core.assistant.chats.length).toBe(1)
  const [signedIn] = core.signIns.list()
  core.signIns.revoke(signedIn?.id ?? '')
  expect(JSON.stringify(messageOf(await open))).toContain('revoked')
  const refused = await calls.post(access_token, 'ping')
  expect(refused.status).toBe(401)
  expect(refused.headers['www-authenticate']).toContain('error="invalid_token"')
  expect(oauthError(await oauth.refresh(clientId, refresh_token))).toEqual([400, 'invalid_grant'])
  expect(core.signIns.list()).toMatchObject([{ state: 'revoked', revokedBecause: 'person' }])
})

test('given back by the program (RFC 7009): all of its family is dead; an unknown token is fine', async () => {
  const clientId = await oauth.clientId()
  const { access_token, refresh_token } = await person.signIn(clientId)
  expect((await oauth.revoke(clientId, 'oc_rt_unknown')).status).toBe(200)
  expect((await oauth.revoke(clientId, refresh_token)).status).toBe(200)
  expect((await calls.post(access_token, 'ping')).status).toBe(401)
  expect(core.signIns.list()).toMatchObject([{ state: 'revoked', revokedBecause: 'client' }])
})

test('a dead access token is no bad attempt: the client is told each time and never made to wait', async () => {
  const clientId = await oauth.clientId()
  const { refresh_token, access_token } = await person.signIn(clientId)
  await oauth.revoke(clientId, refresh_token)
  for (let at = 0; at < 8; at++) expect((await calls.post(access_token, 'ping')).status).toBe(401)
})

test('every step is in the log, by ids alone', async () => {
  const clientId = await oauth.clientId()
  const { refresh_token } = await person.signIn(clientId)
  tokensOf(await oauth.refresh(clientId, refresh_token))
  await core.audit.flush()
  const { entries } = core.audit.list({ limit: 50 })
  const kinds = entries.filter(({ phase }) => phase !== 'open').map(({ kind }) => kind)
  expect(kinds.toReversed()).toEqual(
    expect.arrayContaining(['client.register', 'approval.ask', 'approval.decide', 'client.sign-in', 'client.refresh']),
  )
  expect(JSON.stringify(entries)).not.toMatch(/Cursor|oc_[ar]t_|oc_ac_/)
})
