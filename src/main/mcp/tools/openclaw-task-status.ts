import { z } from 'zod'
import { type Task, answerOf } from '../../tasks/task.ts'
import type { Tasks } from '../../tasks/tasks.ts'
import { type Tool, defineTool } from '../tool.ts'
import { TaskIdInput } from './openclaw-inputs.ts'
import { isoTime, taskStatusOf, TaskStatus } from './openclaw-task-view.ts'

const Output = z.object({
  task_id: z.string(),
  type: z.literal('chat'),
  status: TaskStatus,
  instance: z.string().nullable(),
  session_id: z.string().optional(),
  created_at: z.string(),
  started_at: z.string().optional(),
  completed_at: z.string().optional(),
  /** Characters of the answer so far. */
  characters: z.number(),
  result: z.string().optional(),
  partial_result: z.string().optional(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }).optional(),
})

export function openclawTaskStatus(tasks: Pick<Tasks, 'get'>): Tool {
  return defineTool({
    name: 'openclaw_task_status',
    title: 'Look at a task',
    description:
      'Says how far one of your tasks is. "pending": it waits for its turn. "running": partial_result holds what the assistant has written so far. "completed": result holds the whole answer. "failed" and "cancelled": error says why, and partial_result holds what had come; the code "interrupted" means that Clawkeep was locked or ended meanwhile: start the task again if the rest is needed. Ask again after some seconds, not at once.',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    scope: 'openclaw:read',
    input: z.strictObject({ task_id: TaskIdInput }),
    output: Output,
    text: (output) => JSON.stringify(output, null, 2),
    plan: ({ task_id }, call) => ({
      run: async (op) => {
        const task = tasks.get(call.client.id, task_id)
        op.note({ target: task.id })
        return view(task)
      },
    }),
  })
}

function view(task: Task): z.input<typeof Output> {
  const answer = answerOf(task)
  const { sessionId, startedAtMs, endedAtMs, error } = task
  return {
    task_id: task.id,
    type: 'chat',
    status: taskStatusOf(task),
    instance: task.instance,
    ...(sessionId === null ? {} : { session_id: sessionId }),
    created_at: isoTime(task.createdAtMs),
    ...(startedAtMs === null ? {} : { started_at: isoTime(startedAtMs) }),
    ...(endedAtMs === null ? {} : { completed_at: isoTime(endedAtMs) }),
    characters: answer.length,
    ...(task.state === 'completed' ? { result: answer } : answer === '' ? {} : { partial_result: answer }),
    ...(error === null ? {} : { error }),
  }
}
