import type { TaskView } from '../../../shared/models/task.ts'
import { type Task, answerOf } from '../../tasks/task.ts'
import type { Handlers } from '../router.ts'
import { person } from './askers.ts'
import type { Core } from './core.ts'

type TaskRoutes = 'tasks.list' | 'tasks.cancel'

export function taskHandlers({ tasks, audit }: Core): Pick<Handlers, TaskRoutes> {
  return {
    'tasks.list': () => tasks.all().map(viewOf),
    'tasks.cancel': ({ id }, caller) =>
      audit.around({ kind: 'task.cancel', asker: person(caller), target: id }, async () => viewOf(tasks.stop(id))),
  }
}

function viewOf(task: Task): TaskView {
  const { id, client, tool, assistantId, instance, state, error, createdAtMs, startedAtMs, endedAtMs } = task
  return {
    id,
    clientId: client.id,
    clientName: client.name,
    tool,
    assistantId,
    instance,
    state,
    characters: answerOf(task).length,
    problem: error === null ? null : { message: error.message, hint: error.hint ?? null },
    createdAtMs,
    startedAtMs,
    endedAtMs,
  }
}
