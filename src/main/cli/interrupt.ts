import { constants } from 'node:os'
import { AppError } from '../../shared/app-error.ts'

/** What ends a command from outside: Ctrl-C, `kill`, a terminal that is closed. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
export type Ending = (typeof endings)[number]

/** One Ctrl-C may come twice, from the terminal and from the launcher that passes it on; a closed terminal sends several. */
const echoMs = 500

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
 * Calls `run` at the first signal that is to end this process. What comes within half a second of it is its echo and is not heard;
 * after that the same signal ends the process as usual. Returns what stops listening, when the echoes are over.
 */
export function onEnding(run: (by: Ending) => void): () => void {
  let heard = false
  const take = (signal: NodeJS.Signals): void => {
    setTimeout(() => process.off(signal, take), echoMs).unref()
    if (heard) return
    heard = true
    run(signal as Ending)
  }
  const release = (): void => {
    for (const signal of endings) process.off(signal, take)
  }
  for (const signal of endings) process.on(signal, take)
  return () => (heard ? void setTimeout(release, echoMs).unref() : release())
}

/**
 * Runs work whose signal Ctrl-C, SIGTERM and SIGHUP abort, and waits for what becomes of it: nothing of it stays, above all no secrets in an
 * unfinished file. The same once more ends the process as usual. Throws Interrupted in the place of AppError cancelled.
 */
export async function untilInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  let by: Ending | null = null
  const release = onEnding((signal) => {
    by = signal
    process.stderr.write('Cancelling…\n')
    stop.abort()
  })
  try {
    return await work(stop.signal)
  } catch (error) {
    if (by === null || !(error instanceof AppError) || error.code !== 'cancelled') throw error
    throw new Interrupted(error.message, { by, cause: error })
  } finally {
    release()
  }
}
