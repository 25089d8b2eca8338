import { type IncomingMessage, request } from 'node:http'
import { connect as connectPlain, type Socket } from 'node:net'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { describe, expect, test } from 'vitest'
import type { Hatch } from '../../../src/main/assistants/hatch.ts'
import { systemClock } from '../../../src/main/clock.ts'
import { AppError } from '../../../src/shared/app-error.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { makeHatch } from './make-hatch.ts'

type Answer = { status: number; headers: IncomingMessage['headers']; text: string }

function ask(options: {
  socket?: Socket
  socketPath?: string
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string | Buffer
}): Promise<Answer> {
  const { socket, body, ...rest } = options
  return new Promise((resolve, reject) => {
    const sent = request({ ...rest, ...(socket === undefined ? { agent: false } : { createConnection: () => socket }) })
    sent.on('error', reject)
    sent.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    // Before a text Node would write the header's bytes once more as UTF-8.
    sent.end(typeof body === 'string' ? Buffer.from(body) : body)
  })
}

/** CONNECT through the hatch and TLS inside, as any HTTPS client behind a proxy does it. */
async function tunnel(hatch: Hatch, target: string, ca: string): Promise<Socket> {
  const plain = connectPlain(join(hatch.dir, 'out.sock'))
  plain.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)
  const reply = await new Promise<string>((resolve) => plain.once('data', (bytes) => resolve(bytes.toString())))
  expect(reply).toMatch(/^HTTP\/1\.1 200 /)
  const servername = target.replace(/:\d+$/, '')
  const secure = connectTls({ socket: plain, ca, servername, ALPNProtocols: ['http/1.1'] })
  await new Promise<void>((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject))
  return secure
}

async function startFacts(hatch: Hatch): Promise<{ token: string; ca: string; openclaw: boolean }> {
  const { text } = await ask({ socketPath: join(hatch.dir, 'out.sock'), path: 'http://hatch/v1/start' })
  return JSON.parse(text) as { token: string; ca: string; openclaw: boolean }
}

describe('the way out', () => {
  test('a plain proxy request becomes one question, in the assistant’s name, with its reason taken out of the headers', async () => {
    const { hatch, asked } = await makeHatch()
    const answer = await ask({
      socketPath: join(hatch.dir, 'out.sock'),
      method: 'POST',
      path: 'http://api.example.com/v1?q=1',
      headers: {
        authorization: 'Bearer {{secret:github}}',
        'x-clawkeep-reason': Buffer.from('weil ü').toString('latin1'),
        'proxy-authorization': 'Basic xxx',
        connection: 'close, x-hop',
        'x-hop': '1',
        host: 'evil.example',
      },
      body: '{"a":1}',
    })
    expect(answer.status).toBe(201)
    expect(answer.text).toBe('from outside')
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2'])
    expect(asked).toEqual([
      {
        asker: 'ast_1',
        method: 'POST',
        url: 'http://api.example.com/v1?q=1',
        headers: [{ name: 'authorization', value: 'Bearer {{secret:github}}' }],
        body: '{"a":1}',
        reason: 'weil ü',
      },
    ])
  })

  test('HTTPS through CONNECT is read inside the hatch, and the URL is the one that was connected to, whatever Host says', async () => {
    const { hatch, asked } = await makeHatch()
    const { ca } = await startFacts(hatch)
    const socket = await tunnel(hatch, 'api.github.com:443', ca)
    const first = await ask({
      socket,
      path: '/user',
      headers: { host: 'internal.example', 'x-clawkeep-reason': 'to see' },
    })
    expect(first.text).toBe('from outside')
    expect(asked[0]).toMatchObject({ url: 'https://api.github.com/user', reason: 'to see', method: 'GET' })
    const other = await tunnel(hatch, 'api.github.com:8443', ca)
    await ask({ socket: other, path: '/x' })
    expect(asked[1]?.url).toBe('https://api.github.com:8443/x')
  })

  test('a client that begins TLS in the packet of its CONNECT is heard', async () => {
    const { hatch } = await makeHatch()
    const { ca } = await startFacts(hatch)
    const plain = connectPlain(join(hatch.dir, 'out.sock'))
    // TLS over a pair of streams: its first bytes go out with CONNECT, and the answer to that is cut off what comes back.
    let begin = 'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n'
    const early = new Duplex({
      read: () => undefined,
      write: (bytes: Buffer, _encoding, done) => {
        plain.write(Buffer.concat([Buffer.from(begin), bytes]), done)
        begin = ''
      },
    })
    for (const side of [plain, early]) side.on('error', () => undefined)
    plain.once('data', (bytes: Buffer) => {
      const end = bytes.indexOf('\r\n\r\n') + 4
      expect(bytes.toString('latin1', 0, end)).toMatch(/^HTTP\/1\.1 200 /)
      if (bytes.length > end) early.push(bytes.subarray(end))
      plain.on('data', (more: Buffer) => early.push(more))
    })
    const secure = connectTls({ socket: early, ca, servername: 'a.example', ALPNProtocols: ['http/1.1'] })
    await new Promise<void>((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject))
    expect((await ask({ socket: secure, path: '/early' })).text).toBe('from outside')
    secure.destroy()
    plain.destroy()
  }, 3000)

  test('a refusal is told with its words, and can be told from the upstream’s own', async () => {
    const { hatch } = await makeHatch(() =>
      Promise.reject(new AppError('refused', 'The person said no: not today.', { hint: 'Do not ask again.' })),
    )
    const answer = await ask({ socketPath: join(hatch.dir, 'out.sock'), path: 'http://api.example.com/' })
    expect(answer.status).toBe(403)
    expect(answer.headers['x-clawkeep-error']).toBe('refused')
    expect(JSON.parse(answer.text)).toEqual({
      error: { code: 'refused', message: 'The person said no: not today.', hint: 'Do not ask again.' },
    })
  })

  test('an upstream cannot speak as Clawkeep: its own x-clawkeep headers stay outside', async () => {
    const headers = ['x-clawkeep-error', 'X-Clawkeep-Truncated', 'x-clawkeep-other', 'x-other'].map((name) => ({
      name,
      value: 'true',
    }))
    let truncated = false
    const { hatch } = await makeHatch(() =>
      Promise.resolve({ status: 200, headers, body: Buffer.from('x'), truncated }),
    )
    const get = (): Promise<Answer> => ask({ socketPath: join(hatch.dir, 'out.sock'), path: 'http://a.example/' })
    const names = ({ headers: seen }: Answer): ReadonlyArray<string> =>
      Object.keys(seen).filter((name) => name.startsWith('x-'))
    expect(names(await get())).toEqual(['x-other'])
    truncated = true
    expect(names(await get())).toEqual(['x-other', 'x-clawkeep-truncated'])
  })

  test('an unexpected error says nothing about itself', async () => {
    const { hatch } = await makeHatch(() => Promise.reject(new Error('token=hunter2')))
    const answer = await ask({ socketPath: join(hatch.dir, 'out.sock'), path: 'http://api.example.com/' })
    expect(answer.status).toBe(500)
    expect(answer.text).not.toContain('hunter2')
  })

  test('leaving before the answer cancels the question', async () => {
    let cancelled = false
    const { hatch } = await makeHatch((_asker, _request, signal) => {
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          cancelled = true
          reject(new AppError('cancelled', 'It left.'))
        })
      })
    })
    const socket = connectPlain(join(hatch.dir, 'out.sock'))
    socket.write('GET http://api.example.com/ HTTP/1.1\r\nHost: api.example.com\r\n\r\n')
    await expect.poll(() => hatch.egressInFlight).toBe(1)
    socket.destroy()
    await expect.poll(() => cancelled).toBe(true)
  })

  test.each([
    ['plain', async (hatch: Hatch) => connectPlain(join(hatch.dir, 'out.sock')), 'http://a.example/'],
    ['in a tunnel', async (hatch: Hatch) => tunnel(hatch, 'a.example:443', (await startFacts(hatch)).ca), '/'],
  ])(
    'a body that never arrives is given up, and is no reason to wait for the assistant (%s)',
    async (_, open, path) => {
      const { hatch, asked } = await makeHatch(null, systemClock, 100)
      const socket = await open(hatch)
      let text = ''
      socket.setEncoding('utf8').on('data', (part: string) => (text += part))
      const closed = new Promise((resolve) => socket.once('close', resolve))
      socket.write(`POST ${path} HTTP/1.1\r\nHost: a.example\r\nContent-Length: 10\r\n\r\nhalf`)
      let mostInFlight = 0
      const watch = setInterval(() => (mostInFlight = Math.max(mostInFlight, hatch.egressInFlight)), 5)
      await closed
      clearInterval(watch)
      expect(text).toMatch(/^HTTP\/1\.1 504 [^]*did not arrive in time/)
      expect(mostInFlight).toBe(0)
      expect(asked).toEqual([])
    },
  )

  test('a body over 1 MiB is refused and never leaves', async () => {
    const { hatch, asked } = await makeHatch()
    const answer = await ask({
      socketPath: join(hatch.dir, 'out.sock'),
      method: 'POST',
      path: 'http://api.example.com/',
      body: Buffer.alloc(1024 * 1024 + 1),
    })
    expect(answer.status).toBe(413)
    expect(asked).toEqual([])
  })

  test.each([
    [
      'a WebSocket upgrade',
      'GET http://api.example.com/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      /^HTTP\/1\.1 501 [^]*no WebSocket/,
    ],
    ['another scheme', 'GET file:///etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['CONNECT to nonsense', 'CONNECT a b HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['CONNECT with a path', 'CONNECT example.com/x HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['CONNECT with a user', 'CONNECT u@example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['another page of the hatch', 'GET http://hatch/v1/other HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 404 /],
    [
      'writing to the start page',
      'POST /v1/start HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n',
      /^HTTP\/1\.1 404 /,
    ],
  ])('%s is refused', async (_, bytes, reply) => {
    const { hatch, asked } = await makeHatch()
    const socket = connectPlain(join(hatch.dir, 'out.sock'))
    socket.write(bytes)
    const answer = await new Promise<string>((resolve) => socket.once('data', (part) => resolve(part.toString())))
    socket.destroy()
    expect(answer).toMatch(reply)
    expect(asked).toEqual([])
  })

  test('more than 32 questions at once are refused, and the next one after that is heard again', async () => {
    const answers: Array<() => void> = []
    const { hatch } = await makeHatch(
      () =>
        new Promise((resolve) =>
          answers.push(() => resolve({ status: 200, headers: [], body: Buffer.alloc(0), truncated: false })),
        ),
    )
    const socketPath = join(hatch.dir, 'out.sock')
    const waiting = Array.from({ length: 32 }, () => ask({ socketPath, path: 'http://a.example/' }))
    await expect.poll(() => hatch.egressInFlight).toBe(32)
    expect((await ask({ socketPath, path: 'http://a.example/' })).status).toBe(429)
    for (const answer of answers) answer()
    await Promise.all(waiting)
    expect(hatch.egressInFlight).toBe(0)
  })

  test('a flood is refused before anyone is asked: 200 requests at once, then 30 a second', async () => {
    const clock = new FakeClock()
    const { hatch, asked } = await makeHatch(null, clock)
    const get = (): Promise<Answer> => ask({ socketPath: join(hatch.dir, 'out.sock'), path: 'http://a.example/' })
    for (let sent = 0; sent < 200; sent += 1) await get()
    expect(asked.length).toBe(200)
    const refused = await get()
    expect(refused.status).toBe(429)
    expect(refused.headers['retry-after']).toBe('1')
    expect(refused.headers['x-clawkeep-error']).toBe('throttled')
    expect(asked.length).toBe(200)
    clock.pass(1000)
    for (let sent = 0; sent < 31; sent += 1) await get()
    expect(asked.length).toBe(230)
  })
})
