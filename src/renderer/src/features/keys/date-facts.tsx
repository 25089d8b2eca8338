import { beginsAtMs, dayOf, isDay } from '../../../../shared/calendar-day.ts'
import type { ItemOverview } from '../../../../shared/models/item.ts'
import { Fact } from '../../layout/list-detail.tsx'
import { daysAway } from '../../lib/days.ts'
import { calendarDate, exactTime } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'
import { DueBadge } from './due-badge.tsx'

/** When an item expires and when it is to be changed; what is due stands out. */
export function DateFacts({ item }: { readonly item: ItemOverview }) {
  const { due, expiresAtMs, rotateByMs } = item
  return (
    <>
      {expiresAtMs !== null && (
        <DateFact name="Expires" atMs={expiresAtMs} due={due?.startsWith('expire') === true ? item : null} />
      )}
      {rotateByMs !== null && (
        <DateFact name="Rotate by" atMs={rotateByMs} due={due?.startsWith('rotate') === true ? item : null} />
      )}
    </>
  )
}

type DateFactProps = { readonly name: string; readonly atMs: number; readonly due: ItemOverview | null }

function DateFact({ name, atMs, due }: DateFactProps) {
  const nowMs = useNow()
  return (
    <Fact name={name}>
      <span className="flex flex-wrap items-center gap-2">
        <time
          dateTime={isDay(atMs) ? dayOf(atMs) : new Date(atMs).toISOString()}
          title={isDay(atMs) ? undefined : exactTime(atMs)}
        >
          {calendarDate(beginsAtMs(atMs), nowMs)}
        </time>
        {due === null ? (
          <span className="text-12 text-ink-muted">{daysAway(atMs, nowMs)}</span>
        ) : (
          <DueBadge item={due} />
        )}
      </span>
    </Fact>
  )
}
