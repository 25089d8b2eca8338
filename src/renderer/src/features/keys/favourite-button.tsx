import { Star } from 'lucide-react'
import type { ItemOverview } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { sayProblem } from '../../components/ui/toasts.ts'
import { useAction } from '../../lib/queries.ts'

/** The star: a favourite stands at the top of the list. */
export function FavouriteButton({ item: { id, favourite } }: { readonly item: ItemOverview }) {
  const edit = useAction('items.edit')
  return (
    <Button
      size="icon"
      variant="ghost"
      aria-pressed={favourite}
      aria-label="Favourite"
      title={favourite ? 'Take it off the favourites' : 'Make it a favourite'}
      off={edit.isPending}
      className="-mt-1"
      onClick={() => edit.mutate({ id, patch: { favourite: !favourite } }, { onError: sayProblem })}
    >
      <Star size={16} aria-hidden {...(favourite ? { fill: 'currentColor', className: 'text-accent-text' } : {})} />
    </Button>
  )
}
