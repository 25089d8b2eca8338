import { AppError } from '../../shared/app-error.ts'

/** What a shell gives a program that was ended by SIGINT: 128 + 2. */
export const interruptedExitCode = 130

/** Work was cancelled because the person pressed Ctrl-C. */
export class Interrupted extends AppError {}

/**
 * Runs work whose signal Ctrl-C aborts, and waits for what becomes of it; a second Ctrl-C ends the process as usual. Throws
 * Interrupted in the place of AppError cancelled.
 */
export async function untilInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const onInterrupt = (): void => {
    process.stderr.write('Cancelling…\n')
    stop.abort()
  }
  process.once('SIGINT', onInterrupt)
  try {
    return await work(stop.signal)
  } catch (error) {
    if (!stop.signal.aborted || !(error instanceof AppError) || error.code !== 'cancelled') throw error
    throw new Interrupted(error.code, error.message, { cause: error })
  } finally {
    process.off('SIGINT', onInterrupt)
  }
}
