import { expect, test } from 'vitest'
import { dayIn, dayOf, daysAway, startOfDay } from '../../../src/renderer/src/lib/days.ts'

test.each([
  ['2027-01-31', new Date(2027, 0, 31).getTime()],
  ['0999-12-01', new Date(999, 11, 1).getTime()],
  ['', null],
  ['31.1.2027', null],
])('the day %s begins at %s, and is the day of that moment', (day, atMs) => {
  expect(startOfDay(day)).toBe(atMs)
  if (atMs !== null) expect(dayOf(atMs)).toBe(day)
})

test('days are counted by the calendar: over the end of a month, and where a day has 23 hours', () => {
  expect(dayIn(30, new Date(2027, 0, 31, 23, 59).getTime())).toBe('2027-03-02')
  const now = new Date(2027, 2, 13, 23, 30).getTime()
  const words = [-2, -1, 0, 1, 2, 60].map((days) => daysAway(new Date(2027, 2, 13 + days).getTime(), now))
  expect(words).toEqual(['2 days ago', 'yesterday', 'today', 'tomorrow', 'in 2 days', 'in 60 days'])
})
