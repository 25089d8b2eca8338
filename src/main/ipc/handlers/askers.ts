import type { Asker } from '../../../shared/models/asker.ts'
import type { Caller } from '../router.ts'

/** Runs work that `cancel` ends, which it is told when the command that asked for it is ended by Ctrl-C or killed. */
export async function whileAsked<T>(caller: Caller, cancel: () => void, work: () => Promise<T>): Promise<T> {
  const signal = caller.kind === 'cli' ? caller.signal : undefined
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    return await work()
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}

/** The person, through the face they used. */
export function person(caller: Caller): Asker {
  return { kind: 'person', id: caller.kind }
}
