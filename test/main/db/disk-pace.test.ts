import { describe, expect, test } from 'vitest'
import { DiskPace } from '../../../src/main/db/disk-pace.ts'

/** Asks a disk `times` over, in place or aside as the pace says; how many were in place. Through a thread it takes `threadMs` more. */
function ask(pace: DiskPace, times: number, diskMs: number, threadMs: number): number {
  let inPlace = 0
  for (let at = 0; at < times; at++) {
    if (pace.isQuick) {
      inPlace++
      pace.tookInPlace(diskMs)
    } else pace.tookAside(diskMs + threadMs)
  }
  return inPlace
}

describe('a disk is waited for in place', () => {
  test('once it was quick some times, and not before', () => {
    const pace = new DiskPace()
    expect(pace.isQuick).toBe(false)
    expect(ask(pace, 100, 0.15, 0.1)).toBeGreaterThan(85)
  })

  test('also where threads are slow', () => {
    expect(ask(new DiskPace(), 1000, 0.15, 5)).toBeGreaterThan(950)
  })

  test('and after one answer that took long again soon', () => {
    const pace = new DiskPace()
    ask(pace, 100, 0.15, 0.1)
    pace.tookInPlace(20)
    expect(pace.isQuick).toBe(false)
    expect(ask(pace, 100, 0.15, 1)).toBeGreaterThan(60)
  })

  test.each([
    [1, 2],
    [5, 10],
    [20, 20],
    [200, 50],
  ])('one time in some at most on a disk that takes %d ms', (diskMs, oneIn) => {
    const pace = new DiskPace()
    ask(pace, 100, 0.15, 0.1)
    expect(ask(pace, 1000, diskMs, 0.1)).toBeLessThan(1000 / oneIn + 10)
  })
})
