const dayMs = 24 * 60 * 60_000

/**
 * The day of a date field, such as `2027-01-31`, as it is kept: noon UTC of that day, which is the same in every time zone. Null for
 * what is no day.
 */
export function dayToMs(day: string): number | null {
  const atMs = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T12:00:00Z`) : Number.NaN
  // Some engines make another day of the 31st of a short month.
  return Number.isNaN(atMs) || new Date(atMs).toISOString().slice(0, 10) !== day ? null : atMs
}

/** Whether a date stands for a whole day, not for a moment that another program gave. */
export function isDay(atMs: number): boolean {
  return Math.abs(atMs % dayMs) === dayMs / 2
}

/**
 * The moment a date begins, here: of a day its local midnight. Everything else stays as it is: a moment from another program is one
 * everywhere, and a day that an earlier version kept as local midnight is still that day where it was set (but for zones twelve
 * hours off UTC, whose midnight was noon there: such a day may show as the one before).
 */
export function beginsAtMs(atMs: number): number {
  if (!isDay(atMs)) return atMs
  const day = new Date(atMs)
  return new Date(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()).getTime()
}

/** The day of a date, as a date field writes it: `2027-01-31`. */
export function dayOf(atMs: number): string {
  const date = new Date(beginsAtMs(atMs))
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
