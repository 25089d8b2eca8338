import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/main/clock.ts'
import { Introspector } from '../../../src/main/mcp/introspector.ts'
import type { Provider } from '../../../src/shared/models/provider.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import {
  type FakeProvider,
  type Said,
  fakeSource,
  good,
  json,
  nowS,
  outcome,
  resource,
  startFakeProvider,
} from '../../support/fake-provider.ts'

const dead = { active: false }

let provider: FakeProvider

beforeAll(async () => {
  provider = await startFakeProvider()
})
beforeEach(() => {
  provider.asked.length = 0
  provider.listener = (_request, response) => json(response, good())
})
afterAll(() => provider.close())

describe('what the provider says', () => {
  const table: ReadonlyArray<[name: string, answer: () => Said, outcome: string | number, more?: Partial<Provider>]> = [
    ['a live token', good, 'openclaw:read'],
    ['one for several servers, ours among them', () => good({ aud: ['https://a.example', resource] }), 'openclaw:read'],
    ['one without an end', () => good({ exp: undefined }), 'openclaw:read'],
    [
      'one whose absent members are null',
      () => good({ exp: null, nbf: null, iss: null, username: null, token_type: null, cnf: null }),
      'openclaw:read',
    ],
    ['one with scopes we do not know', () => good({ scope: 'openid openclaw:read admin' }), 'openclaw:read'],
    [
      'one whose scopes the person has mapped',
      () => good({ scope: 'mcp:chat' }),
      'openclaw:read openclaw:write',
      { scopeMap: { 'mcp:chat': ['openclaw:write', 'openclaw:read'] } },
    ],
    ['one with the required scopes', good, 'openclaw:read', { requiredScopes: ['openclaw:read'] }],
    [
      'one for the audience of the settings',
      () => good({ aud: 'clawkeep' }),
      'openclaw:read',
      { audience: 'clawkeep' },
    ],
    [
      'one of the right issuer',
      () => good({ iss: 'https://id.example' }),
      'openclaw:read',
      { issuer: 'https://id.example' },
    ],

    ['a dead token', () => ({ active: false }), 'unknown'],
    ['a dead one with all the trimmings', () => good({ active: false }), 'unknown'],
    ['one that has ended', () => good({ exp: nowS() - 1 }), 'unknown'],
    ['one that has not begun', () => good({ nbf: nowS() + 60 }), 'unknown'],
    ['one for another server', () => good({ aud: 'https://other.example/mcp' }), 'unknown'],
    ['one for an address that begins as ours', () => good({ aud: `${resource}/x` }), 'unknown'],
    ['one for nobody', () => good({ aud: undefined }), 'unknown'],
    ['one for us when the settings say otherwise', good, 'unknown', { audience: 'clawkeep' }],
    ['one of another issuer', () => good({ iss: 'https://evil.example' }), 'unknown', { issuer: 'https://id.example' }],
    ['one bound to a key (DPoP)', () => good({ token_type: 'DPoP' }), 'unknown'],
    ['one bound to a certificate', () => good({ cnf: { 'x5t#S256': 'x' } }), 'unknown'],
    ['one for nobody in the form of null', () => good({ aud: null }), 'unknown'],
    ['one of nobody in the form of null', () => good({ client_id: null, sub: null }), 'unknown'],
    ['one of nobody', () => good({ client_id: undefined, sub: undefined }), 'unknown'],
    ['one without the required scope', good, 403, { requiredScopes: ['openclaw:read', 'mcp'] }],
    ['one with a scope that only begins right', () => good({ scope: 'openclaw:readwrite' }), 403],
    ['one with the name of every object’s own field', () => good({ scope: '__proto__ constructor toString' }), 403],
    ['one whose scopes are null', () => good({ scope: null }), 403],
    ['one without scopes', () => good({ scope: undefined }), 403],

    ['active as a word', () => good({ active: 'true' }), 503],
    ['active as a number', () => good({ active: 1 }), 503],
    ['active as null', () => good({ active: null }), 503],
    ['no active at all', () => ({ scope: 'openclaw:read' }), 503],
    ['an end as a word', () => good({ exp: 'tomorrow' }), 503],
    ['an end before all time', () => good({ exp: -1 }), 503],
    ['scopes as a list', () => good({ scope: ['openclaw:read'] }), 503],
    ['an audience of another kind', () => good({ aud: { $ne: 1 } }), 503],
    ['a client of another kind', () => good({ client_id: {} }), 503],
  ]
  test.each(table)('%s', async (_name, answer, expected, more) => {
    provider.listener = (_request, response) => json(response, answer())
    expect(await outcome(new Introspector({ source: fakeSource(provider.url, more), clock: systemClock }))).toBe(
      expected,
    )
  })
})

describe('what is remembered', () => {
  test('saves questions for a minute and no longer, and never past the end of the token', async () => {
    const clock = new FakeClock()
    const introspector = new Introspector({ source: fakeSource(provider.url), clock })
    const end = (ms: number): void => {
      provider.listener = (_request, response) => json(response, good({ exp: (clock.now() + ms) / 1000 }))
    }
    end(600_000)
    await outcome(introspector)
    clock.pass(59_000)
    expect(await outcome(introspector)).toBe('openclaw:read')
    expect(provider.asked).toHaveLength(1)
    clock.pass(1000)
    end(20_000)
    await outcome(introspector)
    expect(provider.asked).toHaveLength(2)
    clock.pass(20_000)
    expect(await outcome(introspector)).toBe('expired')
  })

  test('a revoked token stops within a minute, and its open calls with it', async () => {
    const clock = new FakeClock()
    const introspector = new Introspector({ source: fakeSource(provider.url), clock })
    const cut: string[] = []
    introspector.onRevoked((id) => cut.push(id))
    provider.listener = (_request, response) => json(response, good({ exp: clock.now() / 1000 + 600 }))
    await outcome(introspector)
    provider.listener = (_request, response) => json(response, { active: false })
    clock.pass(60_000)
    expect(await outcome(introspector)).toBe('unknown')
    expect(cut).toEqual([expect.stringMatching(/^ext_[0-9a-f]{24}$/)])
  })

  test.each([
    ['eight hours', 8 * 3600],
    ['no named end', null],
  ])('one of %s that is revoked during a long rest is cut off when it comes back', async (_name, lifeS) => {
    const clock = new FakeClock()
    const introspector = new Introspector({ source: fakeSource(provider.url), clock })
    const cut: string[] = []
    introspector.onRevoked((id) => cut.push(id))
    const exp = lifeS === null ? undefined : clock.now() / 1000 + lifeS
    provider.listener = (_request, response) => json(response, good({ exp }))
    await outcome(introspector)
    clock.pass(2 * 3_600_000)
    provider.listener = (_request, response) => json(response, { active: false })
    expect([await outcome(introspector), cut.length]).toEqual(['unknown', 1])
  })

  test('a token that reaches its end is over, not revoked: nothing is cut off, however the provider says it', async () => {
    const clock = new FakeClock()
    const introspector = new Introspector({ source: fakeSource(provider.url), clock })
    const cut: string[] = []
    introspector.onRevoked((id) => cut.push(id))
    const exp = clock.now() / 1000 + 300
    // Gone from its list, as most say it; or with the end that has passed.
    for (const [token, later] of [
      ['dropped', { active: false }],
      ['dated', good({ exp })],
    ] as const) {
      provider.listener = (_request, response) => json(response, good({ exp: clock.now() / 1000 + 300 }))
      expect(await outcome(introspector, token)).toBe('openclaw:read')
      clock.pass(301_000)
      provider.listener = (_request, response) => json(response, later)
      expect(await outcome(introspector, token)).toBe('expired')
    }
    // It cannot come to life again, so it is not asked about again.
    provider.asked.length = 0
    clock.pass(3_600_000)
    expect(await outcome(introspector, 'dropped')).toBe('expired')
    expect([cut, provider.asked]).toEqual([[], []])
  })

  test('a dead token is not asked about again and again', async () => {
    provider.listener = (_request, response) => json(response, { active: false })
    const introspector = new Introspector({ source: fakeSource(provider.url), clock: systemClock })
    for (let at = 0; at < 5; at++) expect(await outcome(introspector)).toBe('unknown')
    expect(provider.asked).toHaveLength(1)
  })

  test('one token that comes twenty times at once is asked about once', async () => {
    const introspector = new Introspector({ source: fakeSource(provider.url), clock: systemClock })
    const all = await Promise.all(Array.from({ length: 20 }, () => outcome(introspector)))
    expect([...new Set(all)]).toEqual(['openclaw:read'])
    expect(provider.asked).toHaveLength(1)
  })

  test('made-up tokens of one source do not flood the provider, and push out nobody', async () => {
    const introspector = new Introspector({ source: fakeSource(provider.url), clock: systemClock })
    await outcome(introspector)
    provider.listener = (_request, response) => json(response, { active: false })
    const all: Array<string | number> = []
    for (let at = 0; at < 60; at++) all.push(await outcome(introspector, `made-up-${at}`))
    expect(all.filter((one) => one === 429).length).toBeGreaterThan(20)
    expect(provider.asked.length).toBeLessThan(40)
    expect(await outcome(introspector)).toBe('openclaw:read')
  })

  test('of a good token lets it be asked about anew each minute, whatever made-up ones come beside it', async () => {
    const clock = new FakeClock()
    const introspector = new Introspector({ source: fakeSource(provider.url), clock })
    const said = good({ exp: clock.now() / 1000 + 3600 })
    provider.listener = (_request, response) => json(response, said)
    await outcome(introspector)
    provider.listener = (_request, response) => json(response, provider.asked.at(-1) === 'token' ? said : dead)
    for (let minute = 0; minute < 3; minute++) {
      clock.pass(60_000)
      for (let at = 0; at < 30; at++) await outcome(introspector, `made-up-${minute}-${at}`)
      expect(await outcome(introspector, 'one-more')).toBe(429)
      expect(await outcome(introspector)).toBe('openclaw:read')
    }

    // As many questions as there may be at once, and the provider answers none of them.
    const unanswered: Array<() => void> = []
    provider.listener = (_request, response) =>
      provider.asked.at(-1) === 'token' ? json(response, said) : void unanswered.push(() => json(response, dead))
    clock.pass(60_000)
    const { signal } = new AbortController()
    const waiting = Array.from({ length: 32 }, (_, at) =>
      introspector.check(`slow-${at}`, { resource, source: `192.0.2.${at}`, signal }),
    )
    await expect.poll(() => unanswered.length).toBe(32)
    expect(await outcome(introspector, 'late')).toBe(503)
    expect(await outcome(introspector)).toBe('openclaw:read')
    for (const answer of unanswered) answer()
    await Promise.all(waiting)
  })

  test('of a good token does not make a client flood a provider that fails', async () => {
    const clock = new FakeClock()
    const introspector = new Introspector({ source: fakeSource(provider.url), clock })
    provider.listener = (_request, response) => json(response, good({ exp: clock.now() / 1000 + 3600 }))
    await outcome(introspector)
    clock.pass(60_000)
    provider.asked.length = 0
    provider.listener = (_request, response) => response.writeHead(500).end()
    for (let at = 0; at < 60; at++) await outcome(introspector)
    expect(provider.asked.length).toBeLessThan(10)
  })

  test('is forgotten when the person changes the provider', async () => {
    const source = fakeSource(provider.url)
    const introspector = new Introspector({ source, clock: systemClock })
    await outcome(introspector)
    source.change()
    await outcome(introspector)
    expect(provider.asked).toHaveLength(2)
    source.value = null
    source.change()
    expect([introspector.accepts('token'), await outcome(introspector)]).toEqual([false, 'unknown'])
  })
})
