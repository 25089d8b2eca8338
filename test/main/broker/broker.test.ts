import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { Broker, type HttpRequestInput } from '../../../src/main/broker/broker.ts'
import { defaultPolicy } from '../../../src/main/policy/policy.ts'
import type { NetworkException } from '../../../src/shared/models/policy.ts'
import { makeLocalhostCertificate } from '../../support/tls.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'
import { certificate, serve, serveRaw, type Respond, type Upstream } from './upstream-servers.ts'

const secret = 'tok_/+"\\<&>_äöü_0123456789'
const never = new AbortController().signal
const open: Upstream[] = []
let store: TestVault
let itemId = ''
let network: NetworkException[] = []
let broker: Broker

beforeAll(async () => {
  store = await createTestVault()
  itemId = addItem('github', ['localhost', 'api.github.com', '*.example.com'])
  addItem('plain', [], 'x')
})
afterAll(() => store.cleanup())
beforeEach(() => {
  network = []
  broker = new Broker({ items: store.vault.items, vault: store.vault, policy: () => ({ ...defaultPolicy, network }) })
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

function addItem(name: string, hosts: string[], value = secret): string {
  return store.vault.items.add({ kind: 'api-key', name, hosts, userName: '', secret: value, notes: '' }).id
}

/** Starts a server, opens it in the policy and adds it to the item's hosts. */
async function upstream(
  respond: Respond,
  options: { plain?: boolean } = {},
): Promise<{ server: Upstream; url: string }> {
  const server = await serve(respond, options)
  open.push(server)
  allow(server.port)
  return { server, url: `${options.plain === true ? 'http' : 'https'}://localhost:${server.port}/path?q=1` }
}

function allow(port: number, more: Partial<NetworkException> = {}): void {
  network = [{ id: 'test', host: 'localhost', port, ca: certificate.ca, note: '', ...more }]
  store.vault.items.edit(itemId, {
    hosts: ['api.github.com', '*.example.com', `localhost:${port}`, `127.0.0.1:${port}`],
  })
}

function request(url: string, more: Partial<HttpRequestInput> = {}): HttpRequestInput {
  return {
    method: 'GET',
    url,
    headers: [{ name: 'Authorization', value: 'Bearer {{secret:github}}' }],
    body: null,
    ...more,
  }
}

const header = (server: Upstream, name: string): string | undefined => {
  const raw = server.seen[0]?.rawHeaders ?? []
  return raw[raw.findIndex((entry, index) => index % 2 === 0 && entry.toLowerCase() === name) + 1]
}

describe('preparing', () => {
  test('shows exactly what will be sent, with placeholders, and says what goes where', () => {
    const body = Buffer.from('{"token":"{{secret:github}}","text":"a"}')
    const prepared = broker.prepare(request('https://API.github.com:443/user#x', { method: 'post', body }))
    expect(prepared.host).toBe('api.github.com')
    expect(prepared.view).toEqual({
      method: 'POST',
      url: 'https://api.github.com/user',
      host: 'api.github.com',
      headers: [
        { name: 'Authorization', value: 'Bearer {{secret:github}}' },
        { name: 'User-Agent', value: 'Clawkeep' },
      ],
      body: { text: '{"token":"{{secret:github}}","text":"a"}', bytes: body.length, truncated: false },
    })
    expect(prepared.secrets).toEqual([
      { itemId, name: 'github', placement: 'header Authorization' },
      { itemId, name: 'github', placement: 'body' },
    ])
    expect(JSON.stringify(prepared)).not.toContain('tok_')
  })

  test('a body that the caller changes afterwards is not what is sent', () => {
    const body = Buffer.from('before')
    const prepared = broker.prepare(request('https://api.github.com/', { body }))
    body.write('after!')
    expect(prepared.input.body?.toString()).toBe('before')
  })

  test('a long body is shown up to 16 KiB, never half a character', () => {
    const { view } = broker.prepare(request('https://api.github.com/', { body: Buffer.from('a' + 'ä'.repeat(10_000)) }))
    expect(view.body).toMatchObject({ bytes: 20_001, truncated: true })
    expect(view.body?.text).toHaveLength(8192)
    expect(view.body?.text).not.toContain('\ufffd')
  })

  const refused: ReadonlyArray<[string, Partial<HttpRequestInput> & { url: string }, RegExp]> = [
    ['a secret in the URL', { url: 'https://api.github.com/?token={{secret:github}}' }, /URL/],
    ['a secret in the URL, percent-encoded', { url: 'https://api.github.com/?t=%7B%7bsecret%3agithub%7D%7D' }, /URL/],
    ['a secret in the host', { url: 'https://{{secret:github}}.evil.example/' }, /URL/],
    [
      'an unknown name',
      { url: 'https://api.github.com/', headers: [{ name: 'X', value: '{{secret:nope}}' }] },
      /no item named “nope”/,
    ],
    [
      'a name in other letters',
      { url: 'https://api.github.com/', headers: [{ name: 'X', value: '{{secret:GitHub}}' }] },
      /no item/,
    ],
    [
      'an item without hosts',
      { url: 'https://api.github.com/', headers: [{ name: 'X', value: '{{secret:plain}}' }] },
      /no hosts/,
    ],
    ['another host', { url: 'https://github.com/' }, /may not be sent to github.com/],
    ['a host that ends alike', { url: 'https://evilapi.github.com/' }, /may not be sent/],
    ['a host that begins alike', { url: 'https://api.github.com.evil.example/' }, /may not be sent/],
    ['the name above a wildcard', { url: 'https://example.com/' }, /may not be sent/],
    ['a name that ends like a wildcard', { url: 'https://evilexample.com/' }, /may not be sent/],
    ['another port', { url: 'https://api.github.com:8443/' }, /may not be sent to api.github.com:8443/],
    ['plain http', { url: 'http://api.github.com/' }, /never sent over http/],
    ['a look-alike host', { url: 'https://api.gіthub.com/' }, /may not be sent/],
  ]
  it.each(refused)('refuses %s', (_, { url, ...more }, words) => {
    expect(() => broker.prepare(request(url, more))).toThrow(
      expect.objectContaining({ code: 'refused', message: expect.stringMatching(words) }),
    )
  })

  test('a wildcard host takes the names below it', () => {
    expect(broker.prepare(request('https://a.b.example.com/')).secrets).toHaveLength(1)
  })

  test('a body over 1 MiB is too large', () => {
    const body = Buffer.alloc(1_048_577)
    expect(() => broker.prepare(request('https://api.github.com/', { body }))).toThrow(
      expect.objectContaining({ code: 'too_large' }),
    )
  })

  const risks: ReadonlyArray<[string, Partial<HttpRequestInput> & { url: string }, string[]]> = [
    ['reading', { url: 'https://api.github.com/' }, []],
    ['writing', { url: 'https://api.github.com/', method: 'POST' }, ['writes']],
    ['deleting', { url: 'https://api.github.com/', method: 'DELETE' }, ['deletes']],
    ['plain http', { url: 'http://news.test/', headers: [] }, ['plain-http']],
    ['this machine', { url: 'https://127.1/', headers: [] }, ['local-network']],
    ['a local name', { url: 'https://printer.local/', headers: [] }, ['local-network']],
    ['a Cyrillic letter', { url: 'https://api.gіthub.com/', headers: [] }, ['look-alike-host']],
    ['a digit for a letter', { url: 'https://api.g1thub.com/', headers: [] }, ['look-alike-host']],
    ['other letters', { url: 'https://bücher.test/', headers: [] }, ['look-alike-host']],
    ['mixed alphabets', { url: 'https://раypal.test/', headers: [] }, ['look-alike-host']],
    [
      'reordered text in the body',
      { url: 'https://a.test/', headers: [], body: Buffer.from('a\u202eb') },
      ['hidden-text'],
    ],
    [
      'zero width in a header',
      { url: 'https://a.test/', headers: [{ name: 'X', value: 'a\u200bb' }] },
      ['hidden-text'],
    ],
    ['an emoji family', { url: 'https://a.test/', headers: [], body: Buffer.from('👩‍👩‍👧 👍🏽') }, []],
  ]
  it.each(risks)('marks %s', (_, { url, ...more }, ids) => {
    expect(broker.prepare(request(url, more)).risks.map((risk) => risk.id)).toEqual(ids)
  })
})

describe('sending', () => {
  test('fills the secret in on the wire and takes it out of the answer, headers and body', async () => {
    const { server, url } = await upstream((_, response, body) => {
      const token = Buffer.from(secret).toString('latin1')
      response.setHeader('X-Echo', `seen ${token}`)
      response.setHeader('Set-Cookie', [`a=${encodeURIComponent(secret)}`, 'b=2'])
      response.end(
        Buffer.concat([
          body,
          Buffer.from(` ${Buffer.from(`user:${secret}`).toString('base64')} `),
          Buffer.from(JSON.stringify({ secret })),
        ]),
      )
    })
    const headers = [...request(url).headers, { name: 'Content-Type', value: 'application/json; charset=utf-8' }]
    const body = Buffer.from('{"token":"{{secret:github}}"}')
    const answer = await broker.send(broker.prepare(request(url, { method: 'POST', headers, body })), never)

    const seen = server.seen[0]
    expect(seen?.method).toBe('POST')
    expect(seen?.url).toBe('/path?q=1')
    expect(header(server, 'authorization')).toBe(`Bearer ${Buffer.from(secret).toString('latin1')}`)
    expect(JSON.parse(seen?.body.toString() ?? '')).toEqual({ token: secret })
    expect(header(server, 'host')).toBe(`localhost:${server.port}`)
    expect(header(server, 'content-length')).toBe(String(seen?.body.length))

    const text = answer.body.toString()
    expect(text).toContain('{"token":"[secret:github]"}')
    expect(answer.headers).toContainEqual({ name: 'X-Echo', value: 'seen [secret:github]' })
    expect(answer.headers.filter(({ name }) => name === 'Set-Cookie').map(({ value }) => value)).toEqual([
      'a=[secret:github]',
      'b=2',
    ])
    for (const piece of ['tok_', '0123456789', encodeURIComponent('äöü'), 'MDEyMzQ1']) {
      expect(text + JSON.stringify(answer.headers)).not.toContain(piece)
    }
  })

  test('sends nothing twice and nothing of its own but Host, Accept-Encoding, Connection', async () => {
    const { server, url } = await upstream((_, response) => response.end('ok'))
    await broker.send(
      broker.prepare(
        request(url, {
          headers: [
            { name: 'X-A', value: '1' },
            { name: 'Host', value: 'evil.example' },
          ],
        }),
      ),
      never,
    )
    const names = server.seen[0]?.rawHeaders.filter((_, index) => index % 2 === 0)
    expect(names).toEqual(['Host', 'Accept-Encoding', 'Connection', 'X-A', 'User-Agent'])
    expect(server.seen).toHaveLength(1)
  })

  test('writes a secret into a form so that it stays one value', async () => {
    const { server, url } = await upstream((_, response) => response.end())
    const headers = [{ name: 'Content-Type', value: 'application/x-www-form-urlencoded' }]
    await broker.send(
      broker.prepare(request(url, { method: 'POST', headers, body: Buffer.from('a=1&token={{secret:github}}') })),
      never,
    )
    expect(new URLSearchParams(server.seen[0]?.body.toString()).get('token')).toBe(secret)
  })

  test('a body that is not text is sent as it is', async () => {
    const { server, url } = await upstream((_, response) => response.end())
    const body = Buffer.concat([Buffer.from([0, 255, 128]), Buffer.from('{{secret:github}}'), Buffer.from([254])])
    await broker.send(broker.prepare(request(url, { method: 'PUT', headers: [], body })), never)
    expect(server.seen[0]?.body).toEqual(
      Buffer.concat([Buffer.from([0, 255, 128]), Buffer.from(secret), Buffer.from([254])]),
    )
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('finds the secret under %s, across chunks', async (encoding, compress) => {
    const { url } = await upstream((_, response) => {
      response.setHeader('Content-Encoding', encoding)
      const bytes = compress(Buffer.from(`a${secret}b`))
      for (const byte of bytes) response.write(Buffer.from([byte]))
      response.end()
    })
    const answer = await broker.send(broker.prepare(request(url)), never)
    expect(answer.body.toString()).toBe('a[secret:github]b')
    expect(answer.headers.some(({ name }) => /encoding/i.test(name))).toBe(false)
  })

  test('finds the secret across chunk borders, one byte at a time', async () => {
    const { url } = await upstream((_, response) => {
      const bytes = Buffer.from(`a${secret}b`)
      let at = 0
      const next = (): void => {
        if (at === bytes.length) return void response.end()
        response.write(bytes.subarray(at, ++at), () => setImmediate(next))
      }
      next()
    })
    expect((await broker.send(broker.prepare(request(url)), never)).body.toString()).toBe('a[secret:github]b')
  })

  test('a compression bomb costs one mebibyte', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1_048_576))
    const { url } = await upstream((_, response) => {
      response.setHeader('Content-Encoding', 'gzip')
      response.end(bomb)
    })
    const before = process.memoryUsage().rss
    const answer = await broker.send(broker.prepare(request(url)), never)
    expect(answer.body).toHaveLength(1_048_576)
    expect(answer.truncated).toBe(true)
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1_048_576)
  })

  test('an endless answer is cut and its connection closed', async () => {
    let closed = false
    const { url } = await upstream((_, response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(65_536, 'x')), 1)
      response.on('close', () => {
        clearInterval(timer)
        closed = true
      })
    })
    const answer = await broker.send(broker.prepare(request(url)), never)
    expect(answer).toMatchObject({ truncated: true })
    await expect.poll(() => closed).toBe(true)
  })

  it.each([
    [
      'an encoding nobody asked for',
      (response: Parameters<Respond>[1]) => response.setHeader('Content-Encoding', 'zstd').end('x'),
    ],
    [
      'two encodings',
      (response: Parameters<Respond>[1]) => response.setHeader('Content-Encoding', 'gzip, br').end('x'),
    ],
    [
      'gzip that is none',
      (response: Parameters<Respond>[1]) => response.setHeader('Content-Encoding', 'gzip').end('plain'),
    ],
    [
      'an inherited name',
      (response: Parameters<Respond>[1]) => response.setHeader('Content-Encoding', 'constructor').end('x'),
    ],
  ])('does not pass on %s, in which a secret could hide', async (_, respond) => {
    const { url } = await upstream((_request, response) => void respond(response))
    await expect(broker.send(broker.prepare(request(url)), never)).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('redirects are shown, not followed', async () => {
    const { server, url } = await upstream((_, response) =>
      response.writeHead(302, { Location: 'https://evil.example/' }).end(),
    )
    const answer = await broker.send(broker.prepare(request(url)), never)
    expect(answer.status).toBe(302)
    expect(answer.headers).toContainEqual({ name: 'Location', value: 'https://evil.example/' })
    expect(server.seen).toHaveLength(1)
  })

  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('%s with %i has no body and does not hang', async (method, status) => {
    const { url } = await upstream((_, response) => response.writeHead(status, { 'Content-Encoding': 'gzip' }).end())
    expect(await broker.send(broker.prepare(request(url, { method })), never)).toMatchObject({
      status,
      body: Buffer.alloc(0),
    })
  })
})

describe('where it may connect', () => {
  test('this machine is closed without an exception for exactly this host and port', async () => {
    const { server, url } = await upstream((_, response) => response.end())
    for (const exception of [[], [{ ...network[0], port: server.port + 1 }], [{ ...network[0], host: '127.0.0.1' }]]) {
      network = exception as NetworkException[]
      await expect(broker.send(broker.prepare(request(url, { headers: [] })), never)).rejects.toMatchObject({
        code: 'refused',
      })
    }
    expect(server.seen).toHaveLength(0)
  })

  test('an exception that was taken back after the question stops the request', async () => {
    const { server, url } = await upstream((_, response) => response.end())
    const prepared = broker.prepare(request(url))
    network = []
    await expect(broker.send(prepared, never)).rejects.toMatchObject({ code: 'refused' })
    expect(server.seen).toHaveLength(0)
  })

  test('a host that was taken from the item after the question stops the request', async () => {
    const { server, url } = await upstream((_, response) => response.end())
    const prepared = broker.prepare(request(url))
    store.vault.items.edit(itemId, { hosts: ['api.github.com'] })
    await expect(broker.send(prepared, never)).rejects.toMatchObject({ code: 'refused' })
    expect(server.seen).toHaveLength(0)
  })

  test('a name given to another item after the question still means the item that was shown', async () => {
    const { server, url } = await upstream((_, response) => response.end())
    const prepared = broker.prepare(request(url))
    store.vault.items.edit(itemId, { name: 'renamed' })
    const other = addItem('github', [`localhost:${server.port}`], 'the-bank-password')
    try {
      await broker.send(prepared, never)
      expect(JSON.stringify(server.seen)).not.toContain('the-bank-password')
    } finally {
      store.vault.items.remove(other)
      store.vault.items.edit(itemId, { name: 'github' })
    }
  })

  it.each([
    ['a private address', ['10.0.0.7']],
    ['a public and a local address', ['93.184.216.34', '127.0.0.1']],
    ['the metadata service', ['169.254.169.254']],
    ['a mapped loopback address', ['::ffff:127.0.0.1']],
    ['no address', []],
  ])('a name that leads to %s is refused', async (_, addresses) => {
    let asked = 0
    const careful = new Broker({
      items: store.vault.items,
      policy: () => defaultPolicy,
      resolve: async () => {
        asked++
        return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
      },
    })
    const code = addresses.length === 0 ? 'unavailable' : 'refused'
    await expect(
      careful.send(careful.prepare(request('https://a.example/', { headers: [] })), never),
    ).rejects.toMatchObject({ code })
    expect(asked).toBe(1)
  })

  test('a name server that changes its mind is asked once: the connection goes to the checked address, under the name', async () => {
    const named = makeLocalhostCertificate({ dns: ['rebind.example.com'], ip: [] })
    const server = await serve((_, response) => response.end('ok'), named)
    open.push(server)
    network = [{ id: 'x', host: 'rebind.example.com', port: server.port, ca: named.ca, note: '' }]
    store.vault.items.edit(itemId, { hosts: [`rebind.example.com:${server.port}`] })
    const answers = ['127.0.0.1', '192.0.2.1']
    const careful = new Broker({
      items: store.vault.items,
      policy: () => ({ ...defaultPolicy, network }),
      resolve: async () => [{ address: answers.shift() ?? '192.0.2.2', family: 4 }],
    })
    const answer = await careful.send(careful.prepare(request(`https://rebind.example.com:${server.port}/`)), never)
    expect(answer.body.toString()).toBe('ok')
    expect(answers).toHaveLength(1)
    expect(header(server, 'host')).toBe(`rebind.example.com:${server.port}`)
  })

  test('a proxy in the environment is not used', async () => {
    const { server, url } = await upstream((_, response) => response.end('direct'))
    const before = { ...process.env }
    Object.assign(process.env, {
      HTTPS_PROXY: 'http://127.0.0.1:9',
      https_proxy: 'http://127.0.0.1:9',
      ALL_PROXY: 'http://127.0.0.1:9',
      NODE_USE_ENV_PROXY: '1',
    })
    try {
      expect((await broker.send(broker.prepare(request(url)), never)).body.toString()).toBe('direct')
    } finally {
      process.env = before
    }
    expect(server.seen).toHaveLength(1)
  })
})

describe('certificates', () => {
  it.each([
    ['an authority nobody trusts', () => ({})],
    ['another authority than the one given', () => ({ ca: makeLocalhostCertificate().ca })],
  ])('%s: nothing is sent', async (_, more) => {
    const { server, url } = await upstream((_request, response) => response.end())
    network = [{ id: 'x', host: 'localhost', port: server.port, note: '', ...more() }]
    await expect(broker.send(broker.prepare(request(url)), never)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('certificate'),
    })
    expect(server.seen).toHaveLength(0)
  })

  test('a certificate for another name: nothing is sent', async () => {
    const other = makeLocalhostCertificate({ dns: ['other.example'], ip: [] })
    const server = await serve((_, response) => response.end(), other)
    open.push(server)
    allow(server.port, { ca: other.ca })
    await expect(
      broker.send(broker.prepare(request(`https://localhost:${server.port}/`)), never),
    ).rejects.toMatchObject({ code: 'unavailable' })
    expect(server.seen).toHaveLength(0)
  })

  test('NODE_TLS_REJECT_UNAUTHORIZED=0 changes nothing', async () => {
    const { server, url } = await upstream((_, response) => response.end())
    network = [{ id: 'x', host: 'localhost', port: server.port, note: '' }]
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      await expect(broker.send(broker.prepare(request(url)), never)).rejects.toMatchObject({ code: 'unavailable' })
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before
    }
  })

  test('an address is checked against the addresses of the certificate', async () => {
    const { server } = await upstream((_, response) => response.end('ok'))
    network = [{ id: 'x', host: '127.0.0.1', port: server.port, ca: certificate.ca, note: '' }]
    const answer = await broker.send(broker.prepare(request(`https://127.0.0.1:${server.port}/`)), never)
    expect(answer.body.toString()).toBe('ok')
  })

  test('plain http carries a secret only through an exception', async () => {
    const { server, url } = await upstream((_, response) => response.end('ok'), { plain: true })
    const prepared = broker.prepare(request(url))
    expect(prepared.risks.map((risk) => risk.id)).toEqual(['local-network', 'plain-http'])
    expect((await broker.send(prepared, never)).body.toString()).toBe('ok')
    expect(server.seen).toHaveLength(1)
  })
})

describe('when it goes wrong', () => {
  const brisk = (limits: { connectMs?: number; idleMs?: number; totalMs?: number }): Broker =>
    new Broker({ items: store.vault.items, vault: store.vault, policy: () => ({ ...defaultPolicy, network }), limits })

  async function raw(talk: Parameters<typeof serveRaw>[0]): Promise<string> {
    const server = await serveRaw(talk)
    open.push(server)
    allow(server.port)
    return `http://localhost:${server.port}/`
  }

  test('nobody listens', async () => {
    const { server, url } = await upstream((_, response) => response.end())
    await server.close()
    await expect(broker.send(broker.prepare(request(url)), never)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('refused'),
    })
  })

  test('a TLS handshake that never ends', async () => {
    const url = (await raw(() => undefined)).replace('http:', 'https:')
    await expect(brisk({ connectMs: 100 }).send(broker.prepare(request(url)), never)).rejects.toMatchObject({
      code: 'timeout',
    })
  })

  test('a server that goes silent', async () => {
    const url = await raw((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'))
    await expect(brisk({ idleMs: 100 }).send(broker.prepare(request(url)), never)).rejects.toMatchObject({
      code: 'timeout',
    })
  })

  test('a server that drips for ever', async () => {
    const url = await raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n')
      const timer = setInterval(() => socket.write('x'), 10)
      socket.on('close', () => clearInterval(timer))
    })
    await expect(brisk({ totalMs: 200 }).send(broker.prepare(request(url)), never)).rejects.toMatchObject({
      code: 'timeout',
    })
  })

  it.each([
    ['no HTTP', 'SSH-2.0-x\r\n'],
    ['a cut body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'],
    ['nothing', ''],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'],
    ['headers without an end', `HTTP/1.1 200 OK\r\n${'X-A: b\r\n'.repeat(10_000)}`],
  ])('a server that answers %s', async (_, answer) => {
    const url = await raw((socket) => socket.end(answer))
    const failing = broker.send(broker.prepare(request(url)), never)
    await expect(failing).rejects.toMatchObject({ code: 'unavailable' })
    await failing.catch((error: Error) => expect(error.message + String(error.cause)).not.toContain('tok_'))
  })

  test('the caller goes away: the connection ends at once', async () => {
    let closed = false
    const leaving = new AbortController()
    const { url } = await upstream((_, response) => {
      response.on('close', () => (closed = true))
      leaving.abort()
    })
    await expect(broker.send(broker.prepare(request(url)), leaving.signal)).rejects.toMatchObject({ code: 'cancelled' })
    await expect.poll(() => closed).toBe(true)
    await expect(broker.send(broker.prepare(request(url)), leaving.signal)).rejects.toMatchObject({ code: 'cancelled' })
  })

  test('a secret with a line break in it cannot become a header of its own', async () => {
    const { server, url } = await upstream((_, response) => response.end())
    const broken = addItem('broken', [`localhost:${server.port}`], 'tok\r\nX-Evil: 1')
    const prepared = broker.prepare(request(url, { headers: [{ name: 'X', value: '{{secret:broken}}' }] }))
    await expect(broker.send(prepared, never)).rejects.toMatchObject({
      code: 'refused',
      message: expect.not.stringContaining('tok'),
    })
    expect(server.seen).toHaveLength(0)
    store.vault.items.remove(broken)
  })

  test('a lock ends what is under way', async () => {
    const { url } = await upstream(() => store.vault.lock())
    await expect(broker.send(broker.prepare(request(url)), never)).rejects.toMatchObject({ code: 'locked' })
    expect(() => broker.prepare(request(url))).toThrow(expect.objectContaining({ code: 'locked' }))
    await store.vault.unlock(store.password)
  })
})
