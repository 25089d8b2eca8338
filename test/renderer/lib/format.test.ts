import { expect, test } from 'vitest'
import {
  byteSize,
  calendarDate,
  count,
  countdown,
  memorySize,
  relativeTime,
  roughDuration,
  took,
} from '../../../src/renderer/src/lib/format.ts'

const nowMs = new Date(2026, 10, 21, 14, 0).getTime()
const minuteMs = 60_000

test('a time near or far is said as people say it', () => {
  expect(relativeTime(nowMs - 10_000, nowMs)).toBe('just now')
  expect(relativeTime(nowMs + 900, nowMs)).toBe('just now')
  expect(relativeTime(nowMs + 10_000, nowMs)).toBe('in a moment')
  expect(relativeTime(nowMs - 3 * minuteMs, nowMs)).toBe('3 min ago')
  expect(relativeTime(nowMs + 120 * minuteMs, nowMs)).toBe('in 2 h')
  expect(relativeTime(nowMs - 26 * 60 * minuteMs, nowMs)).toBe('1 day ago')
  expect(relativeTime(nowMs - 40 * 24 * 60 * minuteMs, nowMs)).toBe('12 Oct')
})

test('a date of another year names the year', () => {
  expect(calendarDate(new Date(2026, 8, 3).getTime(), nowMs)).toBe('3 Sep')
  expect(calendarDate(new Date(2025, 8, 3).getTime(), nowMs)).toBe('3 Sep 2025')
})

test('a countdown ends at zero and never before its time', () => {
  expect(countdown(272_000)).toBe('4:32')
  expect(countdown(1)).toBe('0:01')
  expect(countdown(0)).toBe('0:00')
  expect(countdown(-5_000)).toBe('0:00')
  expect(countdown(3_872_000)).toBe('1:04:32')
})

test('durations and sizes are in the unit that fits', () => {
  expect(roughDuration(59_700)).toBe('1 min')
  expect(roughDuration(59 * minuteMs)).toBe('59 min')
  expect(roughDuration(59.7 * minuteMs)).toBe('1 h')
  expect(took(340)).toBe('340 ms')
  expect(took(12_340)).toBe('12.3 s')
  expect(took(60_000)).toBe('1 min')
  expect(took(184_000)).toBe('3 min 4 s')
  expect(byteSize(51)).toBe('51 B')
  expect(byteSize(16_384)).toBe('16 KiB')
  expect(byteSize(2_400_000)).toBe('2.3 MiB')
  expect(memorySize(212.4)).toBe('212 MB')
  expect(memorySize(1536)).toBe('1.5 GB')
  expect(count(1, 'entry', 'entries')).toBe('1 entry')
  expect(count(1204, 'entry', 'entries')).toBe('1,204 entries')
})
