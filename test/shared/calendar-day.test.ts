import { afterEach, expect, test } from 'vitest'
import { beginsAtMs, dayOf, dayToMs, isDay } from '../../src/shared/calendar-day.ts'

const zone = process.env['TZ']
const inZone = (name: string): void => {
  process.env['TZ'] = name
}
afterEach(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

const zones = ['Asia/Tokyo', 'America/Los_Angeles', 'Pacific/Kiritimati', 'Etc/GMT+12', 'Europe/Berlin', 'UTC']

test.each(zones)('a day that was set elsewhere is the same day in %s, and begins there at midnight', (here) => {
  for (const day of ['2027-03-01', '2027-03-14', '1970-01-01', '9998-12-31']) {
    inZone('Asia/Tokyo')
    const atMs = dayToMs(day) ?? 0
    inZone(here)
    expect(dayOf(atMs)).toBe(day)
    const begins = new Date(beginsAtMs(atMs))
    expect([begins.getHours(), begins.getMinutes(), begins.getDate()]).toEqual([0, 0, Number(day.slice(8))])
  }
})

test.each(['Asia/Tokyo', 'America/Los_Angeles', 'Europe/Berlin'])(
  'what was kept as midnight in %s, and the moment another program gave, are left as they are',
  (here) => {
    inZone(here)
    for (const moment of [new Date(2027, 2, 1), new Date(2027, 2, 1, 14, 30)]) {
      expect(dayOf(moment.getTime())).toBe('2027-03-01')
      expect(beginsAtMs(moment.getTime())).toBe(moment.getTime())
      expect(isDay(moment.getTime())).toBe(false)
    }
  },
)

test.each(['', '31.1.2027', '2027-02-29', '2027-02-31', '2027-13-01', '2027-1-1', '20270-01-01'])(
  '“%s” is no day',
  (text) => {
    expect(dayToMs(text)).toBeNull()
  },
)

test('the year is the one that is written, also one of two digits', () => {
  expect(dayToMs('0099-02-01')).toBe(Date.parse('0099-02-01T12:00:00Z'))
})
