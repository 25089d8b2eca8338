import { z } from 'zod'
import { Scope } from '../../shared/models/api-key.ts'
import { TaskState } from '../../shared/models/task.ts'

const TaskError = z.object({ code: z.string(), message: z.string(), hint: z.string().optional() })
export type TaskError = z.infer<typeof TaskError>

/** Whose it is, as it was when the task was made. */
const TaskClient = z.object({
  kind: z.enum(['key', 'oauth', 'introspected']),
  id: z.string(),
  name: z.string(),
  scopes: z.array(Scope).readonly(),
  /** The family of tokens it came with, for a client that signed in. */
  familyId: z.string().optional(),
})

/** What a tool answered, as it goes on the wire. */
const TaskResult = z.object({
  content: z.array(z.object({ type: z.literal('text'), text: z.string() })),
  structuredContent: z.record(z.string(), z.unknown()),
  isError: z.literal(true).optional(),
})
export type TaskResult = z.infer<typeof TaskResult>

/** One call of a tool that goes on without its caller, as it is kept; it belongs to the client that made it. */
export const Task = z.object({
  id: z.string(),
  client: TaskClient,
  tool: z.string(),
  args: z.record(z.string(), z.unknown()),
  /** The queue it waits in: one per assistant. Null: it waits for no assistant. */
  assistantId: z.string().nullable(),
  instance: z.string().nullable(),
  sessionId: z.string().nullable(),
  /** Higher runs earlier, among the tasks of the same client. */
  priority: z.int(),
  state: TaskState,
  /** What has come of the answer so far; empty once there is a result. */
  text: z.string(),
  result: TaskResult.nullable(),
  error: TaskError.nullable(),
  createdAtMs: z.number(),
  startedAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
  updatedAtMs: z.number(),
})
export type Task = z.infer<typeof Task>

export function isOver(task: Task): boolean {
  return task.state !== 'queued' && task.state !== 'running'
}

/** What there is of the answer: all of it, or what had come. */
export function answerOf({ text, result }: Task): string {
  return result !== null && result.isError !== true ? result.content.map((part) => part.text).join('') : text
}
