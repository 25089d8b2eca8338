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

  /** One score for each, in order. Throws AppError cancelled by the signal, timeout. */
  async score(question: StrengthQuestion, signal: AbortSignal): Promise<ReadonlyArray<Strength['score']>> {
    if (question.length === 0) return []
    const worker = (this.#worker ??= new Worker(workerFile('strength-worker', import.meta.url), {
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: heapMiB },
    }))
    const ends = new AbortController()
    try {
      return await new Promise((resolve, reject) => {
        const late = setTimeout(
          () => reject(new AppError('timeout', 'Judging the passwords took too long.', { hint: 'Try again.' })),
          batchMs,
        )
        const stop = (): void => {
          try {
            stopIfAborted(signal)
          } catch (error) {
            reject(error as AppError)
          }
        }
        const broken = (): void => reject(new Error('The thread that judges passwords ended'))
        ends.signal.addEventListener('abort', () => {
          clearTimeout(late)
          signal.removeEventListener('abort', stop)
          worker.removeAllListeners()
        })
        if (signal.aborted) return stop()
        signal.addEventListener('abort', stop, { once: true })
        worker.once('message', resolve)
        worker.once('error', broken)
        worker.once('exit', broken)
        worker.postMessage(question)
      })
    } catch (error) {
      await this.close()
      throw error
    } finally {
      ends.abort()
    }
  }

  async close(): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    await worker?.terminate()
  }
}
