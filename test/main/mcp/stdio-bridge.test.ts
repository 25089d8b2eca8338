import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { bridgeTo, closeBridges, json, type Message } from '../../support/bridge.ts'

afterEach(closeBridges)

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

  test('ends a message at a line feed and nowhere else, wherever the bytes are cut', async () => {
    const texts = ['one\u2028two\u2029three', 'é😀', 'a\u0085b\u000bc\u000cd', 'last, without its end']
    const { stdin, received } = await bridgeTo((message, response) =>
      json(response, { jsonrpc: '2.0', id: message.id, result: message.params?.['text'] }),
    )
    const message = (id: number) => JSON.stringify({ jsonrpc: '2.0', id, method: 'ping', params: { text: texts[id] } })
    const bytes = Buffer.from(`\n${message(0)}\r\n${message(1)}\n\n${message(2)}\n${message(3)}`)
    for (let at = 0; at < bytes.length; at += 3) stdin.write(bytes.subarray(at, at + 3))
    stdin.end()
    await expect.poll(() => received.toSorted((a, b) => Number(a.id) - Number(b.id))).toHaveLength(texts.length)
    expect(new Map(received.map(({ id, result }) => [id, result]))).toEqual(new Map(texts.entries()))
  })

  test('says that a line is too long, keeps none of it, and goes on', async () => {
    const { stdin, received } = await bridgeTo((message, response) =>
      json(response, { jsonrpc: '2.0', id: message.id, result: {} }),
    )
    for (let mib = 0; mib < 8; mib++) stdin.write('x'.repeat(1024 * 1024))
    stdin.write('\n{"jsonrpc":"2.0","id":5,"method":"ping"}\n')
    await expect.poll(() => received.length).toBe(2)
    expect(received.map(({ id, error }) => [id, error?.code])).toEqual([
      [null, -32_700],
      [5, undefined],
    ])
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
