import { FlaskConical, Undo2, Wrench } from 'lucide-react'
import { useState } from 'react'
import type { Connection } from '../../../../shared/models/connection.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { Detail } from '../../layout/list-detail.tsx'
import { useAction } from '../../lib/queries.ts'
import { ByHand } from './by-hand.tsx'
import { ConnectForm } from './connect-form.tsx'
import { ConnectionFacts } from './connection-facts.tsx'
import { PlanView } from './plan-view.tsx'
import { programLooks } from './program-state.ts'
import { UndoDialog } from './undo-dialog.tsx'
import { usePlan } from './use-plan.ts'

type ProgramDetailProps = { readonly connection: Connection; readonly onClose: () => void }

/** One program: how it stands, the change that would be made, and what can be done. */
export function ProgramDetail({ connection, onClose }: ProgramDetailProps) {
  const { word, icon, tone } = programLooks[connection.state]
  const frame = {
    title: connection.name,
    subtitle: (
      <Badge tone={tone} icon={icon}>
        {word}
      </Badge>
    ),
    onClose,
  }
  if (connection.connected !== null) return <Connected frame={frame} connection={connection} />
  return <ConnectForm frame={frame} connection={connection} />
}

type ConnectedProps = {
  readonly frame: Pick<Parameters<typeof Detail>[0], 'title' | 'subtitle' | 'onClose'>
  readonly connection: Connection
}

function Connected({ frame, connection }: ConnectedProps) {
  const { program, name, state, problem } = connection
  const [undoing, setUndoing] = useState(false)
  const drifted = state === 'drifted'
  const plan = usePlan({ program, act: 'repair' }, { wanted: drifted })
  const repair = useAction('connect.repair')
  const test = useAction('connect.test')
  const digest = plan.data?.digest
  return (
    <Detail
      {...frame}
      actions={
        <>
          {drifted && (
            <Button
              variant="primary"
              off={repair.isPending || digest === undefined}
              onClick={() =>
                digest !== undefined &&
                repair.mutate(
                  { program, digest },
                  { onSuccess: () => sayDone(`${name} repaired`, connection.afterwards) },
                )
              }
            >
              <Wrench size={14} aria-hidden />
              Repair
            </Button>
          )}
          {state === 'connected' && (
            <Button off={test.isPending} onClick={() => test.mutate({ program })}>
              <FlaskConical size={14} aria-hidden />
              {test.isPending ? 'Testing…' : 'Test'}
            </Button>
          )}
          <Button variant="deny" className="ml-auto" onClick={() => setUndoing(true)}>
            <Undo2 size={14} aria-hidden />
            Undo…
          </Button>
        </>
      }
    >
      {problem !== null && <Problem error={problem} className="mb-4" />}
      {drifted && (
        <div className="mb-4">
          <PlanView plan={plan} what="What repair would change" />
        </div>
      )}
      {repair.error !== null && <Problem error={repair.error} className="mt-4" />}
      {test.error !== null && <Problem error={test.error} className="mb-4" />}
      <ConnectionFacts connection={connection} />
      <ByHand id={program} />
      {undoing && <UndoDialog connection={connection} onClose={() => setUndoing(false)} />}
    </Detail>
  )
}
