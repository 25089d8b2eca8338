import { afterAll, beforeAll, expect, test } from 'vitest'
import { decidePolicy, defaultPolicy } from '../../../src/main/policy/policy.ts'
import { PolicyStore } from '../../../src/main/policy/policy-store.ts'
import { Policy, type PolicyRule } from '../../../src/shared/models/policy.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'

const clock = new FakeClock()
let it: TestVault
let store: PolicyStore
const limited: Policy = {
  ...defaultPolicy,
  rules: [{ id: 'some', then: 'allow', when: {}, limit: { uses: 2, per: '1h' } }],
}

beforeAll(async () => {
  it = await createTestVault({ clock })
  store = new PolicyStore({ records: it.vault.records, events: it.events, vault: it.vault, clock })
})
afterAll(() => it.cleanup())

test('a new vault has the default policy, and the version changes with the content only', () => {
  expect(store.get()).toEqual(defaultPolicy)
  const before = store.version()
  store.set(limited)
  expect(store.version()).not.toBe(before)
  store.set(defaultPolicy)
  expect(store.version()).toBe(before)
})

test('a set policy is announced and is there after a restart of the core', () => {
  const topics: string[] = []
  const end = it.events.on((topic) => topics.push(topic))
  store.set(limited)
  end()
  expect(topics).toContain('policy')
  expect(new PolicyStore({ records: it.vault.records, events: it.events }).get()).toEqual(limited)
})

test('uses are counted in their window, and only for rules with a limit', () => {
  store.recordUse('some')
  store.recordUse('unknown')
  clock.pass(3_600_000 - 1)
  store.recordUse('some')
  expect(store.usage('some', 3_600_000)).toBe(2)
  clock.pass(1)
  expect(store.usage('some', 3_600_000)).toBe(1)
  expect(store.usage('unknown', 3_600_000)).toBe(0)
})

test('a wall clock that is set forward does not free uses', () => {
  clock.setWall(clock.now() + 86_400_000)
  expect(store.usage('some', 3_600_000)).toBe(1)
})

const twins: ReadonlyArray<PolicyRule> = [
  { id: 'github', then: 'allow', when: { args: [{ path: '/method', equals: 'GET' }] } },
  {
    id: 'github',
    then: 'allow',
    when: { args: [{ path: '/method', equals: 'POST' }] },
    limit: { uses: 1, per: '1h' },
  },
]
const timeless: PolicyRule = { id: 'often', then: 'allow', when: {}, limit: { uses: 1, per: '00m' } }

test.each([
  ['two rules of one id', twins, 'Two rules have the id “github”'],
  ['a limit for no time', [timeless], 'The limit of the rule “often” is for no time at all'],
])('%s is not put in force, and the rule is named', (_, rules, words) => {
  store.set(limited)
  expect(() => store.set({ ...defaultPolicy, rules: [...rules] })).toThrow(words)
  expect(store.get()).toEqual(limited)
})

test('a policy stored with two rules of one id or a limit for no time is never without its limit', () => {
  it.vault.records.put('policy', 'current', Policy.parse({ ...defaultPolicy, rules: [...twins] }))
  const old = new PolicyStore({ records: it.vault.records, events: it.events, clock })
  const post = (by: PolicyStore): string => {
    const asker = { kind: 'client', id: 'key_1', name: 'claude' } as const
    const request = { asker, isNamedByPerson: true, tool: 'http_request', args: { method: 'POST' }, secretNames: [] }
    const { answer, rule } = decidePolicy({
      request: { ...request, host: null },
      policy: by.get(),
      usage: (id, perMs) => by.usage(id, perMs),
      nowMs: clock.now(),
    })
    if (answer === 'allow') by.recordUse(rule)
    return answer
  }
  expect([post(old), post(old)]).toEqual(['allow', 'ask'])
  it.vault.records.put('policy', 'current', Policy.parse({ ...defaultPolicy, rules: [timeless] }))
  expect(post(new PolicyStore({ records: it.vault.records, events: it.events, clock }))).toBe('deny')
})

test('a policy that cannot be read allows nothing', () => {
  it.vault.records.put('policy', 'current', { version: 2 })
  const late = new PolicyStore({ records: it.vault.records, events: it.events })
  expect(() => late.get()).toThrow(expect.objectContaining({ code: 'damaged' }))
  expect(() => late.version()).toThrow(expect.objectContaining({ code: 'damaged' }))
})

test('locked, the policy is out of reach', () => {
  it.vault.lock()
  expect(() => store.get()).toThrow(expect.objectContaining({ code: 'locked' }))
})
