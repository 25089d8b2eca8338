import { createServer, request, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Body, readMessage } from '../../../src/main/mcp/body.ts'

const limits = { maxBodyBytes: 1000, bodyTimeoutMs: 300 }

let server: Server
let results: Array<Promise<Body>>

beforeAll(async () => {
  results = []
  server = createServer((incoming, response) => {
    const result = readMessage(incoming, limits)
    results.push(result)
    result.then(
      (body) => response.end(String(body.ok ? 200 : body.refusal.status)),
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function post(body: string | Buffer, headers: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo
    const sent = request({ port, host: '127.0.0.1', method: 'POST', headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => resolve(text))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

describe('readMessage', () => {
  test.each([
    ['one message', '{"jsonrpc":"2.0","id":1,"method":"ping"}', '200'],
    ['braces inside a string', JSON.stringify({ text: '['.repeat(200) + '\\"{' }), '200'],
    ['an array: the session-era leg would run it item by item', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', '400'],
    ['an array behind white space', ' \n[{}]', '400'],
    ['nothing', '', '400'],
    ['a string', '"ping"', '400'],
    ['null', 'null', '400'],
    ['half a message', '{"jsonrpc":', '400'],
    ['two messages', '{}{}', '400'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), '400'],
    ['nesting that would exhaust a stack', `{"a":${'['.repeat(400)}${']'.repeat(400)}}`, '400'],
    ['more than the cap', `{"a":"${'x'.repeat(1000)}"}`, '413'],
  ])('answers %s', async (_name, body, status) => {
    expect(await post(body)).toBe(status)
  })

  test('stops at the cap when the size was not declared', async () => {
    expect(await post('x'.repeat(5000), { 'transfer-encoding': 'chunked' })).toBe('413')
  })

  test('gives a slow sender 300 ms for the whole body, however often it sends a byte', async () => {
    const { port } = server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n{')
    const drip = setInterval(() => socket.write(' '), 20)
    const startedMs = performance.now()
    const answer = await new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())))
    clearInterval(drip)
    socket.destroy()
    expect(answer).toMatch(/408$/)
    expect(performance.now() - startedMs).toBeLessThan(1000)
  })

  test('rejects when the connection breaks, and leaves no timer', async () => {
    const before = results.length
    const { port } = server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n{')
    await expect.poll(() => results.length).toBe(before + 1)
    socket.destroy()
    await expect(results.at(-1)).rejects.toThrow('broke')
  })
})
