import { expect, test } from 'vitest'
import { dayIn } from '../../src/renderer/src/lib/days.ts'
import { asMoment, beginsAtMs, dayHere, dayOf, dayToMs, isDay } from '../../src/shared/calendar-day.ts'
import { inZone, zones } from '../support/time-zone.ts'

test.each(zones)('a day that was set elsewhere is the same day in %s, and begins there at midnight', async (here) => {
  for (const set of zones) {
    for (const day of ['2027-03-01', '2027-03-14', '2027-07-01', '1970-01-01', '9998-12-31']) {
      const atMs = await inZone(set, () => dayToMs(day) ?? 0)
      await inZone(here, () => {
        expect(dayOf(atMs)).toBe(day)
        const begins = new Date(beginsAtMs(atMs))
        expect([begins.getHours(), begins.getMinutes(), begins.getDate()]).toEqual([0, 0, Number(day.slice(8))])
      })
    }
  }
})

test.each(zones)('the day of a moment is that of the calendar in %s, also at midnight', async (here) => {
  await inZone(here, () => {
    for (const moment of [new Date(2027, 6, 1), new Date(2027, 6, 1, 14, 30), new Date(2027, 0, 1, 23, 59)]) {
      const day = `2027-${String(moment.getMonth() + 1).padStart(2, '0')}-01`
      expect(dayHere(moment.getTime())).toBe(day)
      // As it is kept when another program gave it.
      const kept = asMoment(moment.getTime())
      expect([dayOf(kept), isDay(kept), beginsAtMs(kept)]).toEqual([day, false, kept])
      expect(kept - moment.getTime()).toBeLessThanOrEqual(1)
    }
  })
})

test.each(zones)('in so many days is the same day of the calendar in %s, at any hour', async (here) => {
  await inZone(here, () => {
    for (const now of [new Date(2027, 5, 30), new Date(2027, 5, 30, 12), new Date(2027, 5, 30, 23, 59)])
      expect([1, 32].map((days) => dayIn(days, now.getTime()))).toEqual(['2027-07-01', '2027-08-01'])
  })
})

test.each(['', '31.1.2027', '2027-02-29', '2027-02-31', '2027-13-01', '2027-1-1', '20270-01-01'])(
  '“%s” is no day',
  (text) => {
    expect(dayToMs(text)).toBeNull()
  },
)

test('the year is the one that is written, also one of two digits', () => {
  expect(dayToMs('0099-02-01')).toBe(Date.parse('0099-02-01T12:00:00Z'))
})
