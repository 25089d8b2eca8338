import { AppError } from '../../shared/app-error.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { Clock } from '../clock.ts'
import { newId } from '../ids.ts'
import type { Records } from '../vault/records.ts'
import type { Vault } from '../vault/vault.ts'
import { type TaskLimits, defaultTaskLimits } from './limits.ts'
import { nextTask } from './task-queue.ts'
import { TaskStore } from './task-store.ts'
import { killedError, lateError, lockedError } from './task-errors.ts'
import { type Task, isOver } from './task.ts'

/** What a client wants done; `place` says which assistant's queue it joins. */
export type NewTask = Pick<Task, 'client' | 'tool' | 'args' | 'assistantId' | 'instance' | 'sessionId' | 'priority'>

/** How a task ended; `result` null: it never came to an answer. */
export type Ending = Pick<Task, 'result' | 'error'> & { readonly state: 'completed' | 'failed' | 'cancelled' }

/** What the runner does with the tasks; told in turn what changed under it. */
export type TaskListener = {
  /** Something may be able to begin. */
  readonly onReady: () => void
  /** This one must stop: it has ended already, and what it still says is not heard. */
  readonly onStop: (id: string, reason: AppError) => void
}

const notFound = 'You have no task with this id.'

/**
 * The tasks of all clients, sealed in the vault and out of reach while that is locked. A task belongs to the client that made
 * it, not to a connection: it goes on when the client is gone and is there when it comes back, also after a restart.
 */
export class Tasks {
  readonly #vault: Pick<Vault, 'state'>
  readonly #clock: Clock
  readonly #events: ChangeEvents
  readonly #limits: TaskLimits
  readonly #store: TaskStore
  readonly #subscriptions: ReadonlyArray<() => void>
  readonly #lastServed = new Map<string, number>()
  #served = 0
  #listener: TaskListener | null = null
  #saveTimer: NodeJS.Timeout | null = null
  #sweepTimer: NodeJS.Timeout | null = null
  #closed = false

  constructor(parts: {
    vault: Pick<Vault, 'state' | 'onUnlock' | 'beforeLock' | 'onLock'>
    records: Pick<Records, 'list' | 'putAll'>
    clock: Clock
    events: ChangeEvents
    limits?: Partial<TaskLimits>
  }) {
    this.#vault = parts.vault
    this.#clock = parts.clock
    this.#events = parts.events
    this.#limits = { ...defaultTaskLimits, ...parts.limits }
    this.#store = new TaskStore(parts.records, this.#limits)
    this.#subscriptions = [
      parts.vault.onUnlock(() => this.#load()),
      parts.vault.beforeLock(() => this.#interruptAll()),
      parts.vault.onLock(() => this.#clear()),
    ]
    if (parts.vault.state === 'unlocked') this.#load()
  }

  /** There can be one: a second would not hear of the tasks that the first runs. */
  listen(listener: TaskListener): void {
    if (this.#listener !== null) throw new Error('The tasks have a runner already')
    this.#listener = listener
    listener.onReady()
  }

  /** Queues a call; durable when it returns. Throws AppError locked, throttled, or what writing the vault throws. */
  create(task: NewTask): Task {
    this.#mustBeUnlocked()
    const own = this.#store.all().filter((other) => other.client.id === task.client.id)
    const queued = own.filter((other) => other.state === 'queued').length
    if (queued >= this.#limits.queuedPerClient) {
      throw new AppError('throttled', `${queued} tasks of this client wait already.`, {
        hint: 'Wait for some to end, or cancel some.',
      })
    }
    const nowMs = this.#clock.now()
    const dropped = this.#store.roomFor(task.client.id, JSON.stringify(task.args).length, nowMs)
    if (dropped === null) {
      throw new AppError('throttled', 'This client has made too many tasks within the last hour.', {
        hint: 'Wait until older ones may be dropped.',
      })
    }
    const { kind, id, name, scopes, familyId } = task.client
    const created: Task = {
      ...task,
      client: { kind, id, name, scopes, familyId },
      id: newId('tsk'),
      state: 'queued',
      text: '',
      result: null,
      error: null,
      createdAtMs: nowMs,
      startedAtMs: null,
      endedAtMs: null,
      updatedAtMs: nowMs,
    }
    this.#store.write([created], dropped)
    this.#changed()
    this.#listener?.onReady()
    return created
  }

  /** Another client's task and one that never was are the same: not_found. Throws AppError locked, not_found. */
  get(clientId: string, id: string): Task {
    this.#mustBeUnlocked()
    const task = this.#store.get(id)
    if (task === undefined || task.client.id !== clientId) {
      throw new AppError('not_found', notFound, { hint: 'Finished tasks are dropped after a while.' })
    }
    return task
  }

  /** The client's own, oldest first. Throws AppError locked. */
  list(clientId: string): ReadonlyArray<Task> {
    this.#mustBeUnlocked()
    return this.#store.all().filter((task) => task.client.id === clientId)
  }

  /** Ends it, also while it runs; a task that is over stays as it is. Throws AppError locked, not_found. */
  cancel(clientId: string, id: string): Task {
    const task = this.get(clientId, id)
    if (isOver(task)) return task
    return this.#stop(task, new AppError('cancelled', 'The client cancelled this task.'))
  }

  /** Those of all clients, oldest first, for the person. Throws AppError locked. */
  all(): ReadonlyArray<Task> {
    this.#mustBeUnlocked()
    return this.#store.all()
  }

  /** The person ends a task, whosever it is. Throws AppError locked, not_found, or conflict when it is over. */
  stop(id: string): Task {
    this.#mustBeUnlocked()
    const task = this.#store.get(id)
    if (task === undefined) {
      throw new AppError('not_found', 'There is no such task.', { hint: 'Finished tasks are dropped after a while.' })
    }
    if (isOver(task)) throw new AppError('conflict', 'This task is over already.', { hint: 'Look at the list again.' })
    return this.#stop(task, new AppError('cancelled', 'The person cancelled this task in Clawkeep.'))
  }

  /** When it may be dropped, in milliseconds after it was made; grows while it is not over. */
  ttlMs({ createdAtMs, endedAtMs }: Task): number {
    return Math.max(0, (endedAtMs ?? this.#clock.now()) - createdAtMs) + this.#limits.keptAtLeastMs
  }

  /** Ends everything of a client that may not go on, or only what it made with one family of its tokens. */
  endClient(clientId: string, reason: AppError, familyId?: string): void {
    if (this.#vault.state !== 'unlocked') return
    for (const task of this.#store.all()) {
      const isMeant = task.client.id === clientId && (familyId === undefined || task.client.familyId === familyId)
      if (isMeant && !isOver(task)) this.#stop(task, reason)
    }
  }

  /** Begins the next task there is room for; null when nothing can begin now. */
  begin(isReady: (assistantId: string) => boolean): Task | null {
    if (this.#closed || this.#vault.state !== 'unlocked') return null
    const { runningPerAssistant } = this.#limits
    const next = nextTask({ tasks: this.#store.all(), runningPerAssistant, isReady, lastServed: this.#lastServed })
    if (next === null) return null
    const nowMs = this.#clock.now()
    const begun: Task = { ...next, state: 'running', startedAtMs: nowMs, updatedAtMs: nowMs }
    // Durable first: after a kill it must not look as if it had never begun, and run twice.
    this.#store.write([begun])
    this.#lastServed.set(begun.client.id, ++this.#served)
    this.#changed()
    return begun
  }

  /** A piece of the answer; on disk within `saveEveryMs`. Ignored when the task is over. */
  addText(id: string, piece: string): void {
    const task = this.#running(id)
    if (task === null) return
    this.#store.remember({ ...task, text: task.text + piece, updatedAtMs: this.#clock.now() })
    this.#saveTimer ??= setTimeout(() => this.#save(), this.#limits.saveEveryMs)
  }

  /** Ignored when the task is over already: what stopped it counts. */
  finish(id: string, ending: Ending): void {
    const task = this.#running(id)
    if (task === null) return
    this.#end(task, { ...ending, text: ending.state === 'completed' ? '' : task.text })
  }

  /** Ends what runs as interrupted, and stops. Safe to call twice. */
  dispose(): void {
    if (this.#closed) return
    this.#interruptAll()
    this.#closed = true
    this.#clear()
    for (const unsubscribe of this.#subscriptions) unsubscribe()
  }

  #load(): void {
    this.#store.load()
    // Nothing runs yet: what the disk says is running was cut off by a kill or a power loss.
    const cut = this.#store.all().filter((task) => task.state === 'running')
    this.#store.keep(cut.map((task) => this.#ended(task, { state: 'interrupted', error: killedError })))
    this.#sweep()
    this.#sweepTimer ??= setInterval(() => this.#sweep(), this.#limits.sweepEveryMs).unref()
    this.#changed()
    this.#listener?.onReady()
  }

  #clear(): void {
    this.#store.clear()
    if (this.#saveTimer !== null) clearTimeout(this.#saveTimer)
    if (this.#sweepTimer !== null) clearInterval(this.#sweepTimer)
    this.#saveTimer = null
    this.#sweepTimer = null
  }

  #save(): void {
    this.#saveTimer = null
    this.#store.keep([])
  }

  /** Drops what is too old, and gives up what waited too long for its assistant. */
  #sweep(): void {
    const nowMs = this.#clock.now()
    const late = this.#store
      .all()
      .filter((task) => task.state === 'queued' && nowMs - task.createdAtMs >= this.#limits.queuedAtMostMs)
      .map((task) => this.#ended(task, { state: 'failed', error: lateError(task) }))
    const expired = this.#store.expired(nowMs)
    if (late.length === 0 && expired.length === 0) return
    try {
      this.#store.write(late, expired)
    } catch {
      // Not now: the next sweep tries again.
    }
    this.#changed()
  }

  /** Runs while the keys are still there. */
  #interruptAll(): void {
    if (this.#vault.state !== 'unlocked' || this.#closed) return
    const running = this.#store.all().filter((task) => task.state === 'running')
    if (running.length === 0) return this.#save()
    this.#store.keep(running.map((task) => this.#ended(task, { state: 'interrupted', error: lockedError })))
    const reason = new AppError('locked', lockedError.message)
    for (const { id } of running) this.#listener?.onStop(id, reason)
    this.#changed()
  }

  #stop(task: Task, reason: AppError): Task {
    const error = { code: reason.code, message: reason.message }
    const stopped = this.#end(task, { state: 'cancelled', result: null, error })
    this.#listener?.onStop(task.id, reason)
    return stopped
  }

  #end(task: Task, change: Partial<Task>): Task {
    const ended = this.#ended(task, change)
    this.#store.keep([ended])
    this.#changed()
    this.#listener?.onReady()
    return ended
  }

  #ended(task: Task, change: Partial<Task>): Task {
    const nowMs = this.#clock.now()
    return { ...task, ...change, endedAtMs: nowMs, updatedAtMs: nowMs }
  }

  #running(id: string): Task | null {
    const task = this.#store.get(id)
    return task?.state === 'running' ? task : null
  }

  #changed(): void {
    this.#events.emit('tasks')
  }

  #mustBeUnlocked(): void {
    if (this.#vault.state !== 'unlocked' || this.#closed)
      throw new AppError('locked', 'The vault is locked.', {
        hint: 'Ask the person to unlock Clawkeep, then try again.',
      })
  }
}
