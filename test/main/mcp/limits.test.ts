import { describe, expect, test } from 'vitest'
import { sourceOf } from '../../../src/main/mcp/forwarded.ts'
import { BadCredentials, RateLimit } from '../../../src/main/mcp/limits.ts'
import { FakeClock } from '../../support/fake-clock.ts'

describe('RateLimit', () => {
  test('lets a burst of 20 through and then 10 each second', () => {
    const clock = new FakeClock()
    const limit = new RateLimit(clock, { perSecond: 10, burst: 20 })
    const takeAll = (): number => {
      let taken = 0
      while (limit.take('key_a').ok) taken++
      return taken
    }
    expect(takeAll()).toBe(20)
    clock.pass(1000)
    expect(takeAll()).toBe(10)
    clock.pass(60_000)
    expect(takeAll()).toBe(20)
  })

  test('says how long to wait, and that wait is enough', () => {
    const clock = new FakeClock()
    const limit = new RateLimit(clock, { perSecond: 10, burst: 1 })
    limit.take('key_a')
    const refused = limit.take('key_a')
    expect(refused).toEqual({ ok: false, retryAfterMs: 100 })
    clock.pass(100)
    expect(limit.take('key_a').ok).toBe(true)
  })

  test('does not let one client use up another one’s calls', () => {
    const limit = new RateLimit(new FakeClock(), { perSecond: 10, burst: 1 })
    limit.take('key_a')
    expect(limit.take('key_a').ok).toBe(false)
    expect(limit.take('key_b').ok).toBe(true)
  })

  test('a wall clock that is set does not refill it', () => {
    const clock = new FakeClock()
    const limit = new RateLimit(clock, { perSecond: 10, burst: 1 })
    limit.take('key_a')
    clock.setWall(clock.now() + 86_400_000)
    expect(limit.take('key_a').ok).toBe(false)
  })
})

describe('BadCredentials', () => {
  const limits = { badCredentials: 5, badCredentialsWindowMs: 900_000 }

  test('blocks the sixth wrong key in 15 minutes and reports the first and the block only', () => {
    const clock = new FakeClock()
    const bad = new BadCredentials(clock, limits)
    const seen = Array.from({ length: 8 }, () => bad.add('10.0.0.1'))
    expect(seen.map(({ blockedForMs }) => blockedForMs > 0)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
      true,
      true,
    ])
    expect(seen.map(({ report }) => report)).toEqual([true, false, false, false, false, true, false, false])
    clock.pass(900_000)
    expect(bad.add('10.0.0.1')).toEqual({ blockedForMs: 0, report: true })
  })

  test('takes all of loopback as one source: a local program may send from any of its addresses', () => {
    const bad = new BadCredentials(new FakeClock(), limits)
    const blocked = Array.from({ length: 6 }, (_, at) => bad.add(`127.0.${at}.1`).blockedForMs > 0)
    expect(blocked.at(-1)).toBe(true)
    expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].map(sourceOf)).toEqual(Array(4).fill('loopback'))
  })

  test('remembers a bounded number of sources', () => {
    const bad = new BadCredentials(new FakeClock(), { badCredentials: 1, badCredentialsWindowMs: 900_000 })
    bad.add('10.0.0.1')
    for (let at = 0; at < 2000; at++) bad.add(`10.1.${at >> 8}.${at & 255}`)
    expect(bad.add('10.0.0.1').blockedForMs).toBe(0)
  })
})
