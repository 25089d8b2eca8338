import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { guard } from '../../../src/main/mcp/guard.ts'
import { type Change, guardSettings as settings, head, outcome } from '../../support/request-head.ts'

/** What gets in, and what every known attack gets instead. */
const table: ReadonlyArray<[name: string, change: Change, outcome: string | number]> = [
  ['a program', {}, 'mcp'],
  ['a program that says localhost', { set: { Host: 'localhost:7420' } }, 'mcp'],
  ['a program on IPv6', { set: { Host: '[::1]:7420' } }, 'mcp'],
  ['a host in capitals', { set: { Host: 'LOCALHOST:7420' } }, 'mcp'],
  ['curl with its default Accept', { set: { Accept: '*/*' } }, 'mcp'],
  ['no Accept', { set: { Accept: null } }, 'mcp'],
  [
    'Accept in two lines',
    {
      set: { Accept: null },
      add: [
        ['Accept', 'application/json'],
        ['Accept', 'text/event-stream'],
      ],
    },
    'mcp',
  ],
  ['Accept in capitals, with weights', { set: { Accept: 'Application/JSON;q=0.9,TEXT/EVENT-STREAM ; q=1' } }, 'mcp'],
  ['Accept by families of types', { set: { Accept: 'application/*, text/*' } }, 'mcp'],
  ['a charset', { set: { 'Content-Type': 'application/json; charset=UTF-8' } }, 'mcp'],
  [
    'a Java client that offers h2c',
    {
      add: [
        ['Upgrade', 'h2c'],
        ['Connection', 'Upgrade, HTTP2-Settings'],
      ],
    },
    'mcp',
  ],
  ['a harmless query', { target: '/mcp?from=docs' }, 'mcp'],
  ['an allowed page', { set: { Origin: 'https://app.example' } }, 'mcp'],
  ['a health check', { method: 'GET', target: '/healthz' }, 'health'],
  ['a health check by HEAD', { method: 'HEAD', target: '/healthz' }, 'health'],
  ['a typed address', { method: 'GET', target: '/healthz', set: { 'Sec-Fetch-Site': 'none' } }, 'health'],
  [
    'a preflight of an allowed page',
    { method: 'OPTIONS', set: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' } },
    'preflight',
  ],

  ['DNS rebinding', { set: { Host: 'evil.example:7420' } }, 403],
  ['DNS rebinding by a name that begins right', { set: { Host: '127.0.0.1.evil.example:7420' } }, 403],
  ['DNS rebinding by a name that begins with localhost', { set: { Host: 'localhost.evil.example:7420' } }, 403],
  ['0.0.0.0', { set: { Host: '0.0.0.0:7420' } }, 403],
  ['another port', { set: { Host: '127.0.0.1:7421' } }, 403],
  ['no port', { set: { Host: '127.0.0.1' } }, 403],
  ['another address of loopback', { set: { Host: '127.0.0.2:7420' } }, 403],
  ['an integer address', { set: { Host: '2130706433:7420' } }, 403],
  ['credentials in Host', { set: { Host: 'user@127.0.0.1:7420' } }, 403],
  ['a trailing dot', { set: { Host: 'localhost.:7420' } }, 403],
  ['no Host', { set: { Host: null } }, 403],
  ['an empty Host', { set: { Host: '' } }, 403],
  ['two Hosts', { add: [['Host', '127.0.0.1:7420']] }, 400],
  ['two Hosts, the second foreign', { add: [['host', 'evil.example']] }, 400],
  ['two Authorizations', { set: { Authorization: 'Bearer a' }, add: [['authorization', 'Bearer b']] }, 400],
  ['two Content-Lengths', { add: [['Content-Length', '5']] }, 400],
  ['two Origins', { set: { Origin: 'https://app.example' }, add: [['Origin', 'https://evil.example']] }, 400],

  ['a foreign page', { set: { Origin: 'https://evil.example' } }, 403],
  ['a sandboxed frame', { set: { Origin: 'null' } }, 403],
  ['a page on another local port', { set: { Origin: 'http://localhost:9999' } }, 403],
  ['our own address as a page', { set: { Origin: 'http://127.0.0.1:7420' } }, 403],
  ['an allowed host with another scheme', { set: { Origin: 'http://app.example' } }, 403],
  ['an allowed host with another port', { set: { Origin: 'https://app.example:8443' } }, 403],
  ['an allowed origin as a prefix', { set: { Origin: 'https://app.example.evil.example' } }, 403],
  ['a subdomain of an allowed origin', { set: { Origin: 'https://x.app.example' } }, 403],
  ['an origin with a path', { set: { Origin: 'https://app.example/' } }, 403],
  ['an empty origin', { set: { Origin: '' } }, 403],
  ['an extension', { set: { Origin: 'chrome-extension://abcdefghijklmnop' } }, 403],
  ['a file', { set: { Origin: 'file://' } }, 403],
  [
    'a preflight of a foreign page',
    { method: 'OPTIONS', set: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' } },
    403,
  ],
  ['a no-cors GET of a page', { method: 'GET', target: '/healthz', set: { 'Sec-Fetch-Site': 'cross-site' } }, 403],
  ['a page on the same site', { method: 'GET', target: '/healthz', set: { 'Sec-Fetch-Site': 'same-site' } }, 403],

  ['a session-era GET stream', { method: 'GET' }, 405],
  ['a session-era DELETE', { method: 'DELETE' }, 405],
  ['PUT', { method: 'PUT' }, 405],
  ['OPTIONS without an origin', { method: 'OPTIONS' }, 405],
  ['TRACE', { method: 'TRACE' }, 405],
  ['a POST to the health check', { method: 'POST', target: '/healthz' }, 405],
  ['the root', { method: 'GET', target: '/' }, 404],
  ['well-known metadata', { method: 'GET', target: '/.well-known/oauth-protected-resource' }, 404],
  ['a trailing slash', { target: '/mcp/' }, 404],
  ['a double slash', { target: '//mcp' }, 404],
  ['a dot segment', { target: '/./mcp' }, 404],
  ['a way round by dots', { target: '/healthz/../mcp' }, 404],
  ['percent encoding', { target: '/%6dcp' }, 404],
  ['a capital', { target: '/MCP' }, 404],
  ['a path parameter', { target: '/mcp;x=1' }, 404],
  ['a NUL', { target: '/mcp%00' }, 404],
  ['a backslash', { target: '\\mcp' }, 404],
  ['a fragment', { target: '/mcp#x' }, 404],
  ['an absolute address', { target: 'http://127.0.0.1:7420/mcp' }, 404],
  ['an asterisk', { method: 'OPTIONS', target: '*' }, 404],
  ['an endless address', { target: `/mcp?${'a'.repeat(3000)}` }, 414],

  ['a key in the query', { target: `/mcp?key=oc_sk_${'a'.repeat(48)}` }, 400],
  ['a token in the query', { target: '/mcp?access_token=x' }, 400],
  ['a token in the query, spelled differently', { target: '/mcp?a=1&API_KEY=x' }, 400],
  ['a token in the query, encoded', { target: '/mcp?%61ccess_token=x' }, 400],
  ['a key under another name', { target: '/mcp?q=oc_sk_1' }, 400],

  ['a form', { set: { 'Content-Type': 'application/x-www-form-urlencoded' } }, 415],
  ['a multipart form', { set: { 'Content-Type': 'multipart/form-data; boundary=x' } }, 415],
  ['plain text', { set: { 'Content-Type': 'text/plain' } }, 415],
  ['JSON hidden in plain text', { set: { 'Content-Type': 'text/plain; application/json' } }, 415],
  ['a type that begins with ours', { set: { 'Content-Type': 'application/json-patch+json' } }, 415],
  ['another charset', { set: { 'Content-Type': 'application/json; charset=utf-16' } }, 415],
  ['no type', { set: { 'Content-Type': null } }, 415],
  ['two types', { add: [['Content-Type', 'text/plain']] }, 400],
  ['a compressed bomb', { set: { 'Content-Encoding': 'gzip' } }, 415],
  ['a client that takes only JSON', { set: { Accept: 'application/json' } }, 406],
  [
    'a compressed bomb behind a harmless line',
    {
      add: [
        ['Content-Encoding', 'gzip'],
        ['Content-Encoding', 'identity'],
      ],
    },
    415,
  ],
  [
    'a client that takes a type that begins with ours',
    { set: { Accept: 'application/jsonp, text/event-stream' } },
    406,
  ],
  ['a client that takes only streams', { set: { Accept: 'text/event-stream' } }, 406],
  ['a client that wants a page', { set: { Accept: 'text/html' } }, 406],
  ['one byte too much', { set: { 'Content-Length': String(1024 * 1024 + 1) } }, 413],
  ['the most there may be', { set: { 'Content-Length': String(1024 * 1024) } }, 'mcp'],
  [
    'a WebSocket',
    {
      method: 'GET',
      add: [
        ['Upgrade', 'websocket'],
        ['Connection', 'Upgrade'],
      ],
    },
    400,
  ],
  ['a WebSocket by POST', { add: [['Upgrade', 'WebSocket']] }, 400],
]

describe('guard', () => {
  test.each(table)('answers %s', (_name, change, expected) => {
    expect(outcome(guard(head(change), settings))).toBe(expected)
  })

  test('says what to do with every refusal, and nothing that the asker sent', () => {
    for (const [name, change] of table) {
      const verdict = guard(head(change), settings)
      if (verdict.kind !== 'refuse') continue
      expect([name, verdict.refusal.hint]).not.toEqual([name, ''])
      expect(`${verdict.refusal.message} ${verdict.refusal.hint}`).not.toMatch(/evil|aaaa/)
    }
  })

  test('names the allowed methods with 405', () => {
    const verdict = guard(head({ method: 'GET' }), settings)
    expect(verdict.kind === 'refuse' && verdict.refusal.headers).toEqual({ allow: 'POST' })
  })

  test('grants CORS to the allowed origin even when it refuses, so that the page can read why', () => {
    const verdict = guard(head({ target: '/nothing', set: { Origin: 'https://app.example' } }), settings)
    expect(verdict.corsOrigin).toBe('https://app.example')
  })

  test('never throws, and lets nothing in but a POST of JSON to /mcp from a known Host without a page, whatever comes', () => {
    const name = fc.constantFrom(
      'Host',
      'host',
      'Origin',
      'Content-Type',
      'Accept',
      'Content-Length',
      'Upgrade',
      'Sec-Fetch-Site',
      'Content-Encoding',
      'Authorization',
    )
    const value = fc.oneof(
      fc.constantFrom(
        '127.0.0.1:7420',
        'localhost:7420',
        'null',
        'https://app.example',
        'application/json',
        '*/*',
        '100',
        'none',
        'websocket',
      ),
      fc.string({ unit: 'binary' }),
    )
    const headers = fc.array(fc.tuple(name, value), { maxLength: 12 })
    const target = fc.oneof(
      fc.constantFrom('/mcp', '/healthz', '/mcp?a=b', '/mcp?key=x'),
      fc.webPath(),
      fc.string({ unit: 'binary' }),
    )
    const method = fc.constantFrom('POST', 'GET', 'OPTIONS', 'PUT', '')
    fc.assert(
      fc.property(method, target, headers, (sentMethod, sentTarget, sent) => {
        const verdict = guard({ method: sentMethod, target: sentTarget, rawHeaders: sent.flat() }, settings)
        if (verdict.kind !== 'mcp') return
        const of = (wanted: string): string[] =>
          sent.filter(([sentName]) => sentName.toLowerCase() === wanted).map(([, sentValue]) => sentValue)
        expect(sentMethod).toBe('POST')
        expect(sentTarget.split('?')[0]).toBe('/mcp')
        expect(of('host').map((host) => settings.hosts.has(host.toLowerCase()))).toEqual([true])
        expect(of('origin').every((origin) => settings.origins.has(origin))).toBe(true)
        expect(of('content-type').map((type) => type.toLowerCase().trim().startsWith('application/json'))).toEqual([
          true,
        ])
      }),
      { numRuns: 20_000 },
    )
  })
})
