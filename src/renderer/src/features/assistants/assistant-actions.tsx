import { Play, RotateCw, Square, X } from 'lucide-react'
import type { RouteName } from '../../../../shared/ipc/contract.ts'
import type { Assistant } from '../../../../shared/models/assistant.ts'
import { Button } from '../../components/ui/button.tsx'
import { sayProblem } from '../../components/ui/toasts.ts'
import { useAction } from '../../lib/queries.ts'
import { isComing, isUp } from './assistant-state.tsx'

type Act = Extract<RouteName, 'assistants.start' | 'assistants.stop' | 'assistants.restart'>

/** Start, stop, restart, cancel: what makes sense in the present state. */
export function AssistantActions({
  assistant,
  size = 'sm',
}: {
  readonly assistant: Assistant
  readonly size?: 'sm' | 'md'
}) {
  const start = useAction('assistants.start')
  const stop = useAction('assistants.stop')
  const restart = useAction('assistants.restart')
  const busy = start.isPending || stop.isPending || restart.isPending || assistant.state === 'stopping'
  const run = (act: Act) => {
    const mutation = act === 'assistants.start' ? start : act === 'assistants.stop' ? stop : restart
    mutation.mutate({ id: assistant.id }, { onError: sayProblem })
  }
  if (isComing(assistant.state)) {
    return (
      <Button
        size={size}
        off={stop.isPending}
        aria-label={`Cancel ${assistant.name}`}
        onClick={() => run('assistants.stop')}
      >
        <X size={14} aria-hidden />
        Cancel
      </Button>
    )
  }
  if (!isUp(assistant.state)) {
    return (
      <Button size={size} off={busy} aria-label={`Start ${assistant.name}`} onClick={() => run('assistants.start')}>
        <Play size={14} aria-hidden />
        Start
      </Button>
    )
  }
  return (
    <>
      <Button size={size} off={busy} aria-label={`Stop ${assistant.name}`} onClick={() => run('assistants.stop')}>
        <Square size={13} aria-hidden />
        Stop
      </Button>
      <Button size={size} off={busy} aria-label={`Restart ${assistant.name}`} onClick={() => run('assistants.restart')}>
        <RotateCw size={14} aria-hidden />
        Restart
      </Button>
    </>
  )
}
