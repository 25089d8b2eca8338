import { AppError, toWireError } from '../../shared/app-error.ts'
import type { Clock } from '../clock.ts'
import type { Client } from '../mcp/token-verifier.ts'
import { reportBug } from '../report-bug.ts'
import type { Task, TaskError, TaskResult } from './task.ts'
import type { Ending, Tasks } from './tasks.ts'

const maxTimeoutMs = 2 ** 31 - 1

/** What a task needs of the world: its client as it is now, its assistant, and the walk every call takes. */
type RunnerDeps = {
  readonly tasks: Tasks
  readonly clock: Clock
  /** Null when its key is gone, revoked or expired: then its tasks do not run. */
  readonly clientOf: (task: Task) => Client | null
  readonly isReady: (assistantId: string) => boolean
  /** Runs the call through the gate like any other, with its audit entries. */
  readonly run: (
    task: Task,
    call: { client: Client; signal: AbortSignal; output: (text: string) => void },
  ) => Promise<TaskResult>
}

/** Runs what is queued, as much at once as the limits allow, and stops what is cancelled. */
export class TaskRunner {
  readonly #deps: RunnerDeps
  readonly #running = new Map<string, AbortController>()
  #pumping = false

  constructor(deps: RunnerDeps) {
    this.#deps = deps
    deps.tasks.listen({
      onReady: () => this.wake(),
      onStop: (id, reason) => this.#running.get(id)?.abort(reason),
    })
  }

  /** To be called when an assistant may have become ready. */
  wake(): void {
    if (this.#pumping) return
    this.#pumping = true
    // Later: a task is often made inside a call that has not answered yet.
    setImmediate(() => {
      this.#pumping = false
      this.#pump()
    })
  }

  #pump(): void {
    try {
      for (;;) {
        const task = this.#deps.tasks.begin((id) => this.#deps.isReady(id))
        if (task === null) return
        void this.#run(task).catch((error: unknown) => reportBug('task', error))
      }
    } catch (error) {
      // The disk does not take it: the task stays queued, and the next change tries again.
      if (!(error instanceof AppError)) reportBug('task queue', error)
    }
  }

  async #run(task: Task): Promise<void> {
    const stop = new AbortController()
    this.#running.set(task.id, stop)
    try {
      this.#deps.tasks.finish(task.id, await this.#perform(task, stop.signal))
    } finally {
      this.#running.delete(task.id)
    }
  }

  async #perform(task: Task, signal: AbortSignal): Promise<Ending> {
    const client = this.#deps.clientOf(task)
    if (client === null) {
      const message = 'The key that made this task is revoked or has expired.'
      return { state: 'cancelled', result: null, error: { code: 'unauthorized', message } }
    }
    const expiry = this.#whenExpired(client)
    try {
      const output = (text: string): void => this.#deps.tasks.addText(task.id, text)
      const result = await this.#deps.run(task, { client, signal, output })
      const error = errorOf(result)
      if (error === null) return { state: 'completed', result, error }
      // A fault of our own is no answer of the tool.
      return { state: 'failed', result: error.code === 'internal' ? null : result, error }
    } catch (error) {
      const { code, message, hint } = toWireError(error)
      return { state: 'failed', result: null, error: { code, message, ...(hint === undefined ? {} : { hint }) } }
    } finally {
      clearTimeout(expiry)
    }
  }

  #whenExpired({ id, expiresAtMs }: Client): NodeJS.Timeout | undefined {
    if (expiresAtMs === null) return undefined
    const expire = (): void => this.#deps.tasks.endClient(id, new AppError('unauthorized', 'This key has expired.'))
    return setTimeout(expire, Math.min(expiresAtMs - this.#deps.clock.now(), maxTimeoutMs)).unref()
  }
}

function errorOf({ isError, structuredContent, content }: TaskResult): TaskError | null {
  if (isError !== true) return null
  const { code, message, hint } = (structuredContent['error'] ?? {}) as Record<string, unknown>
  return {
    code: typeof code === 'string' ? code : 'internal',
    message: typeof message === 'string' ? message : (content[0]?.text ?? 'The call failed.'),
    ...(typeof hint === 'string' ? { hint } : {}),
  }
}
