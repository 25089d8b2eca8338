import { z } from 'zod'
import { AppError } from '../../../shared/app-error.ts'
import { isOver } from '../../tasks/task.ts'
import type { Tasks } from '../../tasks/tasks.ts'
import { type Tool, defineTool } from '../tool.ts'
import { TaskIdInput } from './openclaw-inputs.ts'
import { taskStatusOf, TaskStatus } from './openclaw-task-view.ts'

export function openclawTaskCancel(tasks: Pick<Tasks, 'get' | 'cancel'>): Tool {
  return defineTool({
    name: 'openclaw_task_cancel',
    title: 'Cancel a task',
    description:
      'Cancels one of your tasks, also while the assistant works on it: the work stops, and what had come of the answer stays in openclaw_task_status.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    scope: 'openclaw:write',
    input: z.strictObject({ task_id: TaskIdInput }),
    output: z.object({ task_id: z.string(), status: TaskStatus, message: z.string() }),
    text: (output) => JSON.stringify(output, null, 2),
    plan: ({ task_id }, call) => ({
      run: async (op) => {
        const before = tasks.get(call.client.id, task_id)
        op.note({ target: before.id })
        if (isOver(before) && before.state !== 'cancelled') {
          const status = taskStatusOf(before)
          throw new AppError('conflict', `This task cannot be cancelled any more: it is ${status}.`, {
            hint: 'Look at it with openclaw_task_status.',
          })
        }
        const task = tasks.cancel(call.client.id, task_id)
        const wasRunning = before.state === 'running' ? ' The assistant was told to stop.' : ''
        return { task_id: task.id, status: taskStatusOf(task), message: `The task is cancelled.${wasRunning}` }
      },
    }),
  })
}
