import type { Upkeep, UpkeepKind } from '../../../../shared/models/upkeep.ts'
import { Button } from '../../components/ui/button.tsx'
import { Progress } from '../../components/ui/progress.tsx'
import { sayProblem } from '../../components/ui/toasts.ts'
import { useAction } from '../../lib/queries.ts'

const words: Readonly<Record<UpkeepKind, string>> = {
  backup: 'Backing up: every row of the copy is opened',
  rotate: 'Giving the vault a new key',
  restore: 'Opening every row of the backup',
  check: 'Opening every row of the vault',
}

/** How far the work on the whole vault is, and the way to stop it. */
export function UpkeepProgress({ running }: { readonly running: NonNullable<Upkeep['running']> }) {
  const cancel = useAction('upkeep.cancel')
  const { kind, done, total } = running
  return (
    <div className="flex items-center gap-6 px-4 py-3">
      <div className="min-w-0 flex-1">
        <Progress label={words[kind]} share={total === 0 ? null : done / total} />
      </div>
      <Button off={cancel.isPending} onClick={() => cancel.mutate(undefined, { onError: sayProblem })}>
        Stop
      </Button>
    </div>
  )
}
