import { z } from 'zod'
import { answerOf } from '../../tasks/task.ts'
import type { Tasks } from '../../tasks/tasks.ts'
import { type Tool, defineTool } from '../tool.ts'
import { InstanceInput, SessionInput } from './openclaw-inputs.ts'
import { isoTime, taskStatusOf, TaskStatus } from './openclaw-task-view.ts'

export function openclawTaskList(tasks: Pick<Tasks, 'list'>): Tool {
  return defineTool({
    name: 'openclaw_task_list',
    title: 'List your tasks',
    description:
      'Lists the tasks this client has given to assistants, those of a higher priority first, then the oldest, with how many there are of each status. Tasks of other clients are not shown.',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    scope: 'openclaw:read',
    input: z.strictObject({
      status: TaskStatus.optional().describe('Only tasks with this status.'),
      session_id: SessionInput,
      instance: InstanceInput,
    }),
    output: z.object({
      stats: z.object({ total: z.number(), byStatus: z.record(TaskStatus, z.number()) }),
      tasks: z.array(
        z.object({
          task_id: z.string(),
          type: z.literal('chat'),
          status: TaskStatus,
          instance: z.string().nullable(),
          session_id: z.string().optional(),
          priority: z.number(),
          created_at: z.string(),
          characters: z.number(),
          has_result: z.boolean(),
        }),
      ),
    }),
    text: (output) => JSON.stringify(output, null, 2),
    plan: ({ status, session_id, instance }, call) => ({
      run: async () => {
        const own = tasks.list(call.client.id)
        const byStatus = { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 }
        for (const task of own) byStatus[taskStatusOf(task)] += 1
        const wanted = own.filter(
          (task) =>
            (status === undefined || taskStatusOf(task) === status) &&
            (session_id === undefined || task.sessionId === session_id) &&
            (instance === undefined || task.instance === instance),
        )
        return {
          stats: { total: own.length, byStatus },
          tasks: wanted
            .toSorted((a, b) => b.priority - a.priority)
            .map((task) => ({
              task_id: task.id,
              type: 'chat' as const,
              status: taskStatusOf(task),
              instance: task.instance,
              ...(task.sessionId === null ? {} : { session_id: task.sessionId }),
              priority: task.priority,
              created_at: isoTime(task.createdAtMs),
              characters: answerOf(task).length,
              has_result: task.state === 'completed',
            })),
        }
      },
    }),
  })
}
