import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/main/clock.ts'
import { ClientDocuments } from '../../../src/main/oauth/client-metadata.ts'
import type { NetworkException } from '../../../src/shared/models/policy.ts'
import { makeCertificate } from '../../support/tls.ts'

const { ca, cert, key } = makeCertificate('localhost')
let server: Server
let origin: string
let network: NetworkException[]
let seen: string[]
let answer: (request: IncomingMessage, response: ServerResponse) => void

beforeAll(async () => {
  server = createServer({ cert, key }, (request, response) => {
    seen.push(request.url ?? '')
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  origin = `https://localhost:${port}`
  network = [{ id: 'test', host: 'localhost', port, ca, note: '' }]
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  seen = []
})

const id = () => `${origin}/client.json`
const good = () => ({ client_id: id(), client_name: 'Claude Code', redirect_uris: ['http://localhost/callback'] })
const json = (value: unknown, type = 'application/json') => {
  answer = (_request, response) => response.writeHead(200, { 'content-type': type }).end(JSON.stringify(value))
}
const documents = (exceptions: ReadonlyArray<NetworkException> = network, address?: string): ClientDocuments =>
  new ClientDocuments({
    network: () => exceptions,
    clock: systemClock,
    ...(address === undefined ? {} : { resolve: async () => [{ address, family: address.includes(':') ? 6 : 4 }] }),
  })

test('a document says the name and the redirect addresses, and is asked for once in a while', async () => {
  json(good())
  const known = documents()
  for (let at = 0; at < 3; at++)
    expect(await known.get(id())).toEqual({ name: 'Claude Code', redirectUris: ['http://localhost/callback'] })
  expect(seen).toEqual(['/client.json'])
})

test('a member of a document that is null counts as absent', async () => {
  json({ ...good(), client_name: null, token_endpoint_auth_method: null, client_secret: null })
  expect(await documents().get(id())).toEqual({
    name: 'A program without a name',
    redirectUris: ['http://localhost/callback'],
  })
})

describe('nothing is fetched for', () => {
  test.each<[name: string, clientId: string, address?: string]>([
    ['loopback by name', 'https://localhost/client.json'],
    ['loopback by address', 'https://127.0.0.1/client.json'],
    ['loopback in IPv6', 'https://[::1]/client.json'],
    ['the local network', 'https://192.168.0.1/client.json'],
    ['the metadata service of a cloud', 'https://169.254.169.254/client.json'],
    ['a name that leads to loopback', 'https://evil.example/client.json', '127.0.0.1'],
    ['a name that leads to a cloud’s metadata', 'https://evil.example/client.json', '169.254.169.254'],
    ['a name that leads to loopback as IPv4 in IPv6', 'https://evil.example/client.json', '::ffff:127.0.0.1'],
    ['plain http', 'http://evil.example/client.json'],
    ['a file', 'file:///etc/passwd'],
    ['no path', 'https://evil.example/'],
    ['a user name', 'https://user@evil.example/client.json'],
    ['a fragment', 'https://evil.example/client.json#x'],
    ['dots in the path', 'https://evil.example/a/../client.json'],
    ['capitals in the host', 'https://EVIL.example/client.json'],
    ['an endless address', `https://evil.example/${'a'.repeat(1000)}`],
  ])('%s', async (_name, clientId, address) => {
    await expect(documents([], address).get(clientId)).rejects.toMatchObject({ code: 'invalid_client' })
    expect(seen).toEqual([])
  })
})

describe('a document is not believed that', () => {
  test.each<[name: string, document: (own: ReturnType<typeof good>) => unknown]>([
    ['is another program’s', (own) => ({ ...own, client_id: 'https://claude.ai/client.json' })],
    ['says no id', (own) => ({ ...own, client_id: undefined })],
    ['names no redirect', (own) => ({ ...own, redirect_uris: [] })],
    ['names script as redirect', (own) => ({ ...own, redirect_uris: ['javascript:alert(1)'] })],
    ['holds a secret', (own) => ({ ...own, client_secret: 'x' })],
    ['wants to prove itself by a secret', (own) => ({ ...own, token_endpoint_auth_method: 'client_secret_post' })],
    ['is a list', (own) => [own]],
  ])('%s', async (_name, document) => {
    json(document(good()))
    await expect(documents().get(id())).rejects.toMatchObject({ code: 'invalid_client' })
  })

  test.each<[name: string, send: typeof answer]>([
    ['comes by a redirect', (_request, response) => response.writeHead(302, { location: `${origin}/other` }).end()],
    ['is a page', (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('{}')],
    ['is not there', (_request, response) => response.writeHead(404).end()],
    ['is no JSON', (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{')],
    [
      'is huge',
      (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(' '.repeat(100_000)),
    ],
  ])('%s', async (_name, send) => {
    answer = send
    await expect(documents().get(id())).rejects.toMatchObject({ code: 'invalid_client' })
    expect(seen).toEqual(['/client.json'])
  })

  test('never comes: the wait ends after six seconds', async () => {
    answer = () => undefined
    const startedMs = performance.now()
    await expect(documents().get(id())).rejects.toMatchObject({ code: 'invalid_client' })
    expect(performance.now() - startedMs).toBeLessThan(8000)
  })

  test('comes with a certificate that nobody vouches for', async () => {
    json(good())
    const without = network.map(({ id: name, host, port, note }) => ({ id: name, host, port, note }))
    await expect(documents(without).get(id())).rejects.toMatchObject({ code: 'invalid_client' })
    expect(seen).toEqual([])
  })
})
