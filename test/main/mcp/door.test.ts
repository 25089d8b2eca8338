import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type Outgoing, messageOf, send, sendRaw } from '../../support/http.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'

let core: McpCore
let secret: string

beforeAll(async () => {
  core = await startMcpCore({
    limits: { perSecond: 1000, burst: 1000, bodyTimeoutMs: 300, headersTimeoutMs: 1000, requestTimeoutMs: 2000 },
    door: { origins: ['https://app.example'] },
  })
  secret = core.key().secret
})
afterAll(() => core.close())

const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}'

function post(change: Outgoing = {}): Promise<Answer> {
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...change.headers }
  return send(core.port, { body: ping, ...change, headers })
}

function rawPost(head: string, body = ping): string {
  return `POST /mcp HTTP/1.1\r\n${head}Authorization: Bearer ${secret}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

describe('what anybody may ask', () => {
  test('health is one word, without a key', async () => {
    const answer = await send(core.port, { method: 'GET', path: '/healthz' })
    expect([answer.status, answer.text]).toEqual([200, '{"ok":true}'])
  })

  test.each([
    ['GET', '/mcp', 405],
    ['DELETE', '/mcp', 405],
    ['GET', '/', 404],
    ['GET', '/.well-known/openid-configuration', 404],
    ['POST', '/mcp/', 404],
  ])('%s %s is %i and says what to do', async (method, path, status) => {
    const answer = await send(core.port, { method, path })
    expect(answer.status).toBe(status)
    expect(messageOf(answer).error?.message).toMatch(/\. .+\./)
    if (status === 405) expect(answer.headers.allow).toBe('POST')
  })

  test('every answer forbids caching, sniffing and framing, and names no software', async () => {
    const answers = [
      await post(),
      await post({ headers: { authorization: undefined } }),
      await post({ body: '[]' }),
      await send(core.port, { method: 'GET', path: '/healthz' }),
      await send(core.port, { method: 'GET', path: '/nothing' }),
      await send(core.port, { headers: { host: 'evil.example' } }),
    ]
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      })
      expect(headers).not.toHaveProperty('server')
      expect(headers).not.toHaveProperty('x-powered-by')
    }
  })
})

describe('a web page', () => {
  test('that is not allowed reaches nothing, not even with a key', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://localhost:9999', core.url.replace('/mcp', '')]) {
      const answer = await post({ headers: { origin } })
      expect([origin, answer.status]).toEqual([origin, 403])
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
    }
  })

  test('that is allowed is named in the answer, is told which headers it may send, and needs a key like anyone', async () => {
    const origin = 'https://app.example'
    const preflight = await send(core.port, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers['access-control-allow-origin']).toBe(origin)
    expect(preflight.headers['access-control-allow-headers']).toContain('authorization')
    // DELETE ends a session.
    expect(preflight.headers['access-control-allow-methods']).toBe('GET, POST, DELETE')
    expect(preflight.headers).not.toHaveProperty('access-control-allow-credentials')
    expect((await post({ headers: { origin } })).headers).toMatchObject({
      'access-control-allow-origin': origin,
      vary: 'Origin',
    })
    expect((await post({ headers: { origin, authorization: undefined } })).status).toBe(401)
  })

  test('cannot post a form', async () => {
    const answer = await post({
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'jsonrpc=2.0&method=ping',
    })
    expect(answer.status).toBe(415)
  })

  test('cannot open a WebSocket', async () => {
    const answer = await sendRaw(
      core.port,
      `GET /mcp HTTP/1.1\r\nHost: 127.0.0.1:${core.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).not.toContain('101')
  })
})

describe('bytes on the wire', () => {
  const good = (): string => `Host: 127.0.0.1:${core.port}\r\n`

  test.each([
    ['a foreign Host', () => rawPost('Host: evil.example\r\n'), 403],
    ['no Host', () => rawPost(''), 400],
    ['two Hosts', () => rawPost(`${good()}Host: evil.example\r\n`), 400],
    ['an absolute address', () => rawPost(good()).replace('/mcp', `http://127.0.0.1:${core.port}/mcp`), 404],
    ['a length and chunks (request smuggling)', () => rawPost(`${good()}Transfer-Encoding: chunked\r\n`), 400],
    ['two lengths', () => rawPost(`${good()}Content-Length: 5\r\n`), 400],
    ['a header folded over lines', () => rawPost(`${good()}X-A: b\r\n c\r\n`), 400],
    ['a bare line feed', () => rawPost(good()).replaceAll('\r\n', '\n'), 400],
    [
      'a flood of headers',
      () => rawPost(`${good()}${'X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(1000)}`),
      431,
    ],
    ['no HTTP at all', () => 'hello\r\n\r\n', 400],
    ['TLS', () => '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n', 400],
    ['CONNECT', () => `CONNECT api.github.com:443 HTTP/1.1\r\n${good()}\r\n`, 0],
  ])('%s', async (_name, text, status) => {
    const answer = await sendRaw(core.port, text(), 400)
    if (status === 0) expect(answer).toBe('')
    else expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer).not.toContain('"result"')
  })

  test('an upgrade to h2c is ignored: Java clients offer it with every request', async () => {
    const answer = await sendRaw(
      core.port,
      rawPost(
        `${good()}Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n`,
      ),
      400,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('a client that asks before it sends its body is told to go on, after its head was judged', async () => {
    const accepted = await sendRaw(core.port, rawPost(`${good()}Expect: 100-continue\r\n`), 400)
    expect(accepted).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /)
    const refused = await sendRaw(core.port, rawPost('Host: evil.example\r\nExpect: 100-continue\r\n'), 400)
    expect(refused).toMatch(/^HTTP\/1\.1 403 /)
  })

  test('a connection that says nothing is closed', async () => {
    const startedMs = performance.now()
    const socket = connect(core.port, '127.0.0.1')
    await new Promise<void>((resolve) => socket.once('close', () => resolve()).resume())
    expect(performance.now() - startedMs).toBeLessThan(6000)
  })

  test('a connection that trickles its headers is closed', async () => {
    const socket = connect(core.port, '127.0.0.1')
    socket.write('POST /mcp HTTP/1.1\r\n')
    const trickle = setInterval(() => socket.write('X-A: b\r\n'), 100)
    socket.on('error', () => undefined)
    await new Promise<void>((resolve) => socket.once('close', () => resolve()).resume())
    clearInterval(trickle)
    expect(socket.destroyed).toBe(true)
  })
})

describe('the body', () => {
  const big = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', params: { x: 'x'.repeat(1024 * 1024) } })

  test('over 1 MiB is refused by its declared size before it is read', async () => {
    expect((await post({ body: big })).status).toBe(413)
  })

  test('over 1 MiB is refused without a declared size too', async () => {
    expect((await post({ body: big, headers: { 'transfer-encoding': 'chunked' } })).status).toBe(413)
  })

  test('that does not come is given up, and others are served meanwhile', async () => {
    const slow = sendRaw(core.port, rawPost(`Host: 127.0.0.1:${core.port}\r\n`).slice(0, -5), 1500)
    expect((await post()).status).toBe(200)
    expect(await slow).toMatch(/^HTTP\/1\.1 408 /)
  })

  test.each([
    ['an array, which the session era would run item by item', `[${ping},${ping}]`],
    ['an array, whatever the version header', `[${ping}]`, '2026-07-28'],
    ['no JSON', 'hello'],
    ['half of it', '{"jsonrpc":'],
    ['a deep nest', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['JSON but no message', '{"hello":1}'],
  ])('is refused when it is %s', async (_name, body, version?: string) => {
    const answer = await post({ body, headers: version === undefined ? {} : { 'mcp-protocol-version': version } })
    expect(answer.status).toBe(400)
    expect(messageOf(answer).error?.message).not.toBe('')
  })

  test('cannot reach a prototype', async () => {
    const body =
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"openclaw_instances","arguments":{"__proto__":{"polluted":true}}}}'
    await post({ body })
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})
