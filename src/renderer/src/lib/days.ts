import { beginsAtMs, dayHere } from '../../../shared/calendar-day.ts'

const dayMs = 24 * 60 * 60_000

/** The day so many days after that of `nowMs`. */
export function dayIn(days: number, nowMs: number): string {
  const date = new Date(nowMs)
  return dayHere(new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime())
}

/** `today`, `tomorrow`, `in 5 days`, `yesterday`, `5 days ago`: by the calendar, not by hours. */
export function daysAway(atMs: number, nowMs: number): string {
  const midnight = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0)
  // A day with a change of the clock has an hour more or less.
  const days = Math.round((midnight(beginsAtMs(atMs)) - midnight(nowMs)) / dayMs)
  if (days === 0) return 'today'
  if (Math.abs(days) === 1) return days > 0 ? 'tomorrow' : 'yesterday'
  return days > 0 ? `in ${days} days` : `${-days} days ago`
}
