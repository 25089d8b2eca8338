import { PlugZap } from 'lucide-react'
import { useState } from 'react'
import { type Scope, scopes } from '../../../../shared/models/api-key.ts'
import type { Connection } from '../../../../shared/models/connection.ts'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { Detail } from '../../layout/list-detail.tsx'
import { useAction } from '../../lib/queries.ts'
import { scopeWords } from '../clients/scope-words.ts'
import { ByHand } from './by-hand.tsx'
import { PlanView } from './plan-view.tsx'
import { usePlan } from './use-plan.ts'

type ConnectFormProps = {
  readonly frame: Pick<Parameters<typeof Detail>[0], 'title' | 'subtitle' | 'onClose'>
  readonly connection: Connection
}

/** What a program may ask, and the exact change to its settings, before it is connected. */
export function ConnectForm({ frame, connection }: ConnectFormProps) {
  const { program, name, state, problem, defaultScopes } = connection
  const [chosen, setChosen] = useState<ReadonlyArray<Scope>>(defaultScopes)
  const [replace, setReplace] = useState(false)
  const taken = state === 'taken'
  const possible = state !== 'broken' && (!taken || replace) && chosen.length > 0
  const wanted = { program, replace: taken && replace, scopes: [...chosen] }
  const plan = usePlan({ ...wanted, act: 'add' }, { wanted: possible })
  const add = useAction('connect.add')
  const digest = plan.data?.digest
  const connect = () => {
    if (digest === undefined) return
    add.mutate(
      { ...wanted, digest },
      {
        onSuccess: () => sayDone(`${name} is connected`, connection.afterwards),
        // The settings may have changed since: show what they are now.
        onError: () => void plan.refetch(),
      },
    )
  }
  return (
    <Detail
      {...frame}
      {...(state === 'broken'
        ? {}
        : {
            actions: (
              <Button variant="primary" off={!possible || digest === undefined || add.isPending} onClick={connect}>
                <PlugZap size={14} aria-hidden />
                Connect
              </Button>
            ),
          })}
    >
      {problem !== null && <Problem error={problem} className="mb-4" />}
      {state === 'absent' && (
        <p className="mb-4 text-13 text-ink-muted text-pretty">
          {name} was not found on this computer. Its settings can be written all the same, for when it is there.
        </p>
      )}
      {taken && (
        <div className="mb-4">
          <Checkbox
            checked={replace}
            onChange={setReplace}
            label="Replace the entry that is there"
            meaning="Undo brings it back."
          />
        </div>
      )}
      {state !== 'broken' && (
        <>
          <fieldset>
            <legend className="mb-2 text-13 font-medium">It may</legend>
            <div className="space-y-2.5">
              {scopes.map((scope) => (
                <Checkbox
                  key={scope}
                  checked={chosen.includes(scope)}
                  onChange={(on) =>
                    setChosen(scopes.filter((other) => (other === scope ? on : chosen.includes(other))))
                  }
                  label={scopeWords[scope].title}
                  meaning={scopeWords[scope].meaning}
                />
              ))}
            </div>
            {chosen.length === 0 && (
              <p role="alert" className="mt-2 text-12 font-medium text-danger">
                Choose at least one thing that it may do.
              </p>
            )}
          </fieldset>
          {possible && (
            <div className="mt-5">
              <PlanView plan={plan} what="What Connect would change" />
            </div>
          )}
        </>
      )}
      {add.error !== null && <Problem error={add.error} className="mt-4" />}
      <ByHand id={program} />
    </Detail>
  )
}
