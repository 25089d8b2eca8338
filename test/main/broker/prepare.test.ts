import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { HttpRequestInput } from '../../../src/main/broker/broker.ts'
import { AppError } from '../../../src/shared/app-error.ts'
import { BrokerBench, request } from './broker-bench.ts'

const bench = BrokerBench.use()

describe('preparing', () => {
  test('shows exactly what will be sent, with placeholders, and says what goes where', () => {
    const body = Buffer.from('{"token":"{{secret:github}}","text":"a"}')
    const prepared = bench.broker.prepare(request('https://API.github.com:443/user#x', { method: 'post', body }))
    expect(prepared.host).toBe('api.github.com')
    expect(prepared.view).toEqual({
      method: 'POST',
      url: 'https://api.github.com/user',
      host: 'api.github.com',
      headers: [
        { name: 'Authorization', value: 'Bearer {{secret:github}}' },
        { name: 'User-Agent', value: 'Clawkeep' },
      ],
      body: { text: '{"token":"{{secret:github}}","text":"a"}', bytes: body.length, truncated: false },
    })
    expect(prepared.secrets).toEqual([
      { itemId: bench.itemId, name: 'github', placement: 'header Authorization' },
      { itemId: bench.itemId, name: 'github', placement: 'body' },
    ])
    expect(JSON.stringify(prepared)).not.toContain('tok_')
  })

  test('a body that the caller changes afterwards is not what is sent', () => {
    const body = Buffer.from('before')
    const prepared = bench.broker.prepare(request('https://api.github.com/', { body }))
    body.write('after!')
    expect(prepared.input.body?.toString()).toBe('before')
  })

  test('a long body is shown up to 16 KiB, never half a character', () => {
    const { view } = bench.broker.prepare(
      request('https://api.github.com/', { body: Buffer.from('a' + 'ä'.repeat(10_000)) }),
    )
    expect(view.body).toMatchObject({ bytes: 20_001, truncated: true })
    expect(view.body?.text).toHaveLength(8192)
    expect(view.body?.text).not.toContain('\ufffd')
  })

  const refused: ReadonlyArray<[string, Partial<HttpRequestInput> & { url: string }, RegExp]> = [
    ['a secret in the URL', { url: 'https://api.github.com/?token={{secret:github}}' }, /URL/],
    ['a secret in the URL, percent-encoded', { url: 'https://api.github.com/?t=%7B%7bsecret%3agithub%7D%7D' }, /URL/],
    ['a secret in the host', { url: 'https://{{secret:github}}.evil.example/' }, /URL/],
    [
      'an unknown name',
      { url: 'https://api.github.com/', headers: [{ name: 'X', value: '{{secret:nope}}' }] },
      /no item named “nope”/,
    ],
    [
      'a name in other letters',
      { url: 'https://api.github.com/', headers: [{ name: 'X', value: '{{secret:GitHub}}' }] },
      /no item/,
    ],
    [
      'an item without hosts',
      { url: 'https://api.github.com/', headers: [{ name: 'X', value: '{{secret:plain}}' }] },
      /no hosts/,
    ],
    ['another host', { url: 'https://github.com/' }, /may not be sent to github.com/],
    ['a host that ends alike', { url: 'https://evilapi.github.com/' }, /may not be sent/],
    ['a host that begins alike', { url: 'https://api.github.com.evil.example/' }, /may not be sent/],
    ['the name above a wildcard', { url: 'https://example.com/' }, /may not be sent/],
    ['a name that ends like a wildcard', { url: 'https://evilexample.com/' }, /may not be sent/],
    ['another port', { url: 'https://api.github.com:8443/' }, /may not be sent to api.github.com:8443/],
    ['this machine', { url: 'https://127.1/', headers: [] }, /this machine/],
    ['this machine by name', { url: 'http://localhost:7420/mcp', headers: [] }, /this machine/],
    ['the metadata service', { url: 'http://169.254.169.254/latest/meta-data', headers: [] }, /local network/],
    ['plain http', { url: 'http://api.github.com/' }, /never sent over http/],
    ['a look-alike host', { url: 'https://api.gіthub.com/' }, /may not be sent/],
    [
      'a part of the answer, which could hold half of a secret',
      {
        url: 'https://api.github.com/',
        headers: [
          { name: 'Authorization', value: 'Bearer {{secret:github}}' },
          { name: 'range', value: 'bytes=0-9' },
        ],
      },
      /part of the answer/,
    ],
  ]
  it.each([
    ['a note', { kind: 'note', notes: 'text' }],
    ['a private SSH key', { kind: 'ssh-key' }],
    ['one-time codes', { kind: 'totp', totp: 'GEZDGNBVGY3TQOJQ' }],
  ] as const)('answers for %s as if there were no such item', (_, fields) => {
    const name = `an item of kind ${fields.kind}`
    bench.store.vault.items.add({ ...fields, name, hosts: ['api.github.com'] })
    const prepare = (wanted: string) => () =>
      bench.broker.prepare(
        request('https://api.github.com/', { headers: [{ name: 'X', value: `{{secret:${wanted}}}` }] }),
      )
    expect(prepare(name)).toThrow(`There is no item named “${name}” that you can use.`)
    expect(prepare('nothing')).toThrow('There is no item named “nothing” that you can use.')
  })

  it.each(refused)('refuses %s', (_, { url, ...more }, words) => {
    expect(() => bench.broker.prepare(request(url, more))).toThrow(
      expect.objectContaining({ code: 'refused', message: expect.stringMatching(words) }),
    )
  })

  test('a request without a secret may ask for a part of the answer', () => {
    const headers = [{ name: 'Range', value: 'bytes=0-9' }]
    expect(bench.broker.prepare(request('https://api.github.com/', { headers })).view.headers).toContainEqual(
      headers[0],
    )
  })

  test('a wildcard host takes the names below it', () => {
    expect(bench.broker.prepare(request('https://a.b.example.com/')).secrets).toHaveLength(1)
  })

  test('a body over 1 MiB is too large', () => {
    const body = Buffer.alloc(1_048_577)
    expect(() => bench.broker.prepare(request('https://api.github.com/', { body }))).toThrow(
      expect.objectContaining({ code: 'too_large' }),
    )
  })

  const risks: ReadonlyArray<[string, Partial<HttpRequestInput> & { url: string }, string[]]> = [
    ['reading', { url: 'https://api.github.com/' }, []],
    ['writing', { url: 'https://api.github.com/', method: 'POST' }, ['writes']],
    ['deleting', { url: 'https://api.github.com/', method: 'DELETE' }, ['deletes']],
    ['plain http', { url: 'http://news.test/', headers: [] }, ['plain-http']],
    ['a local name', { url: 'https://printer.local/', headers: [] }, ['local-network']],
    ['a Cyrillic letter', { url: 'https://api.gіthub.com/', headers: [] }, ['look-alike-host']],
    ['a digit for a letter', { url: 'https://api.g1thub.com/', headers: [] }, ['look-alike-host']],
    ['other letters', { url: 'https://bücher.test/', headers: [] }, ['look-alike-host']],
    ['mixed alphabets', { url: 'https://раypal.test/', headers: [] }, ['look-alike-host']],
    [
      'reordered text in the body',
      { url: 'https://a.test/', headers: [], body: Buffer.from('a\u202eb') },
      ['hidden-text'],
    ],
    [
      'zero width in a header',
      { url: 'https://a.test/', headers: [{ name: 'X', value: 'a\u200bb' }] },
      ['hidden-text'],
    ],
    ['an emoji family', { url: 'https://a.test/', headers: [], body: Buffer.from('👩‍👩‍👧 👍🏽') }, []],
  ]
  it.each(risks)('marks %s', (_, { url, ...more }, ids) => {
    expect(bench.broker.prepare(request(url, more)).risks.map((risk) => risk.id)).toEqual(ids)
  })
})

test('whatever an asker sends, it is prepared or refused with words: never a bug, never a second host', () => {
  const piece = fc.constantFrom(
    'https://',
    'api.github.com',
    '@',
    '\\',
    '/',
    '//',
    '%40',
    '#',
    '?',
    ':',
    '{{secret:github}}',
    '[',
    '::1',
    '\t',
    '。',
    '.',
  )
  const url = fc.oneof(
    fc.webUrl(),
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 8 }).map((parts) => `https://${parts.join('')}`),
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('{{secret:github}}', '{{secret:', '{{ secret: github }}', '\ud800'),
  )
  const headers = fc.array(fc.record({ name: fc.oneof(fc.constant('X-A'), text), value: text }), { maxLength: 4 })
  const body = fc.option(fc.uint8Array().map((bytes) => Buffer.from(bytes)))
  fc.assert(
    fc.property(fc.constantFrom('GET', 'post', 'x'), url, headers, body, (method, address, sent, bytes) => {
      try {
        const prepared = bench.broker.prepare({ method, url: address, headers: sent, body: bytes })
        expect(new URL(prepared.view.url).host).toBe(prepared.host)
        expect(prepared.url.username + prepared.url.password).toBe('')
        for (const { value } of prepared.input.headers) expect(value).not.toMatch(/[\r\n\0]/)
        if (prepared.secrets.length > 0) expect(prepared.host).toMatch(/^(api\.github\.com|[^/]+\.example\.com)$/)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
      }
    }),
    { numRuns: 2000 },
  )
})
