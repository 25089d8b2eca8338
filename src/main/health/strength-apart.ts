import { Worker } from 'node:worker_threads'
import { AppError } from '../../shared/app-error.ts'
import type { Strength } from '../../shared/strength.ts'
import { stopIfAborted } from '../vault/paced.ts'
import { workerFile } from '../worker-file.ts'
import type { StrengthQuestion } from './strength-worker.ts'

/** For a few dozen; a password of forty characters takes 0.1 s at worst. */
const batchMs = 60_000
const heapMiB = 512

/**
 * Scores passwords with zxcvbn in a thread of its own: it takes milliseconds for each. The thread is ended by `close`, and with it all
 * that it was sent.
 */
export class StrengthApart {
  #worker: Worker | null = null

  /** One score for each, in order. Throws AppError cancelled or what the signal was aborted with, timeout. */
  async score(question: StrengthQuestion, signal: AbortSignal): Promise<ReadonlyArray<Strength['score']>> {
    if (question.length === 0) return []
    stopIfAborted(signal)
    const worker = (this.#worker ??= new Worker(workerFile('strength-worker', import.meta.url), {
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: heapMiB },
    }))
    const { promise: ended, stop } = endOf(worker, signal)
    try {
      return await Promise.race([answerOf(worker, question), ended])
    } catch (error) {
      await this.close()
      throw error
    } finally {
      stop()
    }
  }

  async close(): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    await worker?.terminate()
  }
}

/** The next message of the thread is the answer: there is one question at a time. */
async function answerOf(worker: Worker, question: StrengthQuestion): Promise<ReadonlyArray<Strength['score']>> {
  return new Promise((resolve) => {
    worker.once('message', resolve)
    worker.postMessage(question)
  })
}

/** Rejects when the thread ends, takes too long, or is not wanted any more; `stop` ends the watch. */
function endOf(worker: Worker, signal: AbortSignal): { readonly promise: Promise<never>; readonly stop: () => void } {
  let stop = (): void => undefined
  const promise = new Promise<never>((_resolve, reject) => {
    const late = new AppError('timeout', 'Judging the passwords took too long.', { hint: 'Try again.' })
    const timer = setTimeout(() => reject(late), batchMs)
    const broken = (): void => reject(new Error('The thread that judges passwords ended'))
    const cancel = (): void => {
      try {
        stopIfAborted(signal)
      } catch (error) {
        reject(error as AppError)
      }
    }
    worker.once('error', broken)
    worker.once('exit', broken)
    signal.addEventListener('abort', cancel, { once: true })
    // One by one: the thread has listeners of its own, and without them no answer comes any more.
    stop = () => {
      clearTimeout(timer)
      worker.off('error', broken)
      worker.off('exit', broken)
      signal.removeEventListener('abort', cancel)
    }
  })
  return { promise, stop }
}
