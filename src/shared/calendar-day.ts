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
 * A moment that another program gave, as it is kept: one that falls on noon UTC, as midnight does twelve hours off UTC, is put a
 * millisecond later, so that it is not taken for a day.
 */
export function asMoment(atMs: number): number {
  return isDay(atMs) ? atMs + 1 : atMs
}

/** The moment a date begins, here: of a day its local midnight. A moment stays as it is: it is one everywhere. */
export function beginsAtMs(atMs: number): number {
  if (!isDay(atMs)) return atMs
  const day = new Date(atMs)
  return new Date(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()).getTime()
}

/** The day of a date, as a date field writes it: `2027-01-31`. */
export function dayOf(atMs: number): string {
  return dayHere(beginsAtMs(atMs))
}

/** The day of a moment on the calendar here: `2027-01-31`. */
export function dayHere(atMs: number): string {
  const date = new Date(atMs)
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
