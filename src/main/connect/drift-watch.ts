import { type FSWatcher, realpathSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Programs write their settings in several steps; what counts is the state after them. */
const settleMs = 300

/**
 * Tells when one of some files was changed. Folders are watched, because most programs put a new file in the place of the old.
 * A folder that cannot be watched is left out: the view looks again whenever it is opened.
 */
export class DriftWatch {
  readonly #onChange: () => void
  readonly #watchers = new Map<string, FSWatcher>()
  #names = new Map<string, ReadonlySet<string>>()
  #timer: NodeJS.Timeout | null = null

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** Watches these files and no others. */
  follow(files: ReadonlyArray<string>): void {
    const folders = new Map<string, Set<string>>()
    for (const file of files.flatMap((each) => [each, behindLink(each)])) {
      const names = folders.get(dirname(file)) ?? new Set()
      folders.set(dirname(file), names.add(basename(file)))
    }
    this.#names = folders
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue
      watcher.close()
      this.#watchers.delete(folder)
    }
    for (const folder of folders.keys()) if (!this.#watchers.has(folder)) this.#open(folder)
  }

  close(): void {
    this.follow([])
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #open(folder: string): void {
    const drop = (): void => {
      this.#watchers.get(folder)?.close()
      this.#watchers.delete(folder)
    }
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || this.#names.get(folder)?.has(name) === true) this.#soon()
      })
      watcher.on('error', drop)
      this.#watchers.set(folder, watcher)
    } catch {
      drop()
    }
  }

  #soon(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#onChange()
    }, settleMs)
    this.#timer.unref()
  }
}

/** The file that a link leads to: it changes without the link. */
function behindLink(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}
