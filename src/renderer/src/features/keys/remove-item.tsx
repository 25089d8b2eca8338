import { type ItemOverview, usableKinds } from '../../../../shared/models/item.ts'
import { ConfirmDialog } from '../../components/ui/confirm-dialog.tsx'
import { sayDone, sayProblem, sayUndoable } from '../../components/ui/toasts.ts'
import { request } from '../../lib/ipc.ts'
import { useAction } from '../../lib/queries.ts'
import { kindLooks } from './item-kind.ts'

type RemoveItemProps = {
  readonly item: ItemOverview
  readonly open: boolean
  readonly onClose: () => void
  readonly onRemoved: () => void
}

/** Asks before an item goes into the trash; the message after it offers to undo that. */
export function RemoveItem({ item, open, onClose, onRemoved }: RemoveItemProps) {
  const remove = useAction('items.remove')
  const undo = () => request('trash.restore', { id: item.id }).then(() => sayDone('Restored', item.name), sayProblem)
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title={`Remove “${item.name}”?`}
      action={`Remove ${kindLooks[item.kind].noun}`}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() =>
        remove.mutate(
          { id: item.id },
          {
            onSuccess: () => {
              onRemoved()
              sayUndoable('Put into the trash', item.name, () => void undo())
            },
          },
        )
      }
    >
      <p>It goes into the trash and is erased after 30 days. Until then you can restore it there as it was.</p>
      {usableKinds.includes(item.kind) && <p>Requests that use it will fail from now on.</p>}
    </ConfirmDialog>
  )
}
