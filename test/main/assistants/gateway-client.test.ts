import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { GatewayClient } from '../../../src/main/assistants/openclaw/client.ts'
import { SseReader } from '../../../src/main/assistants/openclaw/sse.ts'
import { codeOf, codeOfPromise } from '../../support/error-code.ts'

const servers: Array<Server> = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** A client in front of a real HTTP server that answers as told. */
async function against(
  listener: RequestListener,
  {
    onConnection = () => undefined,
    ...more
  }: { idleTimeoutMs?: number; isWaiting?: () => boolean; onConnection?: (socket: Socket) => void } = {},
): Promise<GatewayClient> {
  const server = createServer(listener)
  server.on('connection', onConnection)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return new GatewayClient({
    name: 'ada',
    token: 'tok',
    connect: () => Promise.resolve(connect(port, '127.0.0.1')),
    isWaiting: () => false,
    ...more,
  })
}

const chunk = (content: string): string => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`
const chat = (
  client: GatewayClient,
  { sessionId, ...more }: { signal?: AbortSignal; sessionId?: string; onDelta?: (text: string) => void } = {},
): Promise<{ text: string }> =>
  client
    .openChat({ message: 'hi', ...(sessionId === undefined ? {} : { sessionId }) })
    .run({ signal: new AbortController().signal, onDelta: () => undefined, ...more })

describe('the connection', () => {
  test('serves the chat that follows at once, and is closed when none follows', async () => {
    const used: Array<Socket> = []
    const client = await against((request, response) => {
      used.push(request.socket)
      response.end(`${chunk('hello')}data: [DONE]\n\n`)
    })
    await chat(client)
    await chat(client)
    expect(used[1]).toBe(used[0])
    await vi.waitFor(() => expect(used[0]?.destroyed).toBe(true), { timeout: 4000 })
    await chat(client)
    expect(used[2]).not.toBe(used[0])
  })

  test('is there for a chat that is ready, which says nothing before it runs, and closes when that is given up', async () => {
    const opened: Array<Socket> = []
    let asked = 0
    const client = await against(
      (_request, response) => {
        asked++
        response.end(`${chunk('hello')}data: [DONE]\n\n`)
      },
      { onConnection: (socket) => opened.push(socket) },
    )
    const ready = client.openChat({ message: 'hi' })
    const unwanted = client.openChat({ message: 'hi' })
    await vi.waitFor(() => expect(opened).toHaveLength(2))
    unwanted.drop()
    await vi.waitFor(() => expect(opened.filter(({ destroyed }) => destroyed)).toHaveLength(1))
    expect([asked, opened.reduce((sum, { bytesRead }) => sum + bytesRead, 0)]).toEqual([0, 0])
    const listener = { signal: new AbortController().signal, onDelta: () => undefined }
    expect(await ready.run(listener)).toEqual({ text: 'hello' })
    ready.drop()
    expect(await chat(client)).toEqual({ text: 'hello' })
    expect([asked, opened.length]).toEqual([2, 2])
    expect(await codeOfPromise(unwanted.run(listener))).toBe('unavailable')
  })

  test.each([
    ['the gateway has closed', (used: Socket | undefined) => used?.destroy()],
    ['the gateway may be closing', () => vi.advanceTimersByTime(2100)],
  ])(
    'that a chat was made ready on is replaced by a new one when %s it before the chat runs',
    async (_what, meanwhile) => {
      const used: Array<Socket> = []
      const client = await against((request, response) => {
        used.push(request.socket)
        response.end(`${chunk('hello')}data: [DONE]\n\n`)
      })
      await chat(client)
      vi.useFakeTimers({ toFake: ['performance'] })
      try {
        const ready = client.openChat({ message: 'hi' })
        await new Promise((resolve) => setTimeout(resolve, 50))
        meanwhile(used[0])
        await new Promise((resolve) => setTimeout(resolve, 50))
        const listener = { signal: new AbortController().signal, onDelta: () => undefined }
        expect(await ready.run(listener)).toEqual({ text: 'hello' })
      } finally {
        vi.useRealTimers()
      }
      expect(used).toHaveLength(2)
      expect(used[1]).not.toBe(used[0])
    },
  )

  test('is not used again after a gateway that ends its answers with the connection', async () => {
    const used: Array<Socket> = []
    const client = await against((request, response) => {
      used.push(request.socket)
      response.writeHead(200, { connection: 'close' }).end(`${chunk('hello')}data: [DONE]\n\n`)
    })
    await chat(client)
    await chat(client)
    expect(used[1]).not.toBe(used[0])
  })

  test('is cut when the gateway goes on after the last word', async () => {
    const used: Array<Socket> = []
    const client = await against((request, response) => {
      used.push(request.socket)
      response.write(`${chunk('hello')}data: [DONE]\n\n`)
    })
    await chat(client)
    await vi.waitFor(() => expect(used[0]?.destroyed).toBe(true))
  })
})

describe('a chat', () => {
  test('streams each piece, sends the token and the session, and gives the whole at the end', async () => {
    let seen: IncomingMessage['headers'] = {}
    const client = await against((request, response) => {
      seen = request.headers
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(': hello\n\n' + chunk('Gr'))
      const bytes = Buffer.from(chunk('üße'))
      // A character cut in two by the network.
      const cut = bytes.indexOf(0xc3) + 1
      response.write(bytes.subarray(0, cut))
      setTimeout(() => response.end(Buffer.concat([bytes.subarray(cut), Buffer.from('data: [DONE]\n\n')])), 30)
    })
    const deltas: Array<string> = []
    expect(await chat(client, { sessionId: 'key_1:s', onDelta: (text) => deltas.push(text) })).toEqual({
      text: 'Grüße',
    })
    expect(deltas).toEqual(['Gr', 'üße'])
    expect(seen.authorization).toBe('Bearer tok')
    expect(seen['x-openclaw-session-key']).toBe('key_1:s')
  })

  test('takes a session id that cannot stand in a header', async () => {
    let key: unknown
    const client = await against((request, response) => {
      key = request.headers['x-openclaw-session-key']
      response.end('data: [DONE]\n\n')
    })
    await chat(client, { sessionId: 'naïve\r\nx-evil: 1' })
    expect(key).toMatch(/^[0-9a-f]{64}$/)
  })

  test.each([
    [401, /token/],
    [405, /chat interface of ada is off/],
    [503, /busy or still starting/],
    [500, /HTTP 500/],
  ])('HTTP %i is told in words', async (status, words) => {
    const client = await against((_, response) => response.writeHead(status).end('x'))
    await expect(chat(client)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(words) as string,
    })
  })

  test('that breaks off is an error, not a short answer', async () => {
    const client = await against((_, response) => response.end(chunk('half')))
    await expect(chat(client)).rejects.toMatchObject({ code: 'unavailable', message: 'ada broke off its answer.' })
  })

  test('that is a switch to another protocol ends at once, like the question after health', async () => {
    const client = await against((request) => {
      request.socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n')
    })
    expect(await codeOfPromise(chat(client))).toBe('unavailable')
    await expect(client.probe('/healthz')).rejects.toThrow('closed without an answer')
  })

  test('can be cancelled, and the gateway sees the connection end', async () => {
    const cancel = new AbortController()
    let gone = false
    const client = await against((request, response) => {
      request.socket.on('close', () => (gone = true))
      response.write(chunk('a'))
    })
    const running = chat(client, { signal: cancel.signal, onDelta: () => cancel.abort() })
    expect(await codeOfPromise(running)).toBe('cancelled')
    await expect.poll(() => gone).toBe(true)
  })

  test('ends after a silence, but not while the assistant waits for the person', async () => {
    let waiting = true
    const client = await against((_, response) => void response.write(': '), {
      idleTimeoutMs: 60,
      isWaiting: () => waiting,
    })
    const running = codeOfPromise(chat(client))
    expect(await Promise.race([running, new Promise((resolve) => setTimeout(() => resolve('still there'), 300))])).toBe(
      'still there',
    )
    waiting = false
    expect(await running).toBe('timeout')
  })

  test('does not take a line over 256 KiB', async () => {
    const client = await against((_, response) => response.end(chunk('x'.repeat(256 * 1024))))
    expect(await codeOfPromise(chat(client))).toBe('too_large')
  })

  test('does not take an answer without end', async () => {
    const client = await against((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(chunk('x'.repeat(100_000))));
      }
      response.on('drain', more)
      more()
    })
    expect(await codeOfPromise(chat(client))).toBe('too_large')
  })
})

test('events are read across any cut', () => {
  const text = 'data: one\r\n\r\n: comment\ndata: two\ndata:three\n\nevent: x\n\ndata: four\n\n'
  for (let size = 1; size < text.length; size += 1) {
    const events: Array<string> = []
    const reader = new SseReader({ maxLineChars: 1000, maxEventChars: 1000 }, (data) => events.push(data))
    for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size))
    expect(events).toEqual(['one', 'two\nthree', 'four'])
  }
})

test.each([
  ['a line', `data: ${'x'.repeat(200)}`],
  ['a line that is none of ours', `: ${'x'.repeat(200)}\n`],
  ['an event', 'data: x\n'.repeat(200)],
  ['an event of empty lines', 'data:\n'.repeat(200)],
])('%s without end is refused, in one piece or many', (_, text) => {
  const limits = { maxLineChars: 100, maxEventChars: 100 }
  expect(codeOf(() => new SseReader(limits, () => undefined).push(text))).toBe('too_large')
  const reader = new SseReader(limits, () => undefined)
  expect(codeOf(() => [...text].forEach((char) => reader.push(char)))).toBe('too_large')
})

test('a long line in single characters takes time in step with its length', () => {
  const chars = 1024 * 1024
  const got: Array<number> = []
  const reader = new SseReader({ maxLineChars: chars + 10, maxEventChars: chars + 10 }, (data) => got.push(data.length))
  reader.push('data: ')
  // Looking through the whole line at each piece would be half a million million steps.
  for (let sent = 0; sent < chars; sent += 1) reader.push('x')
  reader.push('\n\n')
  expect(got).toEqual([chars])
})
