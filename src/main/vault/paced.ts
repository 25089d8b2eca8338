import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '../../shared/app-error.ts'

/** How long work over many rows is watched and stopped. */
export type Course = {
  /** Ends the work; nothing of it stays. */
  readonly signal: AbortSignal
  /** Told from time to time; `total` may grow while it runs. */
  readonly onProgress?: (done: number, total: number) => void
}

/** So long the work may keep the process from everything else. */
const sliceMs = 12

/**
 * Runs work that yields after every row, with pauses, so that a window stays alive beside it and it can be stopped. Throws
 * AppError cancelled, or the AppError that the signal was aborted with.
 */
export async function paced<T>(work: Generator<void, T>, course: Course, total = 0): Promise<T> {
  let done = 0
  let sliceEndsMs = performance.now() + sliceMs
  try {
    stopIfAborted(course.signal)
    for (;;) {
      const step = work.next()
      if (step.done === true) return step.value
      done += 1
      if (performance.now() < sliceEndsMs) continue
      course.onProgress?.(done, Math.max(done, total))
      await nextTurn()
      stopIfAborted(course.signal)
      sliceEndsMs = performance.now() + sliceMs
    }
  } finally {
    work.return(undefined as T)
  }
}

/** Runs the same work without pauses. */
export function atOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
  }
}

/** Throws AppError cancelled, or the AppError that the signal was aborted with. */
export function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw whyAborted(signal)
}

/** AppError cancelled, or the AppError that the signal was aborted with. */
export function whyAborted({ reason }: AbortSignal): AppError {
  return reason instanceof AppError ? reason : new AppError('cancelled', 'Cancelled. Nothing was changed.')
}
