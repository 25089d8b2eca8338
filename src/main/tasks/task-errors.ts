import type { Task, TaskError } from './task.ts'

/** What a lock or a quit cut off. */
export const lockedError: TaskError = {
  code: 'interrupted',
  message: 'Clawkeep was locked or closed while this task ran.',
  hint: 'What had come of the answer is kept. Start the task again for the rest.',
}

/** What a kill or a power loss cut off. */
export const killedError: TaskError = {
  code: 'interrupted',
  message: 'Clawkeep ended unexpectedly while this task ran.',
  hint: 'What had been saved of the answer is kept. Start the task again for the rest.',
}

/** What found no running assistant in time. */
export function lateError({ instance }: Task): TaskError {
  return {
    code: 'timeout',
    message: `${instance ?? 'Its assistant'} was not running for a whole day.`,
    hint: 'Ask the person to start it in Clawkeep, then try again.',
  }
}
