import type { Asker } from '../../../shared/models/asker.ts'
import type { Caller } from '../router.ts'

/** Runs work that `cancel` ends, which it is told when the command that asked for it is ended by Ctrl-C or killed. */
export async function whileAsked<T>(caller: Caller, cancel: () => void, work: () => Promise<T>): Promise<T> {
  const signal = endOf(caller)
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    return await work()
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}

/** Aborted when the command that asked is ended; none for the window, which cancels what it sees running. */
export function endOf(caller: Caller): AbortSignal | undefined {
  return caller.kind === 'cli' ? caller.signal : undefined
}

/** The person, through the face they used. */
export function person(caller: Caller): Asker {
  return { kind: 'person', id: caller.kind }
}
