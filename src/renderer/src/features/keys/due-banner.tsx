import { CalendarClock } from 'lucide-react'
import type { ItemDue, ItemOverview } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { count } from '../../lib/format.ts'
import { everyItem, type ItemFilter } from './filter-items.ts'

/** What is over stands before what is near. */
const dueWords: ReadonlyArray<readonly [due: ItemDue, one: string, many: string]> = [
  ['expired', 'expired', 'expired'],
  ['rotate', 'to rotate', 'to rotate'],
  ['expires-soon', 'expires soon', 'expire soon'],
  ['rotate-soon', 'to rotate soon', 'to rotate soon'],
]

type DueBannerProps = {
  readonly items: ReadonlyArray<ItemOverview>
  readonly filter: ItemFilter
  readonly onChange: (filter: ItemFilter) => void
}

/** Says above the list how many items expired, are to be changed or soon will be, and shows just those when asked; nothing while none is. */
export function DueBanner({ items, filter, onChange }: DueBannerProps) {
  const amounts = new Map<ItemDue, number>()
  for (const { due } of items) if (due !== null) amounts.set(due, (amounts.get(due) ?? 0) + 1)
  const parts = dueWords.flatMap(([due, one, many]) => {
    const amount = amounts.get(due) ?? 0
    return amount === 0 ? [] : [{ amount, words: amount === 1 ? one : many }]
  })
  if (parts.length === 0) return null
  const isShown = filter.show === 'due'
  return (
    <div
      role="status"
      className="flex shrink-0 items-center gap-2.5 border-b border-line bg-surface px-6 py-1.5 text-13"
    >
      <CalendarClock size={15} className="shrink-0 text-wait" aria-hidden />
      <p className="min-w-0 flex-1 font-medium">
        {/* The noun stands once. */}
        {parts.map(({ amount, words }, at) => `${at === 0 ? count(amount, 'key') : amount} ${words}`).join(', ')}.
      </p>
      <Button
        size="sm"
        variant="ghost"
        className="text-ink"
        onClick={() => onChange(isShown ? everyItem : { show: 'due', tag: null })}
      >
        {isShown ? 'Show all' : 'Show them'}
      </Button>
    </div>
  )
}
