import type { Records } from '../vault/records.ts'
import type { TaskLimits } from './limits.ts'
import { Task, isOver } from './task.ts'

const recordKind = 'task'

/** The tasks of the unlocked vault: sealed records on disk, and the same in memory. */
export class TaskStore {
  readonly #records: Pick<Records, 'list' | 'putAll'>
  readonly #limits: TaskLimits
  /** Oldest first. */
  #tasks = new Map<string, Task>()
  /** Changed in memory only: the disk would not take it; goes with the next write that succeeds. */
  readonly #unwritten = new Set<string>()

  constructor(records: Pick<Records, 'list' | 'putAll'>, limits: TaskLimits) {
    this.#records = records
    this.#limits = limits
  }

  /** Opens what is kept. A row that cannot be read (made by a newer version) is left alone and not shown. */
  load(): void {
    const tasks = this.#records.list(recordKind).flatMap(({ value }) => Task.safeParse(value).data ?? [])
    this.#tasks = new Map(tasks.toSorted((a, b) => a.createdAtMs - b.createdAtMs).map((task) => [task.id, task]))
    this.#unwritten.clear()
  }

  clear(): void {
    this.#tasks.clear()
    this.#unwritten.clear()
  }

  get(id: string): Task | undefined {
    return this.#tasks.get(id)
  }

  /** Oldest first. */
  all(): ReadonlyArray<Task> {
    return [...this.#tasks.values()]
  }

  /** Durable when it returns; throws and changes nothing otherwise. */
  write(tasks: ReadonlyArray<Task>, dropped: ReadonlyArray<string> = []): void {
    const written = new Map(tasks.map((task) => [task.id, task]))
    for (const id of this.#unwritten) {
      const task = this.#tasks.get(id)
      if (task !== undefined && !written.has(id)) written.set(id, task)
    }
    this.#records.putAll([
      ...[...written].map(([id, value]) => ({ kind: recordKind, id, value })),
      ...dropped.map((id) => ({ kind: recordKind, id, value: undefined })),
    ])
    for (const task of tasks) this.#tasks.set(task.id, task)
    for (const id of dropped) this.#tasks.delete(id)
    this.#unwritten.clear()
  }

  /** As `write`, but what has happened has happened: if the disk does not take it now, it is written later. */
  keep(tasks: ReadonlyArray<Task>): void {
    try {
      this.write(tasks)
    } catch {
      for (const task of tasks) this.remember(task)
    }
  }

  /** In memory only, until the next write. */
  remember(task: Task): void {
    this.#tasks.set(task.id, task)
    this.#unwritten.add(task.id)
  }

  /**
   * The finished tasks of a client that must go before it may have one more of `chars` characters, oldest first; null when
   * those that may go are not enough.
   */
  roomFor(clientId: string, chars: number, nowMs: number): ReadonlyArray<string> | null {
    const { keptPerClient, keptCharsPerClient, keptAtLeastMs } = this.#limits
    const own = this.all().filter((task) => task.client.id === clientId)
    const mayGo = own.filter((task) => isOver(task) && nowMs - (task.endedAtMs ?? 0) >= keptAtLeastMs)
    let count = own.length + 1
    let total = own.reduce((sum, task) => sum + charsOf(task), chars)
    const gone: string[] = []
    while (count > keptPerClient || total > keptCharsPerClient) {
      const oldest = mayGo[gone.length]
      if (oldest === undefined) return null
      gone.push(oldest.id)
      count -= 1
      total -= charsOf(oldest)
    }
    return gone
  }

  /** Finished so long ago that nobody comes for them any more. */
  expired(nowMs: number): ReadonlyArray<string> {
    return this.all()
      .filter((task) => isOver(task) && nowMs - (task.endedAtMs ?? 0) >= this.#limits.keptAtMostMs)
      .map((task) => task.id)
  }
}

function charsOf({ args, text, result }: Task): number {
  const answer = result?.content.reduce((sum, part) => sum + part.text.length, 0) ?? 0
  return JSON.stringify(args).length + text.length + 2 * answer
}
