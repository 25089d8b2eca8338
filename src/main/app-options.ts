import type { Asker } from '../shared/models/asker.ts'
import type { DoorSettings } from '../shared/models/door.ts'
import type { Provider } from '../shared/models/provider.ts'
import type { Machine } from './connect/machine.ts'
import type { ChoosePath, FileDialogs, LockShortcut, WriteClipboard } from './ipc/handlers/core.ts'
import type { Keychain } from './quick-unlock.ts'
import type { ChooseFile } from './mcp/key-import.ts'

/** What the core is made of: its place, and what only a window can do for it. */
export type AppOptions = {
  readonly home: string
  readonly version: string
  /** Holds `hatch` and `demo-assistant`. */
  readonly resourcesDir: string
  /** It was only started for a client: it ends when a window or a core that a person starts wants the folder. */
  readonly makesWay?: boolean
  /** Ends the process in order, when `clawkeep stop` or the next core asks for it; absent: only the core is disposed of. */
  readonly onStop?: () => void
  /** Where other programs keep their settings; default this computer and this user. */
  readonly machine?: Machine
  /** How the `clawkeep` command is started by other programs; null or absent: there is none. */
  readonly launcher?: ReadonlyArray<string> | null
  /** Absent where there is no clipboard. */
  readonly clipboard?: WriteClipboard
  /** Absent where nobody sits in front of it. */
  readonly keychain?: Keychain
  /** Absent where nobody sits in front of it. */
  readonly lockShortcut?: LockShortcut
  /** Absent where nobody can be asked for a file. */
  readonly chooseFile?: ChooseFile
  readonly fileDialogs?: FileDialogs
  readonly chooseBackup?: ChooseFile
  /** Absent where nobody can be asked for a file. */
  readonly choosePath?: ChoosePath
  /** False for a core without a window: nobody sits in front of it. Default true. */
  readonly idleLock?: boolean
  /** Who may reach the MCP server, instead of what the settings say. */
  readonly door?: Partial<DoorSettings>
  /** Who vouches for tokens, instead of what the vault says. */
  readonly provider?: Provider
  /** Who has just restored a backup over a vault that could not be opened: it is written down first. */
  readonly restoredBy?: Asker
}
