import { describe, expect, it, test } from 'vitest'
import { decidePolicy, defaultPolicy, type PolicyRequest, type Verdict } from '../../../src/main/policy/policy.ts'
import { Policy } from '../../../src/shared/models/policy.ts'

const claude = { kind: 'client', id: 'key_1', name: 'claude' } as const
const gardener = { kind: 'assistant', id: 'ast_1', name: 'gardener' } as const
const nowMs = Date.parse('2026-11-01T12:00:00Z')

const get: PolicyRequest = {
  asker: claude,
  isNamedByPerson: true,
  tool: 'http_request',
  args: { method: 'GET', url: 'https://api.github.com/repos/ada/garden/issues', page: 3, tags: ['a', 'b'] },
  secretNames: ['github'],
  host: 'api.github.com',
}

function policy(rules: ReadonlyArray<Record<string, unknown>>, more: Record<string, unknown> = {}): Policy {
  return Policy.parse({
    version: 1,
    default: 'ask',
    rules: rules.map((rule, index) => ({ id: `r${index}`, ...rule })),
    ...more,
  })
}

function decide(
  rules: ReadonlyArray<Record<string, unknown>>,
  request: Partial<PolicyRequest> = {},
  used = 0,
): Verdict {
  return decidePolicy({ request: { ...get, ...request }, policy: policy(rules), usage: () => used, nowMs })
}

describe('which rule wins', () => {
  it('lets deny beat ask and ask beat allow, wherever they stand', () => {
    expect(decide([{ then: 'allow' }, { then: 'ask' }, { then: 'deny' }])).toEqual({ answer: 'deny', rule: 'r2' })
    expect(decide([{ then: 'allow' }, { then: 'ask' }])).toEqual({ answer: 'ask', rule: 'r1' })
  })

  it('names the first matching rule of the winning kind', () => {
    expect(decide([{ then: 'allow' }, { then: 'allow' }]).rule).toBe('r0')
    expect(decide([{ then: 'ask' }, { then: 'deny' }, { then: 'deny' }]).rule).toBe('r1')
  })

  it('falls back to the default', () => {
    expect(decide([])).toEqual({ answer: 'ask', rule: 'default' })
    const open = decidePolicy({ request: get, policy: policy([], { default: 'allow' }), usage: () => 0, nowMs })
    expect(open).toEqual({ answer: 'allow', rule: 'default' })
  })

  it('plays the example of the documentation', () => {
    const example = {
      id: 'github-read',
      then: 'allow',
      when: {
        client: 'claude',
        tool: 'http_request',
        args: [
          { path: '/url', host: 'api.github.com' },
          { path: '/method', in: ['GET'] },
        ],
        secret: 'github',
      },
      limit: { uses: 20, per: '1h' },
      until: '2027-01-01T00:00:00Z',
    }
    expect(decide([example])).toEqual({ answer: 'allow', rule: 'github-read' })
    expect(decide([example], {}, 20)).toEqual({ answer: 'ask', rule: 'github-read:limit' })
    expect(decide([example], { args: { method: 'POST', url: 'https://api.github.com/' } }).rule).toBe('default')
    expect(decide([example], { asker: gardener }).rule).toBe('default')
  })
})

describe('a program that gives itself a name', () => {
  const impostor = { asker: { kind: 'client', id: 'sgn_2', name: 'claude' }, isNamedByPerson: false } as const

  it.each<[rule: Record<string, unknown>, more: Partial<PolicyRequest>, answer: Verdict]>([
    [{ then: 'allow', when: { client: 'claude' } }, {}, { answer: 'ask', rule: 'default' }],
    [{ then: 'allow', when: { client: 'sgn_2' } }, {}, { answer: 'allow', rule: 'r0' }],
    // Named like the id of another client.
    [
      { then: 'allow', when: { client: 'key_1' } },
      { asker: { ...impostor.asker, name: 'key_1' } },
      { answer: 'ask', rule: 'default' },
    ],
    [{ then: 'deny', when: { client: 'claude' } }, {}, { answer: 'deny', rule: 'r0' }],
    [{ then: 'ask', when: { client: 'claude' } }, {}, { answer: 'ask', rule: 'r0' }],
    [{ then: 'deny', when: { client: 'sgn_2' } }, {}, { answer: 'deny', rule: 'r0' }],
  ])('%o: what it calls itself opens nothing', (rule, more, answer) => {
    expect(decide([rule], { ...impostor, ...more })).toEqual(answer)
  })
})

describe('the built-in rules', () => {
  const ask = (tool: string, own: Policy = defaultPolicy): Verdict =>
    decidePolicy({
      request: { ...get, tool, args: {}, secretNames: [], host: null },
      policy: own,
      usage: () => 0,
      nowMs,
    })

  it.each([
    ['openclaw_chat', 'allow', 'builtin.chat'],
    ['openclaw_instances', 'allow', 'builtin.read'],
    ['secrets_list', 'allow', 'builtin.secrets-list'],
    ['approval_status', 'allow', 'builtin.own-approvals'],
    ['http_request', 'ask', 'default'],
    ['egress', 'ask', 'default'],
  ])('%s: %s by %s', (tool, answer, rule) => {
    expect(ask(tool)).toEqual({ answer, rule })
  })

  it('still hold under a policy that does not repeat them, unless its default is deny', () => {
    expect(ask('openclaw_chat', policy([])).answer).toBe('allow')
    expect(ask('openclaw_chat', policy([], { default: 'deny' }))).toEqual({ answer: 'deny', rule: 'default' })
    expect(ask('openclaw_chat', policy([{ then: 'deny', when: { tool: 'openclaw_chat' } }])).rule).toBe('r0')
  })
})

describe('conditions', () => {
  const matching: ReadonlyArray<[string, Record<string, unknown>, boolean]> = [
    ['client by name', { client: 'claude' }, true],
    ['client by id', { client: 'key_1' }, true],
    ['another client', { client: 'cursor' }, false],
    ['an assistant of the same name', { assistant: 'claude' }, false],
    ['tool', { tool: 'http_request' }, true],
    ['tool with a star', { tool: 'http_*' }, true],
    ['any tool', { tool: '*' }, true],
    ['secret', { secret: 'github' }, true],
    ['another secret', { secret: 'gitlab' }, false],
    ['equals', { args: [{ path: '/page', equals: 3 }] }, true],
    ['equals of another type', { args: [{ path: '/page', equals: '3' }] }, false],
    ['in', { args: [{ path: '/method', in: ['HEAD', 'GET'] }] }, true],
    ['prefix', { args: [{ path: '/url', prefix: 'https://api.github.com/repos/' }] }, true],
    ['glob in one segment', { args: [{ path: '/url', glob: 'https://api.github.com/repos/*/garden/issues' }] }, true],
    ['glob that stops at a slash', { args: [{ path: '/url', glob: 'https://api.github.com/*' }] }, false],
    ['deep glob', { args: [{ path: '/url', glob: 'https://api.github.com/**' }] }, true],
    ['host', { args: [{ path: '/url', host: 'API.github.com' }] }, true],
    ['host below', { args: [{ path: '/url', host: '*.github.com' }] }, true],
    ['host of another port', { args: [{ path: '/url', host: 'api.github.com:8443' }] }, false],
    ['range', { args: [{ path: '/page', range: [1, 3] }] }, true],
    ['out of range', { args: [{ path: '/page', range: [4, 9] }] }, false],
    ['absent', { args: [{ path: '/body', absent: true }] }, true],
    ['absent, but there', { args: [{ path: '/page', absent: true }] }, false],
    ['a missing argument', { args: [{ path: '/missing', equals: null }] }, false],
    ['inherited members', { args: [{ path: '/constructor/name', equals: 'Object' }] }, false],
  ]
  it.each(matching)('%s', (_, when, matches) => {
    expect(decide([{ then: 'allow', when }]).rule).toBe(matches ? 'r0' : 'default')
  })

  it('does not let an allow rule for one secret carry a second one', () => {
    expect(decide([{ then: 'allow', when: { secret: 'github' } }], { secretNames: ['github', 'bank'] }).rule).toBe(
      'default',
    )
    expect(decide([{ then: 'deny', when: { secret: 'bank' } }], { secretNames: ['github', 'bank'] }).answer).toBe(
      'deny',
    )
  })

  it('takes an expired rule for absent, on the millisecond', () => {
    const rule = { then: 'deny', until: '2026-11-01T12:00:00Z' }
    expect(decide([rule]).rule).toBe('default')
    expect(decide([{ ...rule, until: '2026-11-01T13:00:00.001+01:00' }]).answer).toBe('deny')
  })
})

describe('a rule that cannot be judged denies', () => {
  const broken: ReadonlyArray<[string, Record<string, unknown>]> = [
    ['pointer without a slash', { args: [{ path: 'url', equals: 'x' }] }],
    ['pointer with a bad escape', { args: [{ path: '/a~2', equals: 'x' }] }],
    ['host of something that is no URL', { args: [{ path: '/method', host: 'api.github.com' }] }],
    ['host of a number', { args: [{ path: '/page', host: 'api.github.com' }] }],
    ['host pattern with a path', { args: [{ path: '/url', host: 'https://api.github.com/' }] }],
    ['glob with a class', { args: [{ path: '/url', glob: '[a-z]*' }] }],
    ['glob that ends in a backslash', { args: [{ path: '/url', glob: 'a\\' }] }],
    ['glob of a number', { args: [{ path: '/page', glob: '*' }] }],
    ['prefix of a number', { args: [{ path: '/page', prefix: '3' }] }],
    ['equals of several values', { args: [{ path: '/tags', equals: 'a' }] }],
    ['in of several values', { args: [{ path: '/tags', in: ['a', 'b'] }] }],
    ['range of a text', { args: [{ path: '/url', range: [1, 2] }] }],
    ['range the wrong way round', { args: [{ path: '/page', range: [9, 1] }] }],
    ['star in the middle of a tool', { tool: 'http_*_x' }],
  ]
  it.each(broken)('%s', (_, when) => {
    expect(decide([{ then: 'allow', when }])).toEqual({ answer: 'deny', rule: 'r0' })
  })

  it('but not when another test surely fails, in either order', () => {
    const fails = { path: '/method', equals: 'POST' }
    const unjudged = { path: '/url', glob: '[' }
    expect(decide([{ then: 'allow', when: { args: [fails, unjudged] } }]).rule).toBe('default')
    expect(decide([{ then: 'allow', when: { args: [unjudged, fails] } }]).rule).toBe('default')
  })
})

test('no glob makes the judgement slow (a regular expression would take years on these)', () => {
  const url = `https://a/${'a'.repeat(8000)}`
  const startedMs = performance.now()
  for (const glob of [`${'*a'.repeat(100)}b`, `${'**a'.repeat(100)}b`, `${'?*'.repeat(120)}b`]) {
    expect(
      decide([{ then: 'allow', when: { args: [{ path: '/url', glob: `https://a/${glob}` }] } }], { args: { url } })
        .rule,
    ).toBe('default')
  }
  expect(performance.now() - startedMs).toBeLessThan(2000)
})

test('a text too long for a glob is a deny, not a wait', () => {
  expect(
    decide([{ then: 'allow', when: { args: [{ path: '/url', glob: '**' }] } }], { args: { url: 'a'.repeat(20_000) } })
      .answer,
  ).toBe('deny')
})
