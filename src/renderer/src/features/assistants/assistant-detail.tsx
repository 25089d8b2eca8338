import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Assistant } from '../../../../shared/models/assistant.ts'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { ConfirmDialog } from '../../components/ui/confirm-dialog.tsx'
import { Meter } from '../../components/ui/meter.tsx'
import { Time } from '../../components/ui/time.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { Detail, Fact } from '../../layout/list-detail.tsx'
import { useAction, useTasks } from '../../lib/queries.ts'
import { AssistantActions } from './assistant-actions.tsx'
import { AssistantMessage } from './assistant-card.tsx'
import { imageWords, isUp, memoryWords, StateMark } from './assistant-state.tsx'
import { LogTail } from './log-tail.tsx'
import { underWayWords } from '../tasks/task-looks.ts'

/** One assistant in full: its container, its log as it grows, and the way to be rid of it. */
export function AssistantDetail({
  assistant,
  onClose,
}: {
  readonly assistant: Assistant
  readonly onClose: () => void
}) {
  const [removing, setRemoving] = useState(false)
  return (
    <Detail
      title={assistant.name}
      subtitle={<StateMark state={assistant.state} />}
      onClose={onClose}
      actions={
        <>
          <AssistantActions assistant={assistant} size="md" />
          <Button variant="deny" className="ml-auto" onClick={() => setRemoving(true)}>
            <Trash2 size={14} aria-hidden />
            Remove…
          </Button>
        </>
      }
    >
      <div className="space-y-3">
        <AssistantMessage assistant={assistant} />
        {assistant.memoryUsedMiB !== null && (
          <Meter
            label="Memory"
            value={assistant.memoryUsedMiB}
            max={assistant.memoryMiB}
            words={memoryWords(assistant)}
            alarming={assistant.memoryUsedMiB > 0.9 * assistant.memoryMiB}
          />
        )}
      </div>
      <dl className="mt-2 grid grid-cols-2 gap-x-4 *:nth-2:border-t-0">
        <Fact name="Image">
          <span className={assistant.image === 'demo' ? '' : 'font-mono text-12'}>{imageWords(assistant)}</span>
        </Fact>
        <Fact name="Container">
          {assistant.containerId === null ? (
            'None now'
          ) : (
            <code className="font-mono text-12">{assistant.containerId.slice(0, 12)}</code>
          )}
        </Fact>
        <Fact name="Up since">
          {assistant.startedAtMs === null ? 'Not running' : <Time atMs={assistant.startedAtMs} />}
        </Fact>
        <Fact name="Memory limit">{memoryWords({ memoryUsedMiB: null, memoryMiB: assistant.memoryMiB })}</Fact>
        <Fact name="Restarts">
          {assistant.restarts}
          {assistant.exitCode !== null && `, last exit code ${assistant.exitCode}`}
        </Fact>
        <Fact name="Tasks">
          <TasksOf id={assistant.id} />
        </Fact>
      </dl>
      <LogTail id={assistant.id} live={isUp(assistant.state)} />
      <RemoveDialog
        assistant={assistant}
        open={removing}
        onClose={() => setRemoving(false)}
        onRemoved={() => {
          setRemoving(false)
          onClose()
        }}
      />
    </Detail>
  )
}

/** What it has to do for clients, with the way to look at it. */
function TasksOf({ id }: { readonly id: string }) {
  const words = underWayWords((useTasks().data ?? []).filter(({ assistantId }) => assistantId === id))
  if (words === null) return 'None under way'
  return (
    <Link href="/assistants/tasks" className="font-medium text-accent-text hover:underline">
      {words}
    </Link>
  )
}

type RemoveDialogProps = {
  readonly assistant: Assistant
  readonly open: boolean
  readonly onClose: () => void
  readonly onRemoved: () => void
}

function RemoveDialog({ assistant, open, onClose, onRemoved }: RemoveDialogProps) {
  const [withData, setWithData] = useState(false)
  const remove = useAction('assistants.remove')
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title={`Remove “${assistant.name}”?`}
      action={withData ? 'Remove it and its data' : 'Remove assistant'}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() =>
        remove.mutate(
          { id: assistant.id, withData },
          {
            onSuccess: () => {
              sayDone('Assistant removed', assistant.name)
              onRemoved()
            },
          },
        )
      }
    >
      <p>
        {isUp(assistant.state) ? 'It is stopped and its container is removed.' : 'Its container is removed.'} Your keys
        are not touched: none was ever inside.
      </p>
      <Checkbox
        checked={withData}
        onChange={setWithData}
        label="Also erase its data"
        meaning="Its conversations, memory and files. They cannot be brought back."
      />
    </ConfirmDialog>
  )
}
