import { Toast } from '@base-ui/react/toast'
import { toRequestError } from '../../lib/ipc.ts'

/** Where messages go in and the toaster takes them out. */
export const toasts = Toast.createToastManager()

/** Says that something worked. */
export function sayDone(title: string, description?: string): void {
  toasts.add({ title, description, type: 'done' })
}

/** Says that something worked and how to take it back; stays longer, so that there is time to. */
export function sayUndoable(title: string, description: string, undo: () => void): void {
  const id = toasts.add({
    title,
    description,
    type: 'done',
    timeout: 10_000,
    actionProps: {
      children: 'Undo',
      onClick: () => {
        toasts.close(id)
        undo()
      },
    },
  })
}

/** Says that something did not work and what to do; stays until it is dismissed or ten seconds have passed. */
export function sayProblem(error: unknown): void {
  const problem = toRequestError(error)
  // The person has cancelled it and knows.
  if (problem.code === 'cancelled') return
  toasts.add({
    title: problem.message,
    description: problem.hint ?? undefined,
    type: 'problem',
    priority: 'high',
    timeout: 10_000,
  })
}
