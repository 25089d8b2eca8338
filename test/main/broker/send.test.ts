import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it, test } from 'vitest'
import { BrokerBench, headerSeen, request, secret } from './broker-bench.ts'
import type { Respond } from './upstream-servers.ts'

const never = new AbortController().signal
const bench = BrokerBench.use()

describe('sending', () => {
  test('fills the secret in on the wire and takes it out of the answer, headers and body', async () => {
    const { server, url } = await bench.upstream((_, response, body) => {
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
    const answer = await bench.broker.send(bench.broker.prepare(request(url, { method: 'POST', headers, body })), never)

    const seen = server.seen[0]
    expect(seen?.method).toBe('POST')
    expect(seen?.url).toBe('/path?q=1')
    expect(headerSeen(server, 'authorization')).toBe(`Bearer ${Buffer.from(secret).toString('latin1')}`)
    expect(JSON.parse(seen?.body.toString() ?? '')).toEqual({ token: secret })
    expect(headerSeen(server, 'host')).toBe(`localhost:${server.port}`)
    expect(headerSeen(server, 'content-length')).toBe(String(seen?.body.length))

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
    const { server, url } = await bench.upstream((_, response) => response.end('ok'))
    await bench.broker.send(
      bench.broker.prepare(
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
    const { server, url } = await bench.upstream((_, response) => response.end())
    const headers = [{ name: 'Content-Type', value: 'application/x-www-form-urlencoded' }]
    await bench.broker.send(
      bench.broker.prepare(request(url, { method: 'POST', headers, body: Buffer.from('a=1&token={{secret:github}}') })),
      never,
    )
    expect(new URLSearchParams(server.seen[0]?.body.toString()).get('token')).toBe(secret)
  })

  test('a body that is not text is sent as it is', async () => {
    const { server, url } = await bench.upstream((_, response) => response.end())
    const body = Buffer.concat([Buffer.from([0, 255, 128]), Buffer.from('{{secret:github}}'), Buffer.from([254])])
    await bench.broker.send(bench.broker.prepare(request(url, { method: 'PUT', headers: [], body })), never)
    expect(server.seen[0]?.body).toEqual(
      Buffer.concat([Buffer.from([0, 255, 128]), Buffer.from(secret), Buffer.from([254])]),
    )
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
  ] as const)('finds the secret under %s, across chunks', async (encoding, compress) => {
    const { url } = await bench.upstream((_, response) => {
      response.setHeader('Content-Encoding', encoding)
      const bytes = compress(Buffer.from(`a${secret}b`))
      for (const byte of bytes) response.write(Buffer.from([byte]))
      response.end()
    })
    const answer = await bench.broker.send(bench.broker.prepare(request(url)), never)
    expect(answer.body.toString()).toBe('a[secret:github]b')
    expect(answer.headers.some(({ name }) => /encoding/i.test(name))).toBe(false)
  })

  test('finds the secret across chunk borders, one byte at a time', async () => {
    const { url } = await bench.upstream((_, response) => {
      const bytes = Buffer.from(`a${secret}b`)
      let at = 0
      const next = (): void => {
        if (at === bytes.length) return void response.end()
        response.write(bytes.subarray(at, ++at), () => setImmediate(next))
      }
      next()
    })
    expect((await bench.broker.send(bench.broker.prepare(request(url)), never)).body.toString()).toBe(
      'a[secret:github]b',
    )
  })

  test('a compression bomb costs one mebibyte', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1_048_576))
    const { url } = await bench.upstream((_, response) => {
      response.setHeader('Content-Encoding', 'gzip')
      response.end(bomb)
    })
    const before = process.memoryUsage().rss
    const answer = await bench.broker.send(bench.broker.prepare(request(url)), never)
    expect(answer.body).toHaveLength(1_048_576)
    expect(answer.truncated).toBe(true)
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1_048_576)
  })

  test('an endless answer is cut and its connection closed', async () => {
    let closed = false
    const { url } = await bench.upstream((_, response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(65_536, 'x')), 1)
      response.on('close', () => {
        clearInterval(timer)
        closed = true
      })
    })
    const answer = await bench.broker.send(bench.broker.prepare(request(url)), never)
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
    const { url } = await bench.upstream((_request, response) => void respond(response))
    await expect(bench.broker.send(bench.broker.prepare(request(url)), never)).rejects.toMatchObject({
      code: 'unavailable',
      hint: expect.stringContaining('may have arrived all the same') as string,
    })
  })

  it.each([
    ['gzip', 200],
    ['br', 200],
    ['deflate', 201],
    ['zstd', 200],
    ['gzip', 205],
    ['gzip', 302],
  ])('an answer that names %s and has no body (%i) is one', async (encoding, status) => {
    const { url } = await bench.upstream((_, response) =>
      response.writeHead(status, { 'Content-Encoding': encoding, 'Content-Length': 0 }).end(),
    )
    expect(await bench.broker.send(bench.broker.prepare(request(url, { method: 'POST' })), never)).toMatchObject({
      status,
      body: Buffer.alloc(0),
      truncated: false,
    })
  })

  test('redirects are shown, not followed', async () => {
    const { server, url } = await bench.upstream((_, response) =>
      response.writeHead(302, { Location: 'https://evil.example/' }).end(),
    )
    const answer = await bench.broker.send(bench.broker.prepare(request(url)), never)
    expect(answer.status).toBe(302)
    expect(answer.headers).toContainEqual({ name: 'Location', value: 'https://evil.example/' })
    expect(server.seen).toHaveLength(1)
  })

  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('%s with %i has no body and does not hang', async (method, status) => {
    const { url } = await bench.upstream((_, response) =>
      response.writeHead(status, { 'Content-Encoding': 'gzip' }).end(),
    )
    expect(await bench.broker.send(bench.broker.prepare(request(url, { method })), never)).toMatchObject({
      status,
      body: Buffer.alloc(0),
    })
  })
})
