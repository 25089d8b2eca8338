import { z } from 'zod'
import { asMoment, dayToMs } from '../../shared/calendar-day.ts'

/**
 * Values of other programs' JSON: absent and null are empty, numbers and yes/no become text. A value of another kind makes its entry
 * unreadable, so that nothing is lost without a word.
 */
export const Text = z
  .union([z.string(), z.number(), z.boolean()])
  .nullish()
  .transform((value) => (value == null ? '' : String(value)))

export const Yes = z
  .union([z.boolean(), z.number(), z.string()])
  .nullish()
  .transform((value) => value === true || value === 1 || value === '1' || value === 'true')

/** A list; absent and null are none. */
export function listOf<T extends z.ZodType>(entry: T) {
  return z
    .array(entry)
    .nullish()
    .transform((list): ReadonlyArray<z.output<T>> => list ?? [])
}

const firstMs = Date.UTC(1980, 0, 1)
const lastMs = Date.UTC(2200, 0, 1)
/** A time in seconds is below it until the year 5000, one in milliseconds above it since 1973. */
const secondsBelow = 100_000_000_000

/** Epoch milliseconds as another program gave them; null when they are no time that can be, such as the one of an `Invalid Date`. */
export function msOf(ms: number): number | null {
  return ms >= firstMs && ms < lastMs ? ms : null
}

/** Epoch milliseconds of an ISO 8601 text, or of a number of seconds or milliseconds; null when it is no time that can be. */
export function timeOf(value: unknown): number | null {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : null
  const ms =
    number === null
      ? typeof value === 'string'
        ? Date.parse(value)
        : Number.NaN
      : number < secondsBelow
        ? number * 1000
        : number
  return msOf(ms)
}

const lastMomentMs = 253_402_300_799_999

/** As `timeOf`, and every moment in ISO 8601 that an item can expire at, from 1970 to 9999. */
export function momentOf(text: string): number | null {
  const ms = /^\d{4}-\d\d-\d\d(T|$)/.test(text) ? Date.parse(text) : Number.NaN
  return ms >= 0 && ms <= lastMomentMs ? ms : timeOf(text)
}

/** A date of another program, from 1970 to 9999: the day where only a day is written, else the moment. */
export function dateOf(text: string): number | null {
  const dayMs = dayToMs(text)
  if (dayMs !== null) return dayMs < 0 ? null : dayMs
  const ms = momentOf(text)
  return ms === null ? null : asMoment(ms)
}

export const Time = z.unknown().optional().transform(timeOf)
