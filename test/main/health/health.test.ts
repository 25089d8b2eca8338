import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Health } from '../../../src/main/health/health.ts'
import type { HealthResult } from '../../../src/shared/models/health.ts'
import type { ItemInput } from '../../../src/shared/models/item.ts'
import { type AuditedVault, createAuditedVault } from '../../support/audited-vault.ts'
import { codeOfPromise } from '../../support/error-code.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const person = { kind: 'person', id: 'window' } as const
const client = { kind: 'client', id: 'key_x' } as const
const dayMs = 24 * 60 * 60_000
const random = 'kP9$vL2!xQ7zR4&w'

let clock: FakeClock
let at: AuditedVault
let health: Health

beforeEach(async () => {
  clock = new FakeClock()
  at = await createAuditedVault({ clock })
  const { vault, audit, events } = at
  health = new Health({ vault, audit, clock, events })
})
afterEach(() => at.cleanup())

const add = (name: string, more: Partial<ItemInput> = {}): string =>
  at.vault.items.add({ kind: 'login', name, secret: `${random}${name}`, ...more }).id

/** What was found, by name. */
function byName({ found }: HealthResult): Record<string, ReadonlyArray<string>> {
  return Object.fromEntries(found.map(({ name, findings }) => [name, findings.map(({ what }) => what)]))
}

test('each kind is judged by what it is: passwords by guessing, keys of services milder, the rest not at all', async () => {
  add('password', { secret: 'Summer2024!' })
  add('short', { secret: 'xK9$q' })
  add('passphrase', { secret: 'correct horse battery staple' })
  add('no password', { secret: '' })
  add('its own name: zwitschermaschine', { secret: 'zwitschermaschine' })
  add('key', { kind: 'api-key', secret: 'sk_test_4eC39HqLyjWDarjtT1zdp7dc' })
  add('short key of a service', { kind: 'api-key', secret: '3f9a1c7e' })
  add('key of a person', { kind: 'api-key', secret: 'hunter2' })
  add('note', { kind: 'note', secret: '', notes: 'password' })
  add('ssh', { kind: 'ssh-key', secret: '' })
  add('codes', { kind: 'totp', secret: '', totp: 'GEZDGNBVGY3TQOJQ' })
  const result = await health.check(person, null)
  expect(result).toMatchObject({ items: 11, breachList: null, atMs: clock.now() })
  expect(byName(result)).toEqual({
    'its own name: zwitschermaschine': ['weak'],
    'key of a person': ['weak'],
    password: ['weak'],
    short: ['weak'],
  })
  expect(health.view()).toEqual({ running: null, result, listName: null })
  at.vault.lock()
  expect(health.view()).toEqual({ running: null, result: null, listName: null })
})

test('every one of many is judged, a few at a time', async () => {
  for (let n = 10; n < 80; n += 1) add(`many ${n}`, { secret: `summer${n}` })
  const { found } = await health.check(person, null)
  expect(found.map(({ findings }) => findings)).toEqual(Array.from({ length: 70 }, () => [{ what: 'weak' }]))
})

test('the same secret in several items is one group, also across kinds; what is in the trash does not count', async () => {
  add('one', { secret: random })
  add('two', { kind: 'api-key', secret: random })
  add('other', { secret: `${random}x` })
  add('another', { secret: `${random}x` })
  add('alone', { secret: `${random}y` })
  at.vault.items.remove(add('gone', { secret: `${random}y` }))
  const { found } = await health.check(person, null)
  const groups = found.map(({ name, findings }) => [name, findings[0]])
  expect(groups).toEqual([
    ['another', { what: 'reused', group: 1, items: 2 }],
    ['one', { what: 'reused', group: 2, items: 2 }],
    ['other', { what: 'reused', group: 1, items: 2 }],
    ['two', { what: 'reused', group: 2, items: 2 }],
  ])
})

test('old is a secret that was not changed for a year, whatever else was; dates are told as they stand', async () => {
  const soonMs = clock.now() + 370 * dayMs
  add('old')
  add('renamed', { secret: `${random}r` })
  add('changed', { secret: `${random}c` })
  add('key pair', { kind: 'ssh-key', secret: '' })
  add('note', { kind: 'note', secret: '', notes: 'x', expiresAtMs: soonMs })
  add('to change', { secret: `${random}t`, rotateByMs: clock.now() + dayMs })
  clock.pass(364 * dayMs)
  const edit = (name: string, patch: object): unknown =>
    at.vault.items.edit(at.vault.items.byName(name)?.id ?? '', patch)
  edit('renamed', { userName: 'ada', notes: 'new' })
  edit('changed', { secret: `${random}d` })
  clock.pass(2 * dayMs)
  const result = await health.check(person, null)
  expect(byName(result)).toMatchObject({
    old: ['old', 'unused'],
    renamed: ['old', 'unused'],
    'key pair': ['old'],
    note: ['due'],
    'to change': ['due', 'old', 'unused'],
  })
  expect(byName(result)['changed']).toBeUndefined()
  expect(result.found.find(({ name }) => name === 'note')?.findings).toEqual([
    { what: 'due', due: 'expires-soon', atMs: soonMs },
  ])
})

test('unused is what no client, assistant or person touched for 90 days; a log that is too young says nothing', async () => {
  const ids = ['by a client', 'by an assistant', 'copied', 'only asked for', 'long ago', 'never'].map((name) =>
    add(name),
  )
  const use = (kind: 'tool.call' | 'egress.request' | 'item.copy', at_: number, outcome: 'ok' | 'refused' = 'ok') =>
    at.audit.event({ kind, asker: client, itemIds: [ids[at_] ?? ''], outcome })
  await use('tool.call', 4)
  clock.pass(50 * dayMs)
  expect(await health.check(person, null)).toMatchObject({ useKnown: false, found: [] })
  clock.pass(50 * dayMs)
  add('new')
  for (let many = 0; many < 450; many += 1) void use('tool.call', 0)
  await use('egress.request', 1)
  await use('item.copy', 2)
  await use('tool.call', 3, 'refused')
  const result = await health.check(person, null)
  expect(result.useKnown).toBe(true)
  expect(byName(result)).toEqual({ 'long ago': ['unused'], never: ['unused'], 'only asked for': ['unused'] })
})

describe('a list of breached passwords', () => {
  const list = (passwords: ReadonlyArray<string>): string => {
    const path = join(at.home, 'breached.txt')
    const lines = passwords.map((word, n) => `${createHash('sha1').update(word).digest('hex').toUpperCase()}:${n + 1}`)
    writeFileSync(path, lines.toSorted().join('\r\n'))
    return path
  }

  test('finds the secrets that stand in it, with how often they were seen', async () => {
    add('breached', { secret: random })
    add('breached key', { kind: 'api-key', secret: 'pässwörd-of-a-person' })
    add('safe')
    const result = await health.check(person, list(['other', random, 'pässwörd-of-a-person']))
    expect(result.breachList).toEqual({ fileName: 'breached.txt', hash: 'SHA-1' })
    expect(result.found.map(({ name, findings }) => [name, findings])).toEqual([
      ['breached', [{ what: 'breached', count: 2 }]],
      ['breached key', [{ what: 'breached', count: 3 }]],
    ])
  })

  test('that is none fails before a secret is opened, and keeps the last result', async () => {
    add('x')
    const before = await health.check(person, null)
    const path = join(at.home, 'list.zip')
    writeFileSync(path, 'PK\u0003\u0004')
    expect(await codeOfPromise(health.check(person, path))).toBe('invalid')
    expect(health.view()).toMatchObject({ running: null, result: before })
  })
})

describe('while it runs', () => {
  const underWay = async (): Promise<void> => {
    await expect.poll(() => health.view().running?.done ?? 0, { interval: 5, timeout: 10_000 }).toBeGreaterThan(0)
  }

  beforeEach(() => {
    const many = Array.from({ length: 100 }, (_, n) => ({
      input: { kind: 'login', name: `many ${n}`, secret: `Winter ${n} summer` } as const,
    }))
    at.vault.items.addMany(many)
  })

  test('it tells how far it is, lets others work, and can be cancelled', async () => {
    let longestMs = 0
    let lastMs = performance.now()
    const beat = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - lastMs)
      lastMs = performance.now()
    }, 1)
    try {
      const checking = health.check(person, null)
      await underWay()
      expect(health.view().running).toMatchObject({ step: 'secrets', total: 100 })
      expect(await codeOfPromise(health.check(person, null))).toBe('in_use')
      health.cancel()
      expect(await codeOfPromise(checking)).toBe('cancelled')
      expect(health.view()).toMatchObject({ running: null, result: null })
      // To judge as many here would take a second.
      expect(longestMs).toBeLessThan(250)
    } finally {
      clearInterval(beat)
    }
  })

  test('a lock ends it and takes the result away', async () => {
    const checking = health.check(person, null)
    await underWay()
    at.vault.lock()
    expect(await codeOfPromise(checking)).toBe('locked')
    expect(health.view()).toEqual({ running: null, result: null, listName: null })
  })
})

test('the check is audited as one act, and neither it nor its result says a secret', async () => {
  add('weak', { secret: 'hunter2' })
  add('reused', { secret: 'hunter2' })
  const result = await health.check(person, null)
  await at.audit.flush()
  const { entries } = at.audit.list({ kinds: ['vault.health'], limit: 10 })
  expect(entries.map(({ phase, outcome, asker }) => [phase, outcome, asker.id])).toEqual([
    ['close', 'ok', 'window'],
    ['open', undefined, 'window'],
  ])
  expect(JSON.stringify([result, entries])).not.toContain('hunter2')
})
