import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, test } from 'vitest'
import type { BridgeWaits } from '../../../src/main/mcp/bridge-wait.ts'
import { runStdioBridge } from '../../../src/main/mcp/stdio-bridge.ts'

type Message = {
  id?: unknown
  method?: string
  params?: Record<string, unknown>
  result?: unknown
  error?: { code: number; message: string }
}
type Handler = (message: Message, response: ServerResponse, request: IncomingMessage) => void

const opened: Array<() => void> = []
afterEach(() => {
  for (const close of opened.splice(0)) close()
})

async function bridgeTo(
  handler: Handler,
  {
    locked = () => false,
    found = () => true,
    waits = {},
  }: { locked?: () => boolean; found?: () => boolean; waits?: Partial<BridgeWaits> } = {},
) {
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => handler(JSON.parse(text === '' ? '{}' : text) as Message, response, request))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const stdin = new PassThrough()
  const stdout = new PassThrough()
  const stop = new AbortController()
  const received: Message[] = []
  let rest = ''
  stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    received.push(...lines.map((line) => JSON.parse(line) as Message))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
  const locate = async () => (found() ? { url, locked: locked() } : null)
  const done = runStdioBridge({ locate, key: 'oc_sk_test', stdin, stdout, signal: stop.signal, waits })
  opened.push(() => stop.abort())
  const write = (message: unknown): void => void stdin.write(`${JSON.stringify(message)}\n`)
  return { stdin, received, done, stop, write, server }
}

function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

describe('the stdio bridge', () => {
  test('sends the key and the headers of the era, and hands the answer back', async () => {
    const heads: Array<IncomingMessage['headers']> = []
    const { write, received } = await bridgeTo((message, response, request) => {
      heads.push(request.headers)
      json(response, {
        jsonrpc: '2.0',
        id: message.id,
        result: message.method === 'initialize' ? { protocolVersion: '2025-06-18' } : {},
      })
    })
    write({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25' } })
    await expect.poll(() => received.length).toBe(1)
    write({ jsonrpc: '2.0', id: 2, method: 'tools/list' })
    write({
      jsonrpc: '2.0',
      id: 3,
      method: 'tools/call',
      params: { name: 'größe', _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } },
    })
    await expect.poll(() => received.length).toBe(3)
    expect(heads[0]).toMatchObject({
      authorization: 'Bearer oc_sk_test',
      accept: 'application/json, text/event-stream',
    })
    expect(heads[0]).not.toHaveProperty('mcp-protocol-version')
    const versions = heads.slice(1).map((head) => head['mcp-protocol-version'])
    expect(new Set(versions)).toEqual(new Set(['2025-06-18', '2026-07-28']))
    const current = heads.find((head) => head['mcp-protocol-version'] === '2026-07-28')
    expect(current).toMatchObject({
      'mcp-method': 'tools/call',
      'mcp-name': `=?base64?${Buffer.from('größe').toString('base64')}?=`,
    })
  })

  test('passes streamed messages on as they come, cut anywhere', async () => {
    const { write, received } = await bridgeTo((message, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const events =
        ': keepalive\r\n\r\n' +
        `event: message\r\ndata: {"jsonrpc":"2.0","method":"notifications/progress","params":{"message":"é😀"}}\r\n\r\n` +
        `data: {"jsonrpc":"2.0",\ndata: "id":${String(message.id)},"result":{}}\n\n`
      const bytes = Buffer.from(events)
      let at = 0
      const timer = setInterval(() => {
        if (at >= bytes.length) {
          clearInterval(timer)
          response.end()
        } else response.write(bytes.subarray(at, (at += 3)))
      }, 1)
    })
    write({ jsonrpc: '2.0', id: 7, method: 'tools/call' })
    await expect.poll(() => received.length).toBe(2)
    expect(received[0]?.params?.['message']).toBe('é😀')
    expect(received[1]).toMatchObject({ id: 7, result: {} })
  })

  test('cancels one call by closing its request, and answers no more for it', async () => {
    const closed: unknown[] = []
    const { write, received } = await bridgeTo((message, response) => {
      response.on('close', () => closed.push(message.id))
      if (message.id === 2) json(response, { jsonrpc: '2.0', id: 2, result: {} })
    })
    write({ jsonrpc: '2.0', id: 1, method: 'tools/call' })
    await new Promise((resolve) => setTimeout(resolve, 50))
    write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } })
    await expect.poll(() => closed).toContain(1)
    write({ jsonrpc: '2.0', id: 2, method: 'ping' })
    await expect.poll(() => received.map((message) => message.id)).toEqual([2])
  })

  test('turns a refusal at the door into the answer to the request', async () => {
    const { write, received } = await bridgeTo((_message, response) => {
      json(
        response,
        { jsonrpc: '2.0', id: null, error: { code: -32000, message: 'This key was revoked. Make a new one.' } },
        401,
      )
    })
    write({ jsonrpc: '2.0', id: 'a', method: 'ping' })
    write({ jsonrpc: '2.0', method: 'notifications/initialized' })
    await expect.poll(() => received.length).toBe(1)
    expect(received[0]).toMatchObject({ id: 'a', error: { message: 'This key was revoked. Make a new one.' } })
  })

  test.each([
    ['the server is gone', (_message: Message, response: ServerResponse) => response.destroy()],
    [
      'the stream ends without an answer',
      (_message: Message, response: ServerResponse) =>
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(),
    ],
    ['the answer is no JSON', (_message: Message, response: ServerResponse) => response.end('<html>')],
  ])('answers with an error when %s', async (_name, handler) => {
    const { write, received } = await bridgeTo(handler)
    write({ jsonrpc: '2.0', id: 1, method: 'ping' })
    await expect.poll(() => received.length).toBe(1)
    expect(received[0]).toMatchObject({ id: 1, error: { code: -32000 } })
  })

  test('writes nothing but protocol, whatever comes in', async () => {
    const { stdin, received } = await bridgeTo((message, response) =>
      json(response, { jsonrpc: '2.0', id: message.id, result: {} }),
    )
    stdin.write('hello\n\n[{"id":1}]\n"x"\n{"jsonrpc":"2.0","id":5,"method":"ping"}\r\n')
    await expect.poll(() => received.length).toBe(4)
    expect(received.filter((message) => message.error?.code === -32700).length).toBe(3)
    expect(received.some((message) => message.id === 5)).toBe(true)
  })

  test('ends when stdin ends: what is nearly done is answered, what is not is cancelled', async () => {
    const closed: unknown[] = []
    const { write, stdin, done, received } = await bridgeTo((message, response) => {
      response.on('close', () => closed.push(message.id))
      if (message.id === 1) setTimeout(() => json(response, { jsonrpc: '2.0', id: 1, result: {} }), 200)
    })
    write({ jsonrpc: '2.0', id: 1, method: 'ping' })
    write({ jsonrpc: '2.0', id: 2, method: 'never' })
    stdin.end()
    await done
    expect(received.map((message) => message.id)).toEqual([1])
    await expect.poll(() => closed).toContain(2)
  })

  test('ends at once when it is told to stop', async () => {
    const { write, stop, done } = await bridgeTo(() => undefined)
    write({ jsonrpc: '2.0', id: 1, method: 'never' })
    await new Promise((resolve) => setTimeout(resolve, 50))
    const startedMs = performance.now()
    stop.abort()
    await done
    expect(performance.now() - startedMs).toBeLessThan(500)
  })

  test('holds a tool call while the vault is locked and tells of it, then sends it; a call that does not want to hear is sent at once', async () => {
    const sent: unknown[] = []
    const { write, received } = await bridgeTo(
      (message, response) => {
        sent.push(message.id)
        json(response, { jsonrpc: '2.0', id: message.id, result: { isError: true } })
      },
      { locked: () => true, waits: { pollMs: 10, tellEveryMs: 20, unlockMs: 300 } },
    )
    write({ jsonrpc: '2.0', id: 'list', method: 'tools/list' })
    write({ jsonrpc: '2.0', id: 'silent', method: 'tools/call', params: { name: 'x' } })
    write({ jsonrpc: '2.0', id: 'told', method: 'tools/call', params: { name: 'x', _meta: { progressToken: 7 } } })
    await expect.poll(() => sent).toEqual(['list', 'silent', 'told'])
    await expect.poll(() => received.filter(({ id }) => id !== undefined).length).toBe(3)
    const told = received.filter(({ method }) => method === 'notifications/progress').map(({ params }) => params)
    expect(told.length).toBeGreaterThan(2)
    expect(new Set(told.map((params) => params?.['progressToken']))).toEqual(new Set([7]))
  })

  test('asks a harmless thing again when the connection broke, and a tool call never', async () => {
    const seen: unknown[] = []
    const { write, received } = await bridgeTo((message, response) => {
      seen.push(message.method)
      if (seen.filter((method) => method === message.method).length === 1) return response.destroy()
      return json(response, { jsonrpc: '2.0', id: message.id, result: {} })
    })
    write({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
    write({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'x' } })
    await expect.poll(() => received.length).toBe(2)
    expect(received.find(({ id }) => id === 1)).toMatchObject({ result: {} })
    expect(received.find(({ id }) => id === 2)?.error?.message).toContain('is not known')
    expect(seen.filter((method) => method === 'tools/call')).toEqual(['tools/call'])
  })

  test('gives up in words when nobody is there, without having sent the key anywhere', async () => {
    const { write, received, server } = await bridgeTo(() => undefined, { waits: { restartMs: 50, pollMs: 10 } })
    server.close()
    write({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x' } })
    await expect.poll(() => received.length).toBe(1)
    expect(received[0]).toMatchObject({
      id: 1,
      error: { message: 'Clawkeep cannot be reached. Start it and try again.' },
    })
  })

  test.each(['initialize', 'server/discover', 'tools/list'])(
    'lets a first %s wait for a core that comes late, longer than for one that restarts',
    async (method) => {
      let there = false
      const waits = { firstMs: 5_000, restartMs: 20, pollMs: 10 }
      const { write, received } = await bridgeTo(
        (message, response) => json(response, { jsonrpc: '2.0', id: message.id, result: {} }),
        { found: () => there, waits },
      )
      write({ jsonrpc: '2.0', id: 1, method })
      await new Promise((resolve) => setTimeout(resolve, 150))
      expect(received).toEqual([])
      there = true
      await expect.poll(() => received).toMatchObject([{ id: 1, result: {} }])
      there = false
      write({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'x' } })
      await expect.poll(() => received[1]?.error?.message).toContain('cannot be reached')
    },
  )

  test('says so when no core came at all, lives on, and serves when one comes after all', async () => {
    let there = false
    const { write, received } = await bridgeTo(
      (message, response) => json(response, { jsonrpc: '2.0', id: message.id, result: {} }),
      { found: () => there, waits: { firstMs: 50, restartMs: 20, pollMs: 10 } },
    )
    write({ jsonrpc: '2.0', id: 1, method: 'initialize' })
    await expect.poll(() => received[0]?.error?.message).toContain('cannot be reached')
    there = true
    write({ jsonrpc: '2.0', id: 2, method: 'initialize' })
    await expect.poll(() => received[1]).toMatchObject({ id: 2, result: {} })
  })

  test('ends with its client, also when a message without an id still waits for a core', async () => {
    const waits = { firstMs: 60_000, pollMs: 10 }
    const { write, stdin, done } = await bridgeTo(() => undefined, { found: () => false, waits })
    write({ jsonrpc: '2.0', method: 'notifications/initialized' })
    write({ jsonrpc: '2.0', id: 1, method: 'initialize' })
    stdin.end()
    const startedMs = performance.now()
    await done
    expect(performance.now() - startedMs).toBeLessThan(5_000)
  })

  test('says with every message which program it carries, and closes the session that it does not use', async () => {
    const seen: Array<{ method: string | undefined; params: unknown; session: unknown }> = []
    const clientInfo = { name: 'desk', version: '3' }
    const { write, received } = await bridgeTo((message, response, request) => {
      seen.push({ method: request.method, params: message.params, session: request.headers['mcp-session-id'] })
      if (request.method === 'DELETE') return response.end()
      response.setHeader('mcp-session-id', 'abc')
      return json(response, { jsonrpc: '2.0', id: message.id, result: { protocolVersion: '2025-11-25' } })
    })
    write({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', clientInfo } })
    await expect.poll(() => received.length).toBe(1)
    write({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'x', _meta: { progressToken: 1 } } })
    await expect.poll(() => received.length).toBe(2)
    await expect.poll(() => seen.some(({ method, session }) => method === 'DELETE' && session === 'abc')).toBe(true)
    expect(seen.at(-1)?.params ?? seen.at(-2)?.params).toEqual({
      name: 'x',
      _meta: { 'io.modelcontextprotocol/clientInfo': clientInfo, progressToken: 1 },
    })
  })
})
