import { CalendarClock } from 'lucide-react'
import { beginsAtMs } from '../../../../shared/calendar-day.ts'
import type { ItemOverview } from '../../../../shared/models/item.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { daysAway } from '../../lib/days.ts'
import { calendarDate } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'

/** What the dates of an item ask for now; nothing while they ask for nothing. */
export function DueBadge({ item, className }: { readonly item: ItemOverview; readonly className?: string }) {
  const words = dueWords(item, useNow())
  if (words === null) return null
  const over = item.due === 'expired' || item.due === 'rotate'
  return (
    <Badge tone={over ? 'danger' : 'wait'} icon={CalendarClock} {...(className === undefined ? {} : { className })}>
      {words}
    </Badge>
  )
}

/** Farther away than this a date says more than its distance. */
const farMs = 60 * 24 * 60 * 60_000

/** `Expires in 5 days`, `Expired yesterday`, `Rotate in 5 days`, `Rotate by passed`; null: nothing is due. */
export function dueWords(
  { due, expiresAtMs, rotateByMs }: Pick<ItemOverview, 'due' | 'expiresAtMs' | 'rotateByMs'>,
  nowMs: number,
): string | null {
  if (due === 'rotate') return 'Rotate by passed'
  if (due === 'expired' && expiresAtMs !== null) {
    const isFar = nowMs - expiresAtMs > farMs
    return `Expired ${isFar ? calendarDate(beginsAtMs(expiresAtMs), nowMs) : daysAway(expiresAtMs, nowMs)}`
  }
  if (due === 'expires-soon' && expiresAtMs !== null) return `Expires ${daysAway(expiresAtMs, nowMs)}`
  return due === 'rotate-soon' && rotateByMs !== null ? `Rotate ${daysAway(rotateByMs, nowMs)}` : null
}
