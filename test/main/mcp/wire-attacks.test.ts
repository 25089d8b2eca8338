import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sendRaw } from '../../support/http.ts'
import { type McpCore, startMcpCore } from '../../support/mcp.ts'

let core: McpCore
let secret: string
beforeAll(async () => {
  core = await startMcpCore({ limits: { perSecond: 1000, burst: 1000, sourceBurst: 1000, bodyTimeoutMs: 500 } })
  secret = core.key().secret
})
afterAll(() => core.close())

const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}'
const hidden = `POST /mcp HTTP/1.1\r\nHost: evil.example\r\n\r\n`

type Shape = {
  line?: string
  host?: string
  /** Whole header lines before the usual ones. */
  more?: string
  length?: string | null
  body?: string
}

function request({ line = 'POST /mcp HTTP/1.1', host, more = '', length, body = ping }: Shape): string {
  const size = length === null ? '' : `Content-Length: ${length ?? body.length}\r\n`
  return `${line}\r\nHost: ${host ?? `127.0.0.1:${core.port}`}\r\n${more}Authorization: Bearer ${secret}\r\nContent-Type: application/json\r\n${size}\r\n${body}`
}

/** What two parsers might read differently, and what tries to get round the head's checks. */
const table: ReadonlyArray<[name: string, shape: Shape, status: number]> = [
  ['a plain request', {}, 200],
  ['HTTP/1.0', { line: 'POST /mcp HTTP/1.0' }, 200],
  ['two spaces in the first line, read as one', { line: 'POST  /mcp HTTP/1.1' }, 200],
  ['chunks', { more: 'Transfer-Encoding: chunked\r\n', length: null, body: `28\r\n${ping}\r\n0\r\n\r\n` }, 200],

  ['HTTP/1.0 with a foreign Host', { line: 'POST /mcp HTTP/1.0', host: 'evil.example' }, 403],
  ['HTTP/2.0 by name', { line: 'POST /mcp HTTP/2.0' }, 505],
  ['HTTP/9.9', { line: 'POST /mcp HTTP/9.9' }, 400],
  ['no version (HTTP/0.9)', { line: 'POST /mcp' }, 505],
  ['a method in small letters', { line: 'post /mcp HTTP/1.1' }, 400],
  ['a method of its own', { line: 'HACK /mcp HTTP/1.1' }, 400],
  ['a NUL in the path', { line: 'POST /mcp\u0000 HTTP/1.1' }, 400],
  ['absolute form to our own address', { line: 'POST http://localhost/mcp HTTP/1.1' }, 404],
  ['absolute form to another host', { line: 'POST http://evil.example/mcp HTTP/1.1' }, 404],
  [
    'absolute form with a good address and a foreign Host',
    { line: 'POST http://127.0.0.1/mcp HTTP/1.1', host: 'evil.example' },
    403,
  ],
  ['authority form', { line: 'POST 127.0.0.1:80 HTTP/1.1' }, 400],

  ['chunks and a length', { more: 'Transfer-Encoding: chunked\r\n', body: `0\r\n\r\n${hidden}` }, 400],
  ['chunks written twice', { more: 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', length: null }, 400],
  ['chunks under another coding', { more: 'Transfer-Encoding: xchunked\r\n', length: null }, 400],
  ['chunks that are not last', { more: 'Transfer-Encoding: chunked, identity\r\n', length: null }, 400],
  ['chunks behind a space', { more: 'Transfer-Encoding : chunked\r\n', length: null }, 400],
  ['chunks behind a tab at the line’s start', { more: 'X-A: b\r\n\tTransfer-Encoding: chunked\r\n' }, 400],
  [
    'a chunk of no number',
    { more: 'Transfer-Encoding: chunked\r\n', length: null, body: `zz\r\n${ping}\r\n0\r\n\r\n` },
    400,
  ],
  [
    'a negative chunk',
    { more: 'Transfer-Encoding: chunked\r\n', length: null, body: `-1\r\n${ping}\r\n0\r\n\r\n` },
    400,
  ],
  [
    'a chunk larger than all',
    { more: 'Transfer-Encoding: chunked\r\n', length: null, body: 'ffffffffffffffffff\r\nx' },
    400,
  ],
  ['a negative length', { length: '-1' }, 400],
  ['a length with a plus', { length: '+40' }, 400],
  ['a length in hex', { length: '0x28' }, 400],
  ['a list of lengths', { length: '40, 40' }, 400],
  ['a length beyond all numbers', { length: '99999999999999999999' }, 400],
  ['a length just over the limit', { length: String(1024 * 1024 + 1) }, 413],
  ['a body shorter than it says', { length: '100' }, 408],
  ['no length and no chunks', { length: null }, 400],

  ['a line feed hidden in a header', { more: 'X-A: b\nHost: evil.example\r\n' }, 400],
  ['a carriage return hidden in a header', { more: 'X-A: b\rHost: evil.example\r\n' }, 400],
  ['a NUL hidden in a header', { more: 'X-A: b\u0000c\r\n' }, 400],
  ['a header without a name', { more: ': b\r\n' }, 400],
  ['a header without a colon', { more: 'Hello\r\n' }, 400],
  ['two Authorizations', { more: 'Authorization: Bearer x\r\n' }, 400],
  ['two types', { more: 'Content-Type: text/plain\r\n' }, 400],
  ['a forwarded Host of a stranger', { host: 'evil.example', more: 'X-Forwarded-Host: localhost\r\n' }, 403],
  [
    'another method by a header',
    { line: 'GET /mcp HTTP/1.1', more: 'X-HTTP-Method-Override: POST\r\n', length: null, body: '' },
    405,
  ],
  ['an address by a header', { line: 'POST / HTTP/1.1', more: 'X-Original-URL: /mcp\r\nX-Rewrite-URL: /mcp\r\n' }, 404],
  ['a key by another header', { line: 'POST /nothing HTTP/1.1', more: 'X-Api-Key: oc_sk_x\r\n' }, 404],
  ['an expectation we do not know', { more: 'Expect: the-unexpected\r\n' }, 417],
  ['a compressed body', { more: 'Content-Encoding: br\r\n' }, 415],
  ['one header of 20 KiB', { more: `X-A: ${'a'.repeat(20_000)}\r\n` }, 431],
  ['five hundred cookies', { more: `Cookie: ${'a=b; '.repeat(5000)}\r\n` }, 431],
]

describe('bytes that try to be two requests, or another one', () => {
  test.each(table)('%s', async (_name, shape, status) => {
    const answer = await sendRaw(core.port, request(shape), 700)
    expect(answer.slice(0, 60)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    if (status === 200) return
    expect(answer).not.toContain('"result"')
    // One request, one answer: nothing that was hidden in it was read as another one.
    expect(answer.match(/HTTP\/1\.1 \d{3} /g)).toHaveLength(1)
  })

  test('two requests in one packet are two requests, each judged by its own head', async () => {
    const second = request({ host: 'evil.example' })
    const answer = await sendRaw(core.port, request({}) + second, 700)
    expect(answer.match(/HTTP\/1\.1 (\d{3}) /g)).toEqual(['HTTP/1.1 200 ', 'HTTP/1.1 403 '])
  })
})
