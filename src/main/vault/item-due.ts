import { beginsAtMs } from '../../shared/calendar-day.ts'
import type { ItemDue, ItemOverview } from '../../shared/models/item.ts'

const dayMs = 24 * 60 * 60_000
/** How long before a date an item is said to be due soon. */
const soonMs = 14 * dayMs

/** The item with what its dates ask for now; the same object while that is nothing. */
export function withDue<T extends ItemOverview>(item: T, nowMs: number): T {
  const due = dueOf(item, nowMs)
  return due === item.due ? item : { ...item, due }
}

/** What is over comes before what is near, and the end of a secret before the reminder to change it. */
function dueOf({ expiresAtMs, rotateByMs }: ItemOverview, nowMs: number): ItemDue | null {
  const isBy = (atMs: number | null, untilMs: number): boolean => atMs !== null && beginsAtMs(atMs) <= untilMs
  if (isBy(expiresAtMs, nowMs)) return 'expired'
  if (isBy(rotateByMs, nowMs)) return 'rotate'
  if (isBy(expiresAtMs, nowMs + soonMs)) return 'expires-soon'
  if (isBy(rotateByMs, nowMs + soonMs)) return 'rotate-soon'
  return null
}
