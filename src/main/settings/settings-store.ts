import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../shared/app-error.ts'
import { Settings, type SettingsPatch } from '../../shared/models/settings.ts'
import type { ChangeEvents } from '../change-events.ts'
import { toStorageError } from '../db/open.ts'

/** The choices of `settings.json`: readable while the vault is locked, never holding a secret. */
export class SettingsStore {
  readonly #file: string
  readonly #events: ChangeEvents
  #current: Settings

  /** A file that does not parse is kept aside under another name and the defaults are used; nothing is lost. */
  constructor({ home, events }: { home: string; events: ChangeEvents }) {
    this.#file = join(home, 'settings.json')
    this.#events = events
    this.#current = this.#read()
  }

  get(): Settings {
    return this.#current
  }

  /** Durable when it returns. Throws AppError when the disk refuses; the old settings then stay. */
  set(patch: SettingsPatch): Settings {
    const next = Settings.parse({ ...this.#current, ...patch })
    this.#write(next)
    this.#current = next
    this.#events.emit('settings')
    return next
  }

  #read(): Settings {
    let text: string
    try {
      text = readFileSync(this.#file, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Settings.parse({})
      throw toStorageError(error, 'settings')
    }
    const parsed = Settings.safeParse(parseJson(text))
    if (parsed.success) return parsed.data
    try {
      renameSync(this.#file, `${this.#file}.damaged`)
    } catch {
      // A read-only disk cannot keep it aside; it stays where it is and is not written over without a change by the person.
    }
    return Settings.parse({})
  }

  #write(settings: Settings): void {
    const temporary = `${this.#file}.new`
    try {
      const descriptor = openSync(temporary, 'w', 0o600)
      try {
        writeSync(descriptor, `${JSON.stringify(settings, null, 2)}\n`)
        fsyncSync(descriptor)
      } finally {
        closeSync(descriptor)
      }
      renameSync(temporary, this.#file)
    } catch (error) {
      const known = toStorageError(error, 'settings')
      if (known instanceof AppError) throw known
      throw new AppError('unavailable', 'The settings could not be saved.', {
        hint: 'Check that the data folder can be written, then try again.',
        cause: error,
      })
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
