import { expect, test } from 'vitest'
import { dayToMs } from '../../../src/shared/calendar-day.ts'
import { dayIn, daysAway } from '../../../src/renderer/src/lib/days.ts'

test('days are counted by the calendar: over the end of a month, and where a day has 23 hours', () => {
  expect(dayIn(30, new Date(2027, 0, 31, 23, 59).getTime())).toBe('2027-03-02')
  const now = new Date(2027, 2, 13, 23, 30).getTime()
  const words = [-2, -1, 0, 1, 2, 60].map((days) => daysAway(new Date(2027, 2, 13 + days).getTime(), now))
  expect(words).toEqual(['2 days ago', 'yesterday', 'today', 'tomorrow', 'in 2 days', 'in 60 days'])
})

test('a day is as far away as it is on the calendar here, whatever the zone it was set in', () => {
  const lateMs = new Date(2027, 1, 28, 23, 30).getTime()
  expect(['2027-02-28', '2027-03-01', '2027-03-02'].map((day) => daysAway(dayToMs(day) ?? 0, lateMs))).toEqual([
    'today',
    'tomorrow',
    'in 2 days',
  ])
})
