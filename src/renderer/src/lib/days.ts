const dayMs = 24 * 60 * 60_000

/** The day of a moment in the person's own zone, as a date field writes it: `2027-01-31`. */
export function dayOf(atMs: number): string {
  const date = new Date(atMs)
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** Midnight at the beginning of a day, as the command line takes it; null for none, and for what is no day. */
export function startOfDay(day: string): number | null {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? []
  const atMs = new Date(Number(year), Number(month) - 1, Number(date)).getTime()
  return Number.isNaN(atMs) ? null : atMs
}

/** The day so many days after that of `nowMs`. */
export function dayIn(days: number, nowMs: number): string {
  const date = new Date(nowMs)
  return dayOf(new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime())
}

/** `today`, `tomorrow`, `in 5 days`, `yesterday`, `5 days ago`: by the calendar, not by hours. */
export function daysAway(atMs: number, nowMs: number): string {
  const midnight = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0)
  // A day with a change of the clock has an hour more or less.
  const days = Math.round((midnight(atMs) - midnight(nowMs)) / dayMs)
  if (days === 0) return 'today'
  if (Math.abs(days) === 1) return days > 0 ? 'tomorrow' : 'yesterday'
  return days > 0 ? `in ${days} days` : `${-days} days ago`
}
