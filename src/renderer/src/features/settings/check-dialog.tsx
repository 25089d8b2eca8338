import type { CheckResult } from '../../../../shared/models/upkeep.ts'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { sayProblem } from '../../components/ui/toasts.ts'
import { count } from '../../lib/format.ts'
import { useAction } from '../../lib/queries.ts'

/** What does not open, and the way to keep the rest. */
export function CheckDialog({ result, onClose }: { readonly result: CheckResult; readonly onClose: () => void }) {
  const rescue = useAction('vault.check')
  const stop = useAction('upkeep.cancel')
  const submit = (): void => {
    // It locks, which empties the window; what became of the damaged file stands here after the unlock.
    rescue.mutate({ rescue: true }, { onSuccess: onClose })
  }
  return (
    <FormDialog
      wide
      onClose={onClose}
      title={count(result.problems.length, 'thing is not as it should be', 'things are not as they should be')}
      meaning="A backup from before brings all of it back. Or keep what opens: it goes into a new file, the damaged one is kept beside it, and Clawkeep locks."
      onSubmit={submit}
      action={rescue.isPending ? 'Opening every row…' : 'Keep what opens'}
      busy={rescue.isPending}
      onStop={() => stop.mutate(undefined, { onError: sayProblem })}
      error={rescue.error}
    >
      <ul className="divide-y divide-line/60 rounded-lg border border-line">
        {result.problems.map(({ table, id, name, message }) => (
          <li key={`${table} ${id} ${message}`} className="selectable px-3 py-2 text-13 wrap-anywhere">
            {name !== null && <span className="font-medium">{name}: </span>}
            {message}
          </li>
        ))}
      </ul>
    </FormDialog>
  )
}
