import { z } from 'zod'
import type { Task } from '../../tasks/task.ts'

/** The words of the bridge people move from. */
export const TaskStatus = z.enum(['pending', 'running', 'completed', 'failed', 'cancelled'])
export type TaskStatus = z.infer<typeof TaskStatus>

/** An interrupted task has failed for a client that waits for one of the words it knows; its error says `interrupted`. */
export function taskStatusOf({ state }: Task): TaskStatus {
  if (state === 'queued') return 'pending'
  return state === 'interrupted' ? 'failed' : state
}

export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString()
}
