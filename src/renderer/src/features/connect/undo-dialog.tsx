import type { Connection } from '../../../../shared/models/connection.ts'
import { ConfirmDialog } from '../../components/ui/confirm-dialog.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { useAction } from '../../lib/queries.ts'
import { PlanView } from './plan-view.tsx'
import { usePlan } from './use-plan.ts'

type UndoDialogProps = { readonly connection: Connection; readonly onClose: () => void }

/** Shows what undo would change, and asks once more. */
export function UndoDialog({ connection: { program, name }, onClose }: UndoDialogProps) {
  const plan = usePlan({ program, act: 'undo' }, { wanted: true })
  const undo = useAction('connect.undo')
  const digest = plan.data?.digest
  return (
    <ConfirmDialog
      open
      wide
      onClose={onClose}
      title={`Take Clawkeep out of ${name}?`}
      action="Undo"
      busy={undo.isPending || digest === undefined}
      error={undo.error}
      onConfirm={() =>
        digest !== undefined &&
        undo.mutate(
          { program, digest },
          {
            onSuccess: () => {
              onClose()
              sayDone(`${name} is disconnected`, 'Its key no longer works.')
            },
          },
        )
      }
    >
      <PlanView plan={plan} what="What undo would change" />
    </ConfirmDialog>
  )
}
