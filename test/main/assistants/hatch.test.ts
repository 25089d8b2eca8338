import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { connect as connectPlain, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { Hatch } from '../../../src/main/assistants/hatch.ts'
import type { Egress } from '../../../src/main/broker/assistant-egress.ts'
import { AppError } from '../../../src/shared/app-error.ts'
import { codeOfPromise } from '../../support/error-code.ts'

type Asked = {
  method: string
  url: string
  headers: ReadonlyArray<{ name: string; value: string }>
  body: string | null
  reason: string
  asker: string
}

const resources = join(import.meta.dirname, '..', '..', '..', 'resources')
const open: Array<() => void> = []
afterEach(() => {
  for (const close of open.splice(0)) close()
})

/** A real hatch with a way out that writes down what it was asked. */
async function makeHatch(answer: Egress | null = null): Promise<{ hatch: Hatch; asked: Array<Asked> }> {
  const asked: Array<Asked> = []
  const egress: Egress = (asker, { body, ...rest }, signal) => {
    asked.push({ ...rest, body: body?.toString() ?? null, asker: asker.id })
    if (answer !== null) return answer(asker, { body, ...rest }, signal)
    const headers = [
      { name: 'content-type', value: 'text/plain' },
      { name: 'set-cookie', value: 'a=1' },
      { name: 'set-cookie', value: 'b=2' },
      { name: 'transfer-encoding', value: 'chunked' },
    ]
    return Promise.resolve({ status: 201, headers, body: Buffer.from('from outside'), truncated: false })
  }
  const runtimeDir = mkdtempSync(join(tmpdir(), 'ck-test-'))
  const asker = { kind: 'assistant' as const, id: 'ast_1', name: 'ada' }
  const hatch = await Hatch.open({
    runtimeDir,
    script: join(resources, 'hatch', 'hatch.cjs'),
    asker,
    egress,
    openclaw: false,
  })
  open.push(() => hatch.close())
  return { hatch, asked }
}

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
    // With a body Node would otherwise write the header's bytes once more as UTF-8.
    sent.flushHeaders()
    sent.end(body)
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

  test('an unexpected error says nothing about itself', async () => {
    const { hatch } = await makeHatch(() => Promise.reject(new Error('token=hunter2')))
    const answer = await ask({ socketPath: join(hatch.dir, 'out.sock'), path: 'http://api.example.com/' })
    expect(answer.status).toBe(500)
    expect(answer.text).not.toContain('hunter2')
  })

  test('leaving before the answer cancels the question', async () => {
    const cancelled = new Promise<void>((resolve) => {
      void makeHatch(
        (_asker, _request, signal) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => (resolve(), reject(new Error('gone'))))),
      ).then(({ hatch }) => {
        const socket = connectPlain(join(hatch.dir, 'out.sock'))
        socket.write('GET http://api.example.com/ HTTP/1.1\r\nHost: api.example.com\r\n\r\n')
        setTimeout(() => socket.destroy(), 50)
      })
    })
    await cancelled
  })

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
})

describe('the way in', () => {
  test('a connection the inside left is used for a request, and one that talks first is dropped', async () => {
    const { hatch } = await makeHatch()
    const rude = connectPlain(join(hatch.dir, 'in.sock'), () => rude.write('HTTP/1.1 200 OK\r\n\r\n'))
    await new Promise((resolve) => rude.once('close', resolve))
    const inside = connectPlain(join(hatch.dir, 'in.sock'))
    inside.on('data', (bytes) => inside.write(`you said ${bytes.toString()}`))
    const taken = await hatch.connect(1000)
    taken.write('hello')
    expect(await new Promise((resolve) => taken.once('data', (bytes) => resolve(bytes.toString())))).toBe(
      'you said hello',
    )
  })

  test('a hostile inside cannot pile up connections', async () => {
    const { hatch } = await makeHatch()
    const sockets = Array.from({ length: 40 }, () => connectPlain(join(hatch.dir, 'in.sock')))
    await expect.poll(() => sockets.filter((socket) => socket.resume().destroyed).length).toBe(24)
    for (const socket of sockets) socket.destroy()
  })

  test('waiting for a connection that does not come ends, in time or by the signal', async () => {
    const { hatch } = await makeHatch()
    expect(await codeOfPromise(hatch.connect(20))).toBe('unavailable')
    expect(await codeOfPromise(hatch.connect(10_000, AbortSignal.timeout(20)))).toBe('cancelled')
  })
})

test('closing removes the folder and ends what is open', async () => {
  const { hatch } = await makeHatch()
  expect(statSync(join(hatch.dir, 'out.sock')).mode & 0o777).toBe(0o666)
  const socket = connectPlain(join(hatch.dir, 'out.sock'))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await new Promise((resolve) => socket.once('connect', resolve))
  hatch.close()
  await closed
  expect(existsSync(hatch.dir)).toBe(false)
})

test('the script in the hatch is the one of the resources', async () => {
  const { hatch } = await makeHatch()
  expect(readFileSync(join(hatch.dir, 'hatch.cjs'), 'utf8')).toBe(
    readFileSync(join(resources, 'hatch', 'hatch.cjs'), 'utf8'),
  )
})

describe('the script inside', () => {
  test('ends with the code of what it runs, and says so when that cannot be found', async () => {
    const { hatch } = await makeHatch()
    const codes = [
      ['node', '-e', 'process.exit(7)'],
      ['no-such-program'],
      ['node', '-e', 'process.kill(process.pid, "SIGKILL")'],
    ]
    // One after the other: each listens on the same port of this machine.
    const ends: Array<number | null> = []
    for (const command of codes) ends.push(await ended(run(hatch, command)))
    expect(ends).toEqual([7, 127, 137])
  })

  test('gives its child the proxy and the token, and passes a signal on', async () => {
    const { hatch } = await makeHatch()
    const program = `process.on('SIGTERM', () => process.exit(3)); console.log(JSON.stringify(process.env)); setInterval(() => {}, 1000)`
    const child = run(hatch, ['node', '-e', program])
    const env = JSON.parse(
      await new Promise<string>((resolve) => child.stdout?.once('data', (bytes) => resolve(String(bytes)))),
    ) as Record<string, string>
    expect(env).toMatchObject({
      HTTP_PROXY: 'http://127.0.0.1:8118',
      https_proxy: 'http://127.0.0.1:8118',
      NODE_USE_ENV_PROXY: '1',
      NODE_EXTRA_CA_CERTS: '/tmp/clawkeep-ca.pem',
      OPENCLAW_GATEWAY_TOKEN: hatch.token,
    })
    child.kill('SIGTERM')
    expect(await ended(child)).toBe(3)
  })
})

function run(hatch: Hatch, command: ReadonlyArray<string>): ChildProcess {
  const child = spawn(process.execPath, [join(hatch.dir, 'hatch.cjs'), '--', ...command], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  open.push(() => child.kill('SIGKILL'))
  return child
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)))
}
