import { Pencil, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import type { ItemOverview } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { Detail } from '../../layout/list-detail.tsx'
import { useItem } from '../../lib/queries.ts'
import { FavouriteButton } from './favourite-button.tsx'
import { ItemFacts } from './item-facts.tsx'
import { kindLooks } from './item-kind.ts'
import { RemoveItem } from './remove-item.tsx'

const ItemDialog = lazy(async () => ({ default: (await import('./item-dialog.tsx')).ItemDialog }))

/** One item: what is known of it, its secrets covered until they are asked for, and what can be done with it. */
export function ItemDetail({ item, onClose }: { readonly item: ItemOverview; readonly onClose: () => void }) {
  const [dialog, setDialog] = useState<'edit' | 'remove' | null>(null)
  const view = useItem(item.id)
  const { data } = view
  return (
    <Detail
      title={item.name}
      subtitle={kindLooks[item.kind].word}
      mark={<FavouriteButton item={item} />}
      onClose={onClose}
      actions={
        <>
          <Button off={data === undefined} onClick={() => setDialog('edit')}>
            <Pencil size={14} aria-hidden />
            Edit
          </Button>
          <Button variant="deny" className="ml-auto" onClick={() => setDialog('remove')}>
            <Trash2 size={14} aria-hidden />
            Remove…
          </Button>
        </>
      }
    >
      {view.error !== null && data === undefined && (
        <Problem error={view.error} className="mb-2">
          <Button size="sm" off={view.isFetching} onClick={() => void view.refetch()}>
            Try again
          </Button>
        </Problem>
      )}
      <ItemFacts item={item} view={data} />
      {dialog === 'edit' && data !== undefined && (
        <Suspense>
          <ItemDialog
            edited={{ item, fields: data.fields, sealed: data.sealed }}
            onClose={() => setDialog(null)}
            onSaved={() => setDialog(null)}
          />
        </Suspense>
      )}
      <RemoveItem
        item={item}
        open={dialog === 'remove'}
        onClose={() => setDialog(null)}
        onRemoved={() => {
          setDialog(null)
          onClose()
        }}
      />
    </Detail>
  )
}
