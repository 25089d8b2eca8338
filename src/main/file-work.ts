import type { FileJob } from '../shared/models/item.ts'
import type { ChangeEvents } from './change-events.ts'
import { newId } from './ids.ts'
import { throttled } from './throttled.ts'
import type { Course } from './vault/paced.ts'

const announceEveryMs = 200

/** The attached files that are sealed or written out now: how far each is, and the way to stop it. */
export class FileWork {
  readonly #running = new Map<string, { readonly stop: AbortController; job: FileJob }>()
  readonly #events: ChangeEvents
  readonly #announce: () => void

  constructor(events: ChangeEvents) {
    this.#events = events
    this.#announce = throttled(() => events.emit('files'), announceEveryMs)
  }

  /** Runs work on one file, watched and stoppable, by `asked` too when a command began it. Throws what the work throws. */
  async run<T>(
    what: Pick<FileJob, 'itemId' | 'kind' | 'name'>,
    work: (course: Course) => Promise<T>,
    asked?: AbortSignal,
  ): Promise<T> {
    const id = newId('fjb')
    const entry = { stop: new AbortController(), job: { id, ...what, doneBytes: 0, totalBytes: 0 } }
    const { signal } = entry.stop
    this.#running.set(id, entry)
    this.#events.emit('files')
    try {
      return await work({
        signal: asked === undefined ? signal : AbortSignal.any([signal, asked]),
        onProgress: (doneBytes, totalBytes) => {
          entry.job = { ...entry.job, doneBytes, totalBytes }
          this.#announce()
        },
      })
    } finally {
      this.#running.delete(id)
      this.#events.emit('files')
    }
  }

  /** In the order they began. */
  list(): ReadonlyArray<FileJob> {
    return [...this.#running.values()].map(({ job }) => job)
  }

  /** Nothing is left of it; what has ended meanwhile stays as it is. */
  cancel(id: string): void {
    this.#running.get(id)?.stop.abort()
  }
}
