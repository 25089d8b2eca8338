import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readForwarded, sourceOf, trustedProxies } from '../../../src/main/mcp/forwarded.ts'

const hosts = new Set(['127.0.0.1:7420', 'mcp.example.org'])
const trusted = trustedProxies(['127.0.0.1', '10.0.0.0/24', '2001:db8::/32'])

function via(peer: string, headers: Record<string, string | ReadonlyArray<string>> = {}, secure = false) {
  const pairs = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => [name, one]))
  const { source, base, refusal } = readForwarded(
    { peer, secure, rawHeaders: ['Host', '127.0.0.1:7420', ...pairs.flat()] },
    trusted,
    hosts,
  )
  return { source, base, status: refusal?.status ?? null }
}

const own = 'http://127.0.0.1:7420'
const outside = 'https://mcp.example.org'

describe('who asks', () => {
  const table: ReadonlyArray<
    [name: string, peer: string, headers: Record<string, string | ReadonlyArray<string>>, source: string]
  > = [
    ['nobody in between', '127.0.0.1', {}, '127.0.0.1'],
    ['a stranger who claims to be a proxy', '192.0.2.9', { 'X-Forwarded-For': '127.0.0.1' }, '192.0.2.9'],
    ['a stranger next to a trusted range', '10.0.1.7', { 'X-Forwarded-For': '192.0.2.1' }, '10.0.1.7'],
    ['a client behind the proxy', '127.0.0.1', { 'X-Forwarded-For': '192.0.2.1' }, '192.0.2.1'],
    ['a client behind two proxies', '127.0.0.1', { 'X-Forwarded-For': '192.0.2.1, 10.0.0.4' }, '192.0.2.1'],
    [
      'a client that invents hops before its own',
      '127.0.0.1',
      { 'X-Forwarded-For': '1.2.3.4, 192.0.2.1' },
      '192.0.2.1',
    ],
    ['a client that invents trusted hops', '127.0.0.1', { 'X-Forwarded-For': '10.0.0.1, 192.0.2.1' }, '192.0.2.1'],
    ['hops on two lines', '127.0.0.1', { 'X-Forwarded-For': ['1.2.3.4', '192.0.2.1'] }, '192.0.2.1'],
    ['a hop with a port', '127.0.0.1', { 'X-Forwarded-For': '192.0.2.1:4711' }, '192.0.2.1'],
    ['a hop in IPv6', '127.0.0.1', { 'X-Forwarded-For': '[2001:DB9::1]:4711' }, '2001:db9::1'],
    ['a trusted proxy in IPv6', '2001:db8::7', { 'X-Forwarded-For': '192.0.2.1' }, '192.0.2.1'],
    ['a trusted proxy as a mapped address', '::ffff:10.0.0.4', { 'X-Forwarded-For': '192.0.2.1' }, '192.0.2.1'],
    ['only trusted hops', '127.0.0.1', { 'X-Forwarded-For': '10.0.0.9' }, '10.0.0.9'],
    ['garbage', '127.0.0.1', { 'X-Forwarded-For': 'unknown' }, '127.0.0.1'],
    ['garbage before a client', '127.0.0.1', { 'X-Forwarded-For': '<script>, 192.0.2.1' }, '192.0.2.1'],
    ['garbage after a client', '127.0.0.1', { 'X-Forwarded-For': '192.0.2.1, _hidden' }, '127.0.0.1'],
    ['a zone', '127.0.0.1', { 'X-Forwarded-For': 'fe80::1%eth0' }, '127.0.0.1'],
    ['an integer address', '127.0.0.1', { 'X-Forwarded-For': '3221225985' }, '127.0.0.1'],
    ['nothing', '127.0.0.1', { 'X-Forwarded-For': '' }, '127.0.0.1'],
    ['a thousand hops', '127.0.0.1', { 'X-Forwarded-For': Array(1000).fill('10.0.0.1').join(',') }, '10.0.0.1'],
    ['other forwarding headers', '127.0.0.1', { Forwarded: 'for=192.0.2.1', 'X-Real-IP': '192.0.2.2' }, '127.0.0.1'],
  ]
  test.each(table)('%s', (_name, peer, headers, source) => {
    expect(via(peer, headers)).toMatchObject({ source, status: null })
  })

  test.each([
    ['a host that is served', { 'X-Forwarded-Host': 'MCP.example.org', 'X-Forwarded-Proto': 'https' }, outside, null],
    ['a host that is not', { 'X-Forwarded-Host': 'evil.example' }, 'http://evil.example', 403],
    ['two hosts', { 'X-Forwarded-Host': ['mcp.example.org', 'evil.example'] }, 'http://mcp.example.org', 400],
    ['a list of hosts', { 'X-Forwarded-Host': 'mcp.example.org, evil.example' }, null, 403],
    ['an empty host', { 'X-Forwarded-Host': '' }, 'http://', 403],
    ['plain HTTP from outside', { 'X-Forwarded-For': '192.0.2.1', 'X-Forwarded-Proto': 'http' }, own, 403],
    ['plain HTTP from this computer', { 'X-Forwarded-For': '127.0.0.1', 'X-Forwarded-Proto': 'http' }, own, null],
    ['two schemes', { 'X-Forwarded-Proto': ['https', 'http'] }, 'https://127.0.0.1:7420', 400],
    ['a scheme of another kind', { 'X-Forwarded-Proto': 'javascript' }, 'javascript://127.0.0.1:7420', 400],
  ])('of a trusted proxy, %s', (_name, headers, base, status) => {
    const seen = via('127.0.0.1', headers as Record<string, string>)
    expect(seen.status).toBe(status)
    if (base !== null) expect(seen.base).toBe(base)
  })

  test('a stranger changes neither host nor scheme', () => {
    const seen = via('192.0.2.9', { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' })
    expect(seen).toEqual({ source: '192.0.2.9', base: own, status: null })
  })

  test('whatever stands in the headers, it never throws, and a stranger never chooses his source', () => {
    const value = fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.constantFrom(',', '[', ']:', '::%', '10.0.0.1:99999'))
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), value, value, (hops, host, proto) => {
        const headers = { 'X-Forwarded-For': hops.join(','), 'X-Forwarded-Host': host, 'X-Forwarded-Proto': proto }
        expect(via('192.0.2.9', headers).source).toBe('192.0.2.9')
        expect(sourceOf(via('127.0.0.1', headers).source)).not.toBe('')
      }),
      { numRuns: 3000 },
    )
  })
})

test('a source is one computer: all of loopback, one IPv4 address, one /64 of IPv6', () => {
  expect(
    ['127.9.9.9', '::1', '::ffff:127.0.0.1', '192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1', '2001:db8:0:0:9::7'].map(
      sourceOf,
    ),
  ).toEqual(['loopback', 'loopback', 'loopback', '192.0.2.1', '192.0.2.1', '2001:db8:0:0::/64', '2001:db8:0:0::/64'])
  expect(sourceOf('2001:db8:0:1::1')).not.toBe(sourceOf('2001:db8::1'))
})
