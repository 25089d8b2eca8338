import type { Backup } from '../../../../shared/models/upkeep.ts'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { useRestore } from '../unlock/use-restore.tsx'

/** Puts a backup in the place of the open vault, which is kept aside. */
export function RestoreDialog({
  backups,
  onClose,
}: {
  readonly backups: ReadonlyArray<Backup>
  readonly onClose: () => void
}) {
  const { fields, ready, busy, error, stop, run } = useRestore(backups)
  return (
    <FormDialog
      onClose={onClose}
      title="Restore a backup"
      meaning="Every row of it is opened first. The vault of now is kept beside it, and Clawkeep locks: what was changed since the backup is not in it, and keys of clients that were revoked since work again."
      onSubmit={() => run(onClose)}
      action={busy ? 'Opening every row…' : 'Restore and lock'}
      busy={busy}
      onStop={stop}
      ready={ready}
      error={error}
    >
      {fields}
    </FormDialog>
  )
}
