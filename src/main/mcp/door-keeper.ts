import { AppError } from '../../shared/app-error.ts'
import type { DoorSettings } from '../../shared/models/door.ts'
import { Settings, type SettingsPatch } from '../../shared/models/settings.ts'
import type { ChangeEvents } from '../change-events.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import type { NetworkState } from './doors.ts'
import type { McpServer } from './mcp-server.ts'
import type { Sessions } from './sessions.ts'

type DoorKeeperOptions = {
  /** Makes the server; loaded late, because the MCP library is most of the code. */
  readonly create: (door: DoorSettings) => Promise<McpServer>
  readonly settings: SettingsStore
  readonly isUnlocked: () => boolean
  readonly events: ChangeEvents
  /** What the environment of `serve` says instead of the settings. */
  readonly overrides: Partial<DoorSettings>
}

/** What the status shows of the door. */
export type DoorState = {
  readonly mcpUrl: string | null
  readonly mcpProblem: string | null
  readonly mcpNetwork: NetworkState | null
}

/** Opens the MCP server as the settings say, and makes a change of the settings hold at once or not at all. */
export class DoorKeeper {
  readonly #options: DoorKeeperOptions
  #server: McpServer | null = null
  #url: string | null = null
  #problem: string | null = 'It has not started yet.'
  #portIsFixed = false
  #closed = false
  #changing: Promise<unknown> = Promise.resolve()

  constructor(options: DoorKeeperOptions) {
    this.#options = options
  }

  state(): DoorState {
    return { mcpUrl: this.#url, mcpProblem: this.#problem, mcpNetwork: this.#server?.network() ?? null }
  }

  /** Who is connected; null while the server is not made. */
  get sessions(): Sessions | null {
    return this.#server?.sessions ?? null
  }

  /** `port` null: the next free one from the settings' port. What can be expected to fail is shown in the state. */
  async open(port: number | null): Promise<void> {
    this.#portIsFixed = port !== null
    try {
      const made = await this.#options.create(this.#wanted(this.#options.settings.get()))
      // The end may have come while the library was loaded; nobody would close what is opened after it.
      if (this.#closed) return
      this.#server = made
      await this.#listen(port ?? this.#options.settings.get().mcpPort, { exact: port !== null })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      this.#problem = error.message
    }
  }

  /**
   * Saves settings. Those of the door are tried first: what cannot be opened is not saved, and the old door stays. They
   * need an unlocked vault, so that nobody opens more of a locked Clawkeep.
   */
  change(patch: SettingsPatch): Promise<Settings> {
    const done = this.#changing.then(() => this.#change(patch))
    this.#changing = done.catch(() => undefined)
    return done
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#server?.close()
  }

  async #change(patch: SettingsPatch): Promise<Settings> {
    const { settings, isUnlocked, events } = this.#options
    if ((patch.door !== undefined || patch.mcpPort !== undefined) && !isUnlocked())
      throw new AppError('locked', 'The vault is locked.', { hint: 'Unlock it, then change who may connect.' })
    const before = settings.get()
    const next = Settings.parse({ ...before, ...patch })
    try {
      await this.#try(before, next)
      return settings.set(patch)
    } catch (error) {
      // The disk may have refused after the door had opened.
      await this.#try(next, before).catch(() => undefined)
      throw error
    } finally {
      events.emit('status')
    }
  }

  async #try(from: Settings, to: Settings): Promise<void> {
    if (this.#server === null) return
    if (JSON.stringify(to.door) !== JSON.stringify(from.door)) await this.#server.admit(this.#wanted(to))
    if (to.mcpPort !== from.mcpPort && !this.#portIsFixed) await this.#listen(to.mcpPort, { exact: true })
  }

  async #listen(port: number, how: { exact: boolean }): Promise<void> {
    if (this.#server === null) return
    this.#url = (await this.#server.listen(port, how)).url
    this.#problem = null
  }

  #wanted({ door }: Settings): DoorSettings {
    return { ...door, ...this.#options.overrides }
  }
}
