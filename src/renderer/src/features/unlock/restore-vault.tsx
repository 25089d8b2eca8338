import type { FormEvent } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import type { RouteOutput } from '../../../../shared/ipc/contract.ts'
import type { Backup } from '../../../../shared/models/upkeep.ts'
import { useUpkeep } from '../../lib/queries.ts'
import { useRestore } from './use-restore.tsx'

export type RestoreVaultProps = {
  /** There is a vault, which is kept aside. */
  readonly over: boolean
  readonly onBack: () => void
  /** Told what is there now, before `onBack`. */
  readonly onRestored: (restored: RouteOutput<'vault.restore'>) => void
}

/** A backup in the place of a locked vault, or where there is none yet. */
export function RestoreVault({ over, onBack, onRestored }: RestoreVaultProps) {
  const upkeep = useUpkeep()
  return (
    <>
      <h1 className="mt-5 text-28 font-semibold">Restore a backup</h1>
      <p className="mt-2 text-14 text-ink-muted text-pretty">
        {over
          ? 'Every row of it is opened first. The vault that is here now is kept beside it.'
          : 'Every row of it is opened before it becomes your vault.'}
      </p>
      <Loaded query={upkeep} what="Looking for backups">
        {({ backups }) => <Form backups={backups} onBack={onBack} onRestored={onRestored} />}
      </Loaded>
    </>
  )
}

type FormProps = Omit<RestoreVaultProps, 'over'> & { readonly backups: ReadonlyArray<Backup> }

function Form({ backups, onBack, onRestored }: FormProps) {
  const { fields, ready, busy, error, stop, run } = useRestore(backups)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (busy || !ready) return
    run((restored) => {
      onRestored(restored)
      onBack()
    })
  }
  return (
    <form onSubmit={submit} className="mt-6 space-y-4" noValidate>
      {fields}
      {error !== null && error.code !== 'cancelled' && <Problem error={error} />}
      <div className="flex gap-3">
        <Button size="lg" onClick={busy ? stop : onBack}>
          {busy ? 'Stop' : 'Back'}
        </Button>
        <Button type="submit" variant="primary" size="lg" off={busy || !ready} className="flex-1">
          {busy ? 'Opening every row…' : 'Restore it'}
        </Button>
      </div>
    </form>
  )
}
