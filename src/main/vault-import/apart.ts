import { Worker } from 'node:worker_threads'
import { AppError, type WireError } from '../../shared/app-error.ts'
import { workerFile } from '../worker-file.ts'
import { stopIfAborted, whyAborted } from '../vault/paced.ts'
import { caps } from './caps.ts'
import type { Parsed } from './found-entry.ts'
import type { PackRequest } from '../vault-export/pack-export.ts'
import type { ApartTask } from './apart-worker.ts'
import type { ParseRequest } from './parse-file.ts'
import { unreadable } from './refusals.ts'

type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError }
type Limits = { readonly signal?: AbortSignal; readonly timeMs?: number; readonly memoryBytes?: number }

const watchEveryMs = 100

/** Reads a file as `parseFile` does, in a thread of its own. Throws its AppErrors, and timeout, too_large, cancelled. */
export async function parseApart(request: ParseRequest, limits: Limits = {}): Promise<Parsed> {
  return (await runApart({ kind: 'parse', request }, limits)) as Parsed
}

/** Makes an encrypted export as `packExport` does, in a thread of its own. Throws like `parseApart`. */
export async function packApart(request: PackRequest, limits: Limits = {}): Promise<Uint8Array> {
  return (await runApart({ kind: 'pack', request }, limits)) as Uint8Array
}

/**
 * Whatever a file does to its reader, the program goes on, and the thread is ended when it takes too long or too much memory.
 */
async function runApart(
  task: ApartTask,
  { signal, timeMs = caps.timeMs, memoryBytes = caps.memoryBytes }: Limits,
): Promise<unknown> {
  if (signal !== undefined) stopIfAborted(signal)
  const worker = new Worker(workerFile('apart-worker', import.meta.url), {
    workerData: task,
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: caps.heapMiB },
  })
  const before = process.memoryUsage.rss()
  const ends: Array<() => void> = []
  try {
    const answer = await new Promise<Answer>((resolve, reject) => {
      const stop = (error: AppError): void => reject(error)
      const timer = setTimeout(
        () =>
          stop(
            new AppError('timeout', `The work on this file was not done within ${Math.round(timeMs / 1000)} s.`, {
              hint: 'Nothing was changed. Do it in parts.',
            }),
          ),
        timeMs,
      )
      const watch = setInterval(() => {
        if (process.memoryUsage.rss() - before > memoryBytes) stop(tooMuchMemory())
      }, watchEveryMs)
      const cancel = (): void => signal && stop(whyAborted(signal))
      signal?.addEventListener('abort', cancel, { once: true })
      ends.push(
        () => clearTimeout(timer),
        () => clearInterval(watch),
        () => signal?.removeEventListener('abort', cancel),
      )
      worker.once('message', resolve)
      worker.once('error', (error: NodeJS.ErrnoException) =>
        stop(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuchMemory() : unreadable('This file', error)),
      )
      worker.once('exit', () => stop(unreadable('This file')))
    })
    if (answer.ok) return answer.value
    const { code, message, ...more } = answer.error
    throw new AppError(code, message, more)
  } finally {
    for (const end of ends) end()
    await worker.terminate()
  }
}

function tooMuchMemory(): AppError {
  return new AppError('too_large', 'This file takes more memory than Clawkeep allows.', {
    hint: 'Nothing was changed. Do it in parts, or without its files.',
  })
}
