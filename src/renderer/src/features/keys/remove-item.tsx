import { type ItemOverview, usableKinds } from '../../../../shared/models/item.ts'
import { ConfirmDialog } from '../../components/ui/confirm-dialog.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { useAction } from '../../lib/queries.ts'
import { kindLooks } from './item-kind.ts'

type RemoveItemProps = {
  readonly item: ItemOverview
  readonly open: boolean
  readonly onClose: () => void
  readonly onRemoved: () => void
}

/** Asks before an item goes into the trash. */
export function RemoveItem({ item, open, onClose, onRemoved }: RemoveItemProps) {
  const remove = useAction('items.remove')
  const removed = () => {
    onRemoved()
    sayDone('Put into the trash', item.name)
  }
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title={`Remove “${item.name}”?`}
      action={`Remove ${kindLooks[item.kind].noun}`}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ id: item.id }, { onSuccess: removed })}
    >
      <p>
        It goes into the trash and is erased after 30 days. Until then <code>clawkeep trash restore</code> brings it
        back as it was.
      </p>
      {usableKinds.includes(item.kind) && <p>Requests that use it will fail from now on.</p>}
    </ConfirmDialog>
  )
}
