import { describe, expect, test } from 'vitest'
import { guard } from '../../../src/main/mcp/guard.ts'
import { type Change, guardSettings as settings, head, outcome } from '../../support/request-head.ts'

const noHandler = (): void => undefined
/** The same door with three routes that need no token, as the sign-in has them. */
const withOpen = {
  ...settings,
  open: [
    { path: '/read', methods: ['GET'], handle: noHandler },
    { path: '/form', methods: ['POST'], bodyType: 'application/x-www-form-urlencoded', handle: noHandler },
    { path: '/page', methods: ['GET'], forBrowsers: true, handle: noHandler },
  ],
} as const

const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
/** A page leads the whole tab to the page of ours: a browser sends no Origin then, but says the rest. */
function fromPage(page: string | null, more: Record<string, string | null> = {}): Change {
  const fetched = { 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' }
  return { method: 'GET', target: '/page', set: { ...fetched, Referer: page, ...more } }
}

const openTable: ReadonlyArray<[name: string, change: Change, outcome: string | number]> = [
  ['a read', { method: 'GET', target: '/read' }, 'open'],
  ['a read with a query', { method: 'GET', target: '/read?a=b' }, 'open'],
  ['a form', { target: '/form', set: form }, 'open'],
  ['an allowed page', { target: '/form', set: { ...form, Origin: 'https://app.example' } }, 'open'],
  [
    'a preflight of an allowed page',
    {
      method: 'OPTIONS',
      target: '/form',
      set: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' },
    },
    'preflight',
  ],
  ['an address typed into a browser', { method: 'GET', target: '/page', set: { 'Sec-Fetch-Site': 'none' } }, 'open'],
  ['our page that looks again', { method: 'GET', target: '/page', set: { 'Sec-Fetch-Site': 'same-origin' } }, 'open'],
  ['a long address', { method: 'GET', target: `/read?${'a'.repeat(8000)}` }, 'open'],

  ['DNS rebinding', { method: 'GET', target: '/read', set: { Host: 'evil.example:7420' } }, 403],
  ['a form of a foreign page', { target: '/form', set: { ...form, Origin: 'https://evil.example' } }, 403],
  ['a form of a sandboxed page', { target: '/form', set: { ...form, Origin: 'null' } }, 403],
  ['a read of a foreign page', { method: 'GET', target: '/read', set: { 'Sec-Fetch-Site': 'cross-site' } }, 403],
  ['a read of our own page', { method: 'GET', target: '/read', set: { 'Sec-Fetch-Site': 'same-origin' } }, 403],
  ['a link on a foreign page', { method: 'GET', target: '/page', set: { 'Sec-Fetch-Site': 'cross-site' } }, 403],
  ['a link on a local page', { method: 'GET', target: '/page', set: { 'Sec-Fetch-Site': 'same-site' } }, 403],
  ['a sign-in that an allowed page begins', fromPage('http://localhost:5173/inspect?x=1'), 'open'],
  ['the same from another site', fromPage('https://app.example/', { 'Sec-Fetch-Site': 'cross-site' }), 'open'],
  ['the same from a page that is not listed', fromPage('https://evil.example/'), 403],
  ['the same from a page that does not say which', fromPage(null), 403],
  ['the same from a listed name on another port', fromPage('http://localhost:51730/'), 403],
  ['the same from a listed name without its port', fromPage('http://localhost/'), 403],
  ['the same from a listed name by another scheme', fromPage('https://localhost:5173/'), 403],
  ['the same from a name that begins like a listed one', fromPage('https://app.example.evil.example/'), 403],
  ['the same from a name that ends like a listed one', fromPage('https://xapp.example/'), 403],
  ['the same with a listed one as the user name', fromPage('https://app.example@evil.example/'), 403],
  ['the same with a user name', fromPage('https://a:b@app.example/'), 403],
  ['the same with a listed one in the path', fromPage('https://evil.example/https://app.example/'), 403],
  ['the same from a sandboxed page', fromPage('null'), 403],
  ['the same from something that is no address', fromPage('app.example'), 403],
  ['the same from an address with a blank in its name', fromPage('https://app.example evil/'), 403],
  ['the same in a frame', fromPage('https://app.example/', { 'Sec-Fetch-Dest': 'iframe' }), 403],
  ['the same as an image', fromPage('https://app.example/', { 'Sec-Fetch-Mode': 'no-cors' }), 403],
  ['the same without a word on what it is for', fromPage('https://app.example/', { 'Sec-Fetch-Dest': null }), 403],
  ['two pages at once', { ...fromPage('https://app.example/'), add: [['Referer', 'https://evil.example/']] }, 400],
  ['a read that an allowed page leads to', { ...fromPage('https://app.example/'), target: '/read' }, 403],
  ['another method', { method: 'DELETE', target: '/read' }, 405],
  ['HEAD', { method: 'HEAD', target: '/read' }, 405],
  ['a read of a form', { method: 'GET', target: '/form' }, 405],
  ['JSON where a form is read', { target: '/form' }, 415],
  ['plain text where a form is read', { target: '/form', set: { 'Content-Type': 'text/plain' } }, 415],
  ['a compressed form', { target: '/form', set: { ...form, 'Content-Encoding': 'gzip' } }, 415],
  ['a huge form', { target: '/form', set: { ...form, 'Content-Length': '2000000' } }, 413],
  ['an endless address', { method: 'GET', target: `/read?${'a'.repeat(9000)}` }, 414],
  ['an access token in the query', { method: 'GET', target: '/read?x=oc_at_1' }, 400],
  ['a refresh token in the query', { method: 'GET', target: '/page?x=oc_rt_1' }, 400],
  ['a path below', { method: 'GET', target: '/read/x' }, 404],
  ['a capital', { method: 'GET', target: '/Read' }, 404],
  ['percent encoding', { method: 'GET', target: '/%72ead' }, 404],
]

describe('guard, on a route that needs no token,', () => {
  test.each(openTable)('answers %s', (_name, change, expected) => {
    expect(outcome(guard(head(change), withOpen))).toBe(expected)
  })

  test('refuses a browser on a page and a program in JSON', () => {
    const refused = (target: string): boolean | undefined => {
      const verdict = guard(head({ method: 'GET', target, set: { 'Sec-Fetch-Site': 'cross-site' } }), withOpen)
      return verdict.kind === 'refuse' ? verdict.onPage : undefined
    }
    expect([refused('/page'), refused('/read')]).toEqual([true, undefined])
  })
})
