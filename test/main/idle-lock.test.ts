import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { IdleLock } from '../../src/main/idle-lock.ts'
import { FakeClock } from '../support/fake-clock.ts'

const minuteMs = 60_000

let clock: FakeClock
let minutes: number
let locked: number
let idle: IdleLock

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  clock = new FakeClock()
  minutes = 15
  locked = 0
  idle = new IdleLock({ clock, minutes: () => minutes, lock: () => (locked += 1) })
  idle.start()
})
afterEach(() => {
  idle.stop()
  vi.useRealTimers()
})

/** Time goes by, and the next look at it comes. */
function pass(ms: number): void {
  clock.pass(ms)
  vi.advanceTimersByTime(5_000)
}

test('locks after the minutes without the person, not before, and not at all for 0', () => {
  pass(14 * minuteMs)
  expect(locked).toBe(0)
  idle.stayAwake()
  pass(14 * minuteMs)
  expect(locked).toBe(0)
  pass(minuteMs)
  expect(locked).toBe(1)
  minutes = 0
  pass(24 * 60 * minuteMs)
  expect([locked, idle.locksAtMs()]).toEqual([1, null])
})

test('locks at once on a machine that slept past the time, whichever clock stood still', () => {
  clock.setWall(clock.now() + 16 * minuteMs)
  vi.advanceTimersByTime(5_000)
  expect(locked).toBe(1)
})

test('is not put off by a clock that is set back', () => {
  clock.setWall(clock.now() - 60 * minuteMs)
  pass(15 * minuteMs)
  expect(locked).toBe(1)
})

test('says when it will lock, and nothing once it has stopped', () => {
  expect(idle.locksAtMs()).toBe(clock.now() + 15 * minuteMs)
  idle.stop()
  expect(idle.locksAtMs()).toBeNull()
})
