import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'
import { oauthAt, oauthError } from '../../support/oauth.ts'

let core: McpCore
let oauth: ReturnType<typeof oauthAt>

beforeEach(async () => {
  core = await startMcpCore()
  oauth = oauthAt(core)
})
afterEach(() => core.close())

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
  for (let at = 0; at < 20; at++) expect((await oauth.register()).status).toBe(201)
  const answer = await oauth.register()
  expect(oauthError(answer)).toEqual([429, 'temporarily_unavailable'])
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(3500)
})
