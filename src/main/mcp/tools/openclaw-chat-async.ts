import { z } from 'zod'
import type { Assistant } from '../../../shared/models/assistant.ts'
import type { Tasks } from '../../tasks/tasks.ts'
import { type Tool, defineTool } from '../tool.ts'
import { InstanceInput, MessageInput, SessionInput } from './openclaw-inputs.ts'
import { taskStatusOf, TaskStatus } from './openclaw-task-view.ts'
import { pickAssistant } from './pick-assistant.ts'

/** `chat` is the tool that the task will call. */
export function openclawChatAsync(
  supervisor: { list(): ReadonlyArray<Assistant> },
  tasks: Pick<Tasks, 'create'>,
  chat: Tool,
): Tool {
  return defineTool({
    name: 'openclaw_chat_async',
    title: 'Give an assistant a task',
    description:
      'Sends a message to an assistant and returns a task_id at once; the assistant works on while you do other things, also when this connection ends. Look at the answer with openclaw_task_status. The tasks of one session_id run one after the other.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
    scope: 'openclaw:write',
    input: z.strictObject({
      message: MessageInput,
      session_id: SessionInput,
      priority: z.int().optional().describe('Among your own tasks, a higher one runs earlier. Default: 0.'),
      instance: InstanceInput,
    }),
    output: z.object({ task_id: z.string(), status: TaskStatus, instance: z.string(), message: z.string() }),
    plan: ({ priority = 0, ...args }, call) => ({
      run: async (op) => {
        const assistant = pickAssistant(supervisor.list(), args.instance)
        op.note({ target: assistant.id })
        const task = tasks.create({
          client: call.client,
          tool: chat.name,
          assistantId: assistant.id,
          instance: assistant.name,
          sessionId: args.session_id ?? null,
          args: { ...args, instance: assistant.name },
          priority,
        })
        const waits = assistant.state === 'running' || assistant.state === 'unhealthy' ? '' : waitsFor(assistant.name)
        return {
          task_id: task.id,
          status: taskStatusOf(task),
          instance: assistant.name,
          message: `Task queued.${waits} Use openclaw_task_status to look at it.`,
        }
      },
    }),
  })
}

function waitsFor(name: string): string {
  return ` ${name} is not running: the task waits until the person starts it in Clawkeep.`
}
