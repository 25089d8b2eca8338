import { Ban } from 'lucide-react'
import { useState } from 'react'
import type { TaskView } from '../../../../shared/models/task.ts'
import { Button } from '../../components/ui/button.tsx'
import { ConfirmDialog } from '../../components/ui/confirm-dialog.tsx'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { Time } from '../../components/ui/time.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { Detail, Fact } from '../../layout/list-detail.tsx'
import { took } from '../../lib/format.ts'
import { useAction, useAssistants } from '../../lib/queries.ts'
import { TaskBadge } from './task-badge.tsx'
import { answerWords, assistantOf, clientOf, isUnderWay, nameMaxChars } from './task-looks.ts'

const problemMaxChars = 300

/** One task: whose it is, how far, why it waits or ended, and the way to cancel it. */
export function TaskDetail({ task, onClose }: { readonly task: TaskView; readonly onClose: () => void }) {
  const [asking, setAsking] = useState(false)
  const cancel = useAction('tasks.cancel')
  const { id, clientName, state, problem, createdAtMs, startedAtMs, endedAtMs } = task
  return (
    <Detail
      title={`Task for ${assistantOf(task)}`}
      subtitle={<TaskBadge state={state} />}
      onClose={onClose}
      {...(isUnderWay(task)
        ? {
            actions: (
              <Button variant="deny" className="ml-auto" onClick={() => setAsking(true)}>
                <Ban size={14} aria-hidden />
                Cancel task…
              </Button>
            ),
          }
        : {})}
    >
      <dl>
        <Fact name="From">
          <HostileText text={clientName} maxChars={nameMaxChars} />
        </Fact>
        {state === 'queued' && (
          <Fact name="Waits">
            <WhyItWaits task={task} />
          </Fact>
        )}
        {problem !== null && (
          <Fact name="Why it ended">
            <HostileText text={problem.message} maxChars={problemMaxChars} />
            {problem.hint !== null && (
              <p className="text-12 text-ink-muted">
                For the client: <HostileText text={problem.hint} maxChars={problemMaxChars} />
              </p>
            )}
          </Fact>
        )}
        <Fact name="Answer">
          <span className="tabular-nums">{answerWords(task)}</span>
          <p className="text-12 text-ink-muted">What was asked and answered is the client’s: it is not shown here.</p>
        </Fact>
        <Fact name="Given">
          <Time atMs={createdAtMs} />
        </Fact>
        {startedAtMs !== null && (
          <Fact name="Begun">
            <Time atMs={startedAtMs} />
          </Fact>
        )}
        {endedAtMs !== null && (
          <Fact name="Ended">
            <Time atMs={endedAtMs} />
            {startedAtMs !== null && `, after ${took(endedAtMs - startedAtMs)} of work`}
          </Fact>
        )}
        <Fact name="Task id">
          <code className="font-mono text-13">{id}</code>
        </Fact>
      </dl>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Cancel the task of “${clientOf(task)}”?`}
        action="Cancel task"
        busy={cancel.isPending}
        error={cancel.error}
        onConfirm={() =>
          cancel.mutate(
            { id },
            {
              onSuccess: () => {
                setAsking(false)
                sayDone('Task cancelled', clientOf(task))
              },
            },
          )
        }
      >
        <p>
          {state === 'running'
            ? 'The assistant stops. What has come of the answer stays with the client, which is told that you cancelled.'
            : 'It does not begin any more, and the client is told that you cancelled.'}
        </p>
      </ConfirmDialog>
    </Detail>
  )
}

function WhyItWaits({ task }: { readonly task: TaskView }) {
  const assistants = useAssistants().data
  const assistant = assistants?.find(({ id }) => id === task.assistantId)
  const runs = assistant?.state === 'running' || assistant?.state === 'unhealthy'
  if (assistant !== undefined && !runs)
    return `${assistant.name} is not running. The task waits until you start it, for a day at most.`
  return 'It begins when the tasks before it are done.'
}
