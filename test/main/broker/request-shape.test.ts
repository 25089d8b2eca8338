import { describe, expect, it, test } from 'vitest'
import { readHeaders, readMethod, readUrl } from '../../../src/main/broker/request-shape.ts'

describe('URLs', () => {
  const refused: ReadonlyArray<[string, string]> = [
    ['another scheme', 'ftp://a.example/'],
    ['a file', 'file:///etc/passwd'],
    ['javascript', 'javascript:alert(1)'],
    ['no scheme', 'a.example/path'],
    ['one slash', 'https:/a.example/'],
    ['three slashes', 'https:///a.example/'],
    ['user name', 'https://ada@a.example/'],
    ['user name and password', 'https://ada:pass@a.example/'],
    ['empty user name', 'https://@a.example/'],
    ['host behind an @', 'https://api.github.com@evil.example/'],
    ['encoded @ in a user name', 'https://api.github.com%40x@evil.example/'],
    ['backslash for a slash', 'https://evil.example\\@api.github.com/'],
    ['backslash in the path', 'https://a.example/\\x'],
    ['tab in the scheme', 'ht\ttps://a.example/'],
    ['line break in the host', 'https://a.exa\nmple/'],
    ['blank before', ' https://a.example/'],
    ['blank in the path', 'https://a.example/a b'],
    ['NUL', 'https://a.example/\u0000'],
    ['no-break space', 'https://a.example/\u00a0'],
    ['trailing dot', 'https://api.github.com./'],
    ['no host', 'https://'],
    ['port 0', 'https://a.example:0/'],
    ['port too large', 'https://a.example:65536/'],
    ['IPv6 with a zone', 'http://[fe80::1%25eth0]/'],
    ['IPv6 without brackets', 'http://::1/'],
    ['a host that cannot be one', 'https://a b.example/'],
    ['a host beyond 253 characters', `https://${'a'.repeat(254)}/`],
    ['too long', `https://a.example/${'a'.repeat(8192)}`],
  ]
  it.each(refused)('refuses %s', (_, url) => {
    expect(() => readUrl(url)).toThrow(expect.objectContaining({ code: 'invalid' }))
  })

  const accepted: ReadonlyArray<[string, string]> = [
    ['HTTPS://API.GitHub.com:443/x/../user?a=b#frag', 'https://api.github.com/user?a=b'],
    ['http://127.1:8080', 'http://127.0.0.1:8080/'],
    ['https://bücher.example/ä', 'https://xn--bcher-kva.example/%C3%A4'],
    ['https://[2606:4700::0:1111]/', 'https://[2606:4700::1111]/'],
    ['https://a.example/?mail=ada@b.example', 'https://a.example/?mail=ada@b.example'],
  ]
  it.each(accepted)('writes %s as it will be sent', (url, sent) => {
    expect(readUrl(url).href).toBe(sent)
  })
})

describe('headers', () => {
  const injections: ReadonlyArray<[string, string]> = [
    ['X-A', 'a\r\nX-B: b'],
    ['X-A', 'a\nb'],
    ['X-A', 'a\rb'],
    ['X-A', 'a\u0000b'],
    ['X-A', 'a\u007fb'],
    ['X-A\r\nX-B', 'a'],
    ['X A', 'a'],
    ['X-A:', 'a'],
    ['', 'a'],
    ['{{secret:x}}', 'a'],
    ['X-Ä', 'a'],
    ['X-A', 'a\u010a\n'],
  ]
  it.each(injections)('refuses %j: %j', (name, value) => {
    expect(() => readHeaders([{ name, value }])).toThrow(expect.objectContaining({ code: 'invalid' }))
  })

  test('text beyond Latin-1 goes out as UTF-8 and cannot become a line break', () => {
    const [header] = readHeaders([{ name: 'X-A', value: '\u010a\u560d' }])
    expect(header?.value).toBe(Buffer.from('\u010a\u560d').toString('latin1'))
    expect(header?.value).not.toMatch(/[\r\n]/)
  })

  it.each([
    'Host',
    'content-length',
    'Transfer-Encoding',
    'Connection',
    'Keep-Alive',
    'Upgrade',
    'TE',
    'Trailer',
    'Expect',
    'Proxy-Authorization',
    'Proxy-Connection',
    'Accept-Encoding',
  ])('leaves out %s', (name) => {
    expect(readHeaders([{ name, value: 'x' }]).map((header) => header.name)).toEqual(['User-Agent'])
  })

  test('keeps the rest in order, doubles too, and names Clawkeep unless the asker names itself', () => {
    const given = [
      { name: 'X-A', value: '1' },
      { name: 'user-agent', value: 'curl' },
      { name: 'X-A', value: '2' },
    ]
    expect(readHeaders(given)).toEqual(given)
  })

  test('has an end: 64 headers, 32 KiB', () => {
    const many = Array.from({ length: 65 }, (_, index) => ({ name: `X-${index}`, value: '' }))
    expect(() => readHeaders(many)).toThrow(expect.objectContaining({ code: 'invalid' }))
    expect(() => readHeaders([{ name: 'X', value: 'a'.repeat(32_768) }])).toThrow(
      expect.objectContaining({ code: 'invalid' }),
    )
  })
})

test('methods: seven of them, in capitals', () => {
  expect(readMethod('patch')).toBe('PATCH')
  for (const method of ['CONNECT', 'TRACE', 'GET /', 'G\r\nET', '', 'ＧＥＴ']) {
    expect(() => readMethod(method)).toThrow(expect.objectContaining({ code: 'invalid' }))
  }
})
