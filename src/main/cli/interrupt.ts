import { constants } from 'node:os'
import { AppError } from '../../shared/app-error.ts'

/** What ends a command from outside: Ctrl-C, `kill`, a terminal that is closed. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
type Ending = (typeof endings)[number]

/** The person, or the system, ended the command. */
export class Interrupted extends AppError {
  /** What a shell gives a program that was ended by the signal: 128 and its number. */
  readonly exitCode: number

  constructor(message: string, { by = 'SIGINT', cause }: { readonly by?: Ending; readonly cause?: unknown } = {}) {
    super('cancelled', message, { cause })
    this.exitCode = 128 + constants.signals[by]
  }
}

/**
 * Runs work whose signal Ctrl-C, SIGTERM and SIGHUP abort, and waits for what becomes of it: nothing of it stays, above all no secrets in an
 * unfinished file. A second one ends the process as usual. Throws Interrupted in the place of AppError cancelled.
 */
export async function untilInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  let by: Ending | null = null
  const onEnding = (signal: NodeJS.Signals): void => {
    by = signal as Ending
    release()
    process.stderr.write('Cancelling…\n')
    stop.abort()
  }
  const release = (): void => {
    for (const signal of endings) process.off(signal, onEnding)
  }
  for (const signal of endings) process.on(signal, onEnding)
  try {
    return await work(stop.signal)
  } catch (error) {
    if (by === null || !(error instanceof AppError) || error.code !== 'cancelled') throw error
    throw new Interrupted(error.message, { by, cause: error })
  } finally {
    release()
  }
}
