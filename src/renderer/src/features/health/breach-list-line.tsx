import type { HealthResult } from '../../../../shared/models/health.ts'
import { Button } from '../../components/ui/button.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { useAction } from '../../lib/queries.ts'
import { visibleString } from '../../lib/visible-text.ts'

type BreachListLineProps = {
  /** The file that the next check compares with; null: none. */
  readonly listName: string | null
  readonly result: HealthResult | null
  readonly off: boolean
}

const nameMaxChars = 60

/** Says what secrets are compared with, and lets the person choose a file. */
export function BreachListLine({ listName, result, off }: BreachListLineProps) {
  const choose = useAction('health.chooseList')
  return (
    <div className="shrink-0 border-b border-line bg-surface px-6 py-2 text-13">
      <div className="flex items-center gap-3">
        <p className="min-w-0 flex-1 text-ink-muted">{lineWords(listName, result)}</p>
        <Button size="sm" off={off || choose.isPending} onClick={() => choose.mutate(undefined)}>
          {listName === null ? 'Choose a list…' : 'Choose another…'}
        </Button>
      </div>
      {choose.error !== null && <Problem error={choose.error} className="mt-2" />}
    </div>
  )
}

function lineWords(listName: string | null, result: HealthResult | null): string {
  if (listName === null)
    return 'To find breached passwords, choose a downloaded list of their hashes, such as Pwned Passwords. It is read here, offline.'
  const name = visibleString(listName, nameMaxChars)
  const list = result?.breachList ?? null
  if (list?.fileName !== listName) return `The next check compares with “${name}”.`
  return `Compared with “${name}” (${list.hash}).`
}
