import { History } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import type { ItemOverview } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { Fact } from '../../layout/list-detail.tsx'
import { count } from '../../lib/format.ts'
import { useItem } from '../../lib/queries.ts'

const HistoryDialog = lazy(async () => ({ default: (await import('./history-dialog.tsx')).HistoryDialog }))

/** How many earlier versions of an item are kept, and the way to them; nothing while there is none. */
export function ItemHistory({ item }: { readonly item: ItemOverview }) {
  const [isOpen, setOpen] = useState(false)
  const versions = useItem(item.id).data?.versions ?? 0
  if (versions === 0) return null
  return (
    <Fact name="History">
      <span className="flex items-center gap-2">
        <span className="min-w-0 flex-1">{count(versions, 'earlier version')}</span>
        <Button size="sm" onClick={() => setOpen(true)}>
          <History size={14} aria-hidden />
          Look at them…
        </Button>
      </span>
      {isOpen && (
        <Suspense>
          <HistoryDialog item={item} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </Fact>
  )
}
