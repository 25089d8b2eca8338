import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { personAt } from '../../support/consent.ts'
import { type McpCore, password, startMcpCore } from '../../support/mcp.ts'
import { oauthClients, ProgramSide } from '../../support/oauth-clients.ts'
import { oauthAt, oauthError, tokensOf } from '../../support/oauth.ts'

let core: McpCore
let oauth: ReturnType<typeof oauthAt>

beforeAll(async () => {
  core = await startMcpCore({ door: { trustedProxies: ['127.0.0.1'] } })
  oauth = oauthAt(core)
})
afterAll(() => core.close())

const redirects = ['http://127.0.0.1:33418/callback']

test('a program gets a public client, whatever it asked to be', async () => {
  const answer = await oauth.register({
    redirect_uris: redirects,
    client_name: 'Windsurf',
    token_endpoint_auth_method: 'client_secret_basic',
    logo_uri: 'http://127.0.0.1:1/logo.png',
    client_id: 'mine',
  })
  expect(answer.status).toBe(201)
  const client = JSON.parse(answer.text) as Record<string, unknown>
  expect(client).toMatchObject({
    token_endpoint_auth_method: 'none',
    redirect_uris: redirects,
    client_name: 'Windsurf',
  })
  expect(client['client_id']).toMatch(/^oc_cl_[0-9a-f]{32}$/)
  expect(client).not.toHaveProperty('client_secret')
})

test('a member that is null counts as absent, as serializers write it', async () => {
  const absent = { client_name: null, grant_types: null, response_types: null, scope: null, client_uri: null }
  const answer = await oauth.register({ redirect_uris: redirects, ...absent })
  expect(answer.status).toBe(201)
  expect(JSON.parse(answer.text)).toMatchObject({ client_name: 'A program without a name', redirect_uris: redirects })
})

describe('hostile metadata', () => {
  test.each<[name: string, metadata: unknown, status: number, error: string]>([
    ['nothing', {}, 400, 'invalid_redirect_uri'],
    ['no JSON', 'redirect_uris=x', 400, 'invalid_client_metadata'],
    ['a list', [], 400, 'invalid_client_metadata'],
    ['null', 'null', 400, 'invalid_client_metadata'],
    ['no redirect', { redirect_uris: [] }, 400, 'invalid_redirect_uri'],
    ['a redirect that is no list', { redirect_uris: redirects[0] }, 400, 'invalid_redirect_uri'],
    ['eleven redirects', { redirect_uris: Array<string>(11).fill(redirects[0] ?? '') }, 400, 'invalid_redirect_uri'],
    ['one bad among good', { redirect_uris: [...redirects, 'javascript:1'] }, 400, 'invalid_redirect_uri'],
    ['a list that is null', { redirect_uris: null }, 400, 'invalid_redirect_uri'],
    ['null among good', { redirect_uris: [...redirects, null] }, 400, 'invalid_redirect_uri'],
    ['a wildcard', { redirect_uris: ['https://*.evil.example/'] }, 400, 'invalid_redirect_uri'],
    [
      'a name of 2,000 letters',
      { redirect_uris: redirects, client_name: 'a'.repeat(2000) },
      400,
      'invalid_client_metadata',
    ],
    ['a name that is no text', { redirect_uris: redirects, client_name: { $ne: 1 } }, 400, 'invalid_client_metadata'],
    ['another flow', { redirect_uris: redirects, grant_types: ['implicit'] }, 400, 'invalid_client_metadata'],
  ])('%s is refused', async (_name, metadata, status, error) => {
    expect(oauthError(await oauth.register(metadata))).toEqual([status, error])
  })

  test('a huge one is not read to its end', async () => {
    const answer = await oauth.register({ redirect_uris: redirects, client_name: 'a'.repeat(20_000) })
    expect(answer.status).toBe(413)
  })
})

test('the 21st program of one source in an hour is told when to come again', async () => {
  const from = (at: number) => ({ 'x-forwarded-for': `198.51.100.7:${at}` })
  for (let at = 1; at <= 20; at++) expect((await oauth.register(undefined, from(at))).status).toBe(201)
  const answer = await oauth.register(undefined, from(21))
  expect(oauthError(answer)).toEqual([429, 'temporarily_unavailable'])
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(3500)
})

test('a flood of programs from many addresses does not push out the one that waits for the person', async () => {
  const waits = await oauth.clientId()
  const begun = await oauth.authorize(waits)
  const person = personAt(core)
  const { id } = await person.question()
  for (let at = 0; at < 220; at++)
    expect((await oauth.register(undefined, { 'x-forwarded-for': `192.0.2.${Math.floor(at / 10)}` })).status).toBe(201)
  await core.approvals.decide(id, { answer: 'allow' }, 'window')
  const code = (await oauth.follow(begun)).searchParams.get('code') ?? ''
  tokensOf(await oauth.exchange(waits, code))
  // Still there to sign in once more.
  const again = await oauth.authorize(waits)
  expect((await person.decide({ answer: 'deny', reason: '' })).consent?.clientId).toBe(waits)
  await oauth.follow(again)
})

test.each(oauthClients)('%s whose registration is gone registers anew and signs in', async (_name, client) => {
  const program = new ProgramSide()
  const person = personAt(core)
  const signIn = async (): Promise<void> => {
    await expect(client.connect(core.url, program)).rejects.toThrow(/unauthorized/i)
    const browsing = program.browse()
    await person.decide({ answer: 'allow' })
    await client.finish(core.url, program, await browsing)
    const signedIn = await client.connect(core.url, program)
    expect(await signedIn.tools()).toContain('openclaw_status')
    await signedIn.close()
  }
  await signIn()
  const before = program.clientInformation()?.client_id
  core.signIns.revoke(core.signIns.list()[0]?.id ?? '')
  for (const { id } of core.vault.records.list('oauth-client')) core.vault.records.remove('oauth-client', id)
  core.vault.lock()
  await core.vault.unlock(password)
  await signIn()
  expect(program.clientInformation()?.client_id).not.toBe(before)
})
