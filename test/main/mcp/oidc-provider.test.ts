import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Oidc from 'oidc-provider'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ChangeEvents } from '../../../src/main/change-events.ts'
import { systemClock } from '../../../src/main/clock.ts'
import { Introspector } from '../../../src/main/mcp/introspector.ts'
import { ProviderStore } from '../../../src/main/mcp/provider-store.ts'
import { ProviderInput } from '../../../src/shared/models/provider.ts'
import { personAt } from '../../support/consent.ts'
import { messageOf, send } from '../../support/http.ts'
import { callsTo } from '../../support/mcp-calls.ts'
import { clients, type McpCore, password, startMcpCore } from '../../support/mcp.ts'
import { oauthAt } from '../../support/oauth.ts'
import { oauthClients, ProgramSide } from '../../support/oauth-clients.ts'

// A real authorization server (oidc-provider) issues the tokens; nothing of its answers is made up.

const scope = 'openclaw:read mcp:access mcp:read mcp:chat'

let server: Server
let issuer: string
let core: McpCore
let store: ProviderStore

beforeAll(async () => {
  server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const own = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] }
  const oidc = new Oidc(issuer, {
    clients: [
      { ...own, client_id: 'agent', client_secret: 'agent-secret', scope },
      { ...own, client_id: 'clawkeep', client_secret: 'clawkeep-secret' },
      {
        client_id: 'desktop',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: [new ProgramSide().redirectUrl],
        // Whatever else is asked for is refused: invalid_scope.
        scope: 'mcp:access mcp:read mcp:chat',
      },
    ],
    scopes: scope.split(' '),
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    loadExistingGrant: async ({ oidc: { provider, client, session, params } }) => {
      const grant = new provider.Grant({ clientId: client?.clientId ?? '', accountId: session?.accountId ?? '' })
      grant.addOIDCScope(String(params?.['scope']))
      grant.addResourceScope(String(params?.['resource']), String(params?.['scope']))
      await grant.save()
      return grant
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true },
      introspection: { enabled: true, allowedPolicy: async () => true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: async (_context, resource) => ({
          scope,
          audience: resource,
          accessTokenFormat: 'opaque',
          accessTokenTTL: 300,
        }),
      },
    },
  })
  const answer = oidc.callback()
  // Ada says yes to everything.
  const yes = { login: { accountId: 'ada' }, consent: {} }
  server.on('request', (request, response) => {
    const isQuestion = request.url?.startsWith('/interaction/') === true
    const answered = isQuestion ? oidc.interactionFinished(request, response, yes) : answer(request, response)
    void answered.catch(() => response.destroy())
  })

  const made: { introspector?: Introspector } = {}
  core = await startMcpCore({
    limits: { badCredentials: 1000 },
    elsewhere: () => store.elsewhere(),
    verifier: {
      accepts: (token) => made.introspector?.accepts(token) === true,
      scopeNames: (wanted) => made.introspector?.scopeNames(wanted) ?? wanted,
      check: (token, use) => made.introspector?.check(token, use) ?? Promise.reject(new Error('Too early')),
    },
  })
  store = new ProviderStore({ records: core.vault.records, vault: core.vault, events: new ChangeEvents() })
  made.introspector = new Introspector({ source: store, clock: systemClock })
})
beforeEach(() => store.set(input()))
afterAll(async () => {
  await core.close()
  server.closeAllConnections()
  server.close()
})

function input(more: Partial<ProviderInput> = {}): ProviderInput {
  return ProviderInput.parse({
    introspectionEndpoint: `${issuer}/token/introspection`,
    clientId: 'clawkeep',
    clientSecret: 'clawkeep-secret',
    issuer,
    ...more,
  })
}

async function tokenFor(resource: string, scope: string): Promise<string> {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('agent:agent-secret').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope }),
  })
  return ((await answer.json()) as { access_token: string }).access_token
}

const mapped: ProviderInput['scopeMap'] = { 'mcp:read': ['openclaw:read'], 'mcp:chat': ['openclaw:write'] }

const post = (token: string) =>
  send(core.port, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
  })

describe('tokens of a real provider', () => {
  test.each(clients)('open the door to %s', async (_name, connect) => {
    const client = await connect(core, await tokenFor(core.url, 'openclaw:read'))
    expect((await client.tools()).map(({ name }) => name)).toContain('openclaw_instances')
    expect((await client.call('openclaw_instances')).isError).not.toBe(true)
    await client.close()
  })

  test('made for another server do not', async () => {
    expect((await post(await tokenFor('https://other.example/mcp', 'openclaw:read'))).status).toBe(401)
  })

  test('that were revoked do not once they are asked about anew', async () => {
    const token = await tokenFor(core.url, 'openclaw:read')
    await fetch(`${issuer}/token/revocation`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('agent:agent-secret').toString('base64')}` },
      body: new URLSearchParams({ token }),
    })
    expect((await post(token)).status).toBe(401)
  })

  test('with a scope of the provider’s own allow what the person has mapped it to', async () => {
    const token = await tokenFor(core.url, 'mcp:chat')
    expect((await post(token)).status).toBe(403)
    await store.set(input({ scopeMap: { 'mcp:chat': ['openclaw:write'] } }))
    const { tools } = (messageOf(await post(token)).result ?? {}) as { tools?: ReadonlyArray<{ name: string }> }
    expect(tools?.map(({ name }) => name)).toContain('openclaw_chat')
  })

  test('without a required scope are refused and told which', async () => {
    await store.set(input({ requiredScopes: ['openclaw:read', 'mcp:chat'] }))
    expect((await post(await tokenFor(core.url, 'openclaw:read'))).headers['www-authenticate']).toContain('mcp:chat')
    expect((await post(await tokenFor(core.url, 'openclaw:read mcp:chat'))).status).toBe(200)
  })

  test.each(oauthClients)(
    'are asked for under the provider’s names by %s, from the metadata on',
    async (_name, client) => {
      const names = { requiredScopes: ['mcp:access'], scopeMap: mapped }
      await store.set(input(names))
      const program = new ProgramSide()
      program.saveClientInformation({ client_id: 'desktop' })
      await expect(client.connect(core.url, program)).rejects.toThrow(/unauthorized/i)
      const back = await program.browse()
      expect(back.get('error_description')).toBeNull()
      await client.finish(core.url, program, back)
      const signedIn = await client.connect(core.url, program)
      expect(await signedIn.tools()).toContain('openclaw_chat')
      await signedIn.close()
    },
  )

  test.each<[granted: string, tool: string | null, wanted: string]>([
    // One after the other, each answer once sent the program for the other half alone.
    ['openclaw:read', null, 'mcp:access mcp:read'],
    ['mcp:access', null, 'mcp:access mcp:read'],
    ['mcp:chat', null, 'mcp:access mcp:chat'],
    ['mcp:access mcp:read', 'openclaw_chat', 'mcp:access mcp:read mcp:chat'],
    ['mcp:access mcp:read', 'secrets_list', 'mcp:access mcp:read secrets:list'],
  ])('with %s, for %s, are told all that the next one needs: %s', async (granted, tool, wanted) => {
    await store.set(input({ requiredScopes: ['mcp:access'], scopeMap: mapped }))
    const token = await tokenFor(core.url, granted)
    const answer = tool === null ? await post(token) : await callsTo(core).call(token, tool)
    expect([answer.status, / scope="([^"]*)"/.exec(answer.headers['www-authenticate'] ?? '')?.[1]]).toEqual([
      403,
      wanted,
    ])
  })

  test('are not needed by a program that signs in here and asks under the provider’s names', async () => {
    await store.set(input({ requiredScopes: ['mcp:access'], scopeMap: mapped }))
    const oauth = oauthAt(core)
    const begun = await oauth.authorize(await oauth.clientId(), { scope: 'mcp:access mcp:read mcp:chat' })
    const person = personAt(core)
    const asked = (await person.question()).consent?.scopes.map((line) => line.scope)
    expect(asked).toEqual(['openclaw:read', 'openclaw:write'])
    await person.decide({ answer: 'deny', reason: '' })
    await oauth.follow(begun)
  })

  test('that nobody issued are nobody’s', async () => {
    expect((await post('made-up')).status).toBe(401)
  })
})

describe('the settings of a provider', () => {
  test('with a wrong secret or address are refused, and the old ones stay', async () => {
    await expect(store.set(input({ clientSecret: 'wrong' }))).rejects.toThrow('does not accept Clawkeep')
    await expect(store.set(input({ introspectionEndpoint: `${issuer}/nothing` }))).rejects.toThrow('status 404')
    await expect(store.set(input({ introspectionEndpoint: 'http://127.0.0.1:1/' }))).rejects.toThrow(
      'cannot be reached',
    )
    expect((await post(await tokenFor(core.url, 'openclaw:read'))).status).toBe(200)
  })

  test('keep the secret when nothing else is written, but never send it to another address', async () => {
    const { clientSecret: _, ...rest } = input()
    await store.set({ ...rest, requiredScopes: ['openclaw:read'] })
    await expect(store.set({ ...rest, introspectionEndpoint: `${issuer}/other` })).rejects.toThrow('secret is missing')
    expect(JSON.stringify(store.view())).not.toContain('clawkeep-secret')
  })

  test('are sealed with the vault, and gone when they are removed', async () => {
    const token = await tokenFor(core.url, 'openclaw:read')
    core.vault.lock()
    expect((await post(token)).status).toBe(503)
    expect(() => store.view()).toThrow('locked')
    await expect(store.set(input())).rejects.toMatchObject({ code: 'locked' })
    await core.vault.unlock(password)
    expect((await post(token)).status).toBe(200)
    store.remove()
    expect((await post(token)).status).toBe(401)
  })

  test('take no provider that vouches for anything', async () => {
    const liar = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"active":true,"client_id":"x"}'),
    )
    await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve))
    const { port } = liar.address() as AddressInfo
    const address = { introspectionEndpoint: `http://127.0.0.1:${port}/` }
    await expect(store.set(input(address))).rejects.toThrow('just made up')
    liar.close()
  })

  test.each([
    ['http://id.example/introspect', 'https://'],
    ['https://user:pw@id.example/introspect', 'https://'],
    ['file:///etc/passwd', 'https://'],
    ['id.example', 'https://'],
  ])('do not name %s', (introspectionEndpoint, words) => {
    const parsed = ProviderInput.safeParse({ ...input(), introspectionEndpoint })
    expect(parsed.error?.issues[0]?.message).toContain(words)
  })
})
