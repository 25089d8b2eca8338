import { z } from 'zod'

/** `interrupted`: it ran when Clawkeep locked, closed or was killed; what had come of its answer is kept. */
export const TaskState = z.enum(['queued', 'running', 'completed', 'failed', 'cancelled', 'interrupted'])
export type TaskState = z.infer<typeof TaskState>

/** A task as the person sees it: never what was asked or answered, which is between the client and the assistant. */
export const TaskView = z.object({
  id: z.string(),
  clientId: z.string(),
  /** What the client is called; a program that signed in chose that itself. */
  clientName: z.string(),
  tool: z.string(),
  /** The assistant that does it; null: none. */
  assistantId: z.string().nullable(),
  /** What that assistant was called when the task was made. */
  instance: z.string().nullable(),
  state: TaskState,
  /** Of the answer, so far. */
  characters: z.int(),
  /** Why it did not end well, in Clawkeep's words; null while it did not. */
  problem: z.object({ message: z.string(), hint: z.string().nullable() }).nullable(),
  createdAtMs: z.number(),
  startedAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
})
export type TaskView = z.infer<typeof TaskView>

/** The states as window and command line say them. */
export const taskStateWords: Readonly<Record<TaskState, string>> = {
  queued: 'Waiting',
  running: 'At work',
  completed: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
}
