import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { throttled } from '../../src/main/throttled.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('runs at once, then no more than once in the time, and never misses the last call', () => {
  let runs = 0
  const tell = throttled(() => (runs += 1), 500)
  tell()
  expect(runs).toBe(1)
  for (let at = 0; at < 1_000; at += 1) tell()
  expect(runs).toBe(1)
  vi.advanceTimersByTime(500)
  expect(runs).toBe(2)
  vi.advanceTimersByTime(5_000)
  expect(runs).toBe(2)
  tell()
  expect(runs).toBe(3)
})
