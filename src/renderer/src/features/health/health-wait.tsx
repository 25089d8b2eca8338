import type { HealthView } from '../../../../shared/models/health.ts'
import { Button } from '../../components/ui/button.tsx'
import { Progress } from '../../components/ui/progress.tsx'
import { useAction } from '../../lib/queries.ts'

const stepWords = {
  list: () => 'Opening the list',
  secrets: (done: number, total: number) => `Looking at key ${number(done)} of ${number(total)}`,
  breaches: () => 'Looking into the list of breaches',
  use: () => 'Reading in the audit log what was used',
} as const

const number = (value: number) => new Intl.NumberFormat('en').format(value)

/** How far a check is. Guessing at what people choose takes a few milliseconds each. */
export function HealthWait({ running }: { readonly running: NonNullable<HealthView['running']> }) {
  const cancel = useAction('health.cancel')
  const { step, done, total } = running
  return (
    <div role="status" className="flex flex-1 flex-col items-center justify-center gap-4 p-8">
      <div className="w-full max-w-100">
        <Progress label={stepWords[step](done, total)} share={total === 0 ? null : done / total} />
      </div>
      <Button off={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
        Cancel
      </Button>
    </div>
  )
}
