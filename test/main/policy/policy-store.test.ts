import { afterAll, beforeAll, expect, test } from 'vitest'
import { defaultPolicy } from '../../../src/main/policy/policy.ts'
import { PolicyStore } from '../../../src/main/policy/policy-store.ts'
import type { Policy } from '../../../src/shared/models/policy.ts'
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
