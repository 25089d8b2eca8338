import type { Status } from '../../../shared/models/status.ts'
import type { Asker } from '../../../shared/models/asker.ts'
import type { Approvals } from '../../approvals/approvals.ts'
import type { Supervisor } from '../../assistants/supervisor.ts'
import type { Health } from '../../health/health.ts'
import type { Connections } from '../../connect/connections.ts'
import type { FileWork } from '../../file-work.ts'
import type { AuditLog } from '../../audit/audit-log.ts'
import type { ChangeEvents } from '../../change-events.ts'
import type { ApiKeys } from '../../mcp/api-keys.ts'
import type { KeyImport } from '../../mcp/key-import.ts'
import type { DoorKeeper } from '../../mcp/door-keeper.ts'
import type { ProviderStore } from '../../mcp/provider-store.ts'
import type { SignIns } from '../../oauth/sign-ins.ts'
import type { PolicyStore } from '../../policy/policy-store.ts'
import type { QuickUnlock } from '../../quick-unlock.ts'
import type { SettingsStore } from '../../settings/settings-store.ts'
import type { Tasks } from '../../tasks/tasks.ts'
import type { Upkeep } from '../../upkeep.ts'
import type { VaultExport } from '../../vault-export/vault-export.ts'
import type { VaultImport } from '../../vault-import/vault-import.ts'
import type { Vault } from '../../vault/vault.ts'
import type { IdleLock } from '../../idle-lock.ts'
import type { PasswordDoor } from '../password-door.ts'
import type { RecentPassword } from '../recent-password.ts'
import type { secretOpener } from '../secret-opener.ts'

/** Puts text on the clipboard; `clearAfterMs` null leaves it there. */
export type WriteClipboard = (text: string, options: { concealed: boolean; clearAfterMs: number | null }) => void

/** The shortcut of the whole computer that locks. */
export type LockShortcut = {
  /** False when another program has it. */
  readonly claim: () => boolean
  readonly release: () => void
}

/** Asks the person for a file in the system's own dialogs; null: they chose none. */
export type FileDialogs = {
  readonly open: () => Promise<string | null>
  /** Also asks whether a file that is there may be overwritten. */
  readonly save: (name: string) => Promise<string | null>
}

/**
 * Asks the person for a file to import, for a key file that opens it, for a list of breached hashes, or for where an export or a recovery
 * kit goes; null when they chose none.
 */
export type ChoosePath = (
  what: 'import' | 'key-file' | 'breach-list' | 'export' | 'kit',
  suggestedName?: string,
) => Promise<string | null>

/** The domain objects the handlers speak to; made in `app.ts`. */
export type Core = {
  readonly vault: Vault
  readonly audit: AuditLog
  readonly approvals: Approvals
  readonly apiKeys: ApiKeys
  readonly keyImport: KeyImport
  readonly vaultImport: VaultImport
  readonly vaultExport: VaultExport
  readonly choosePath: ChoosePath
  readonly health: Health
  readonly signIns: SignIns
  /** Loaded when it is first needed. */
  readonly connections: () => Promise<Connections>
  readonly supervisor: Supervisor
  readonly tasks: Tasks
  readonly policy: PolicyStore
  readonly settings: SettingsStore
  readonly door: DoorKeeper
  readonly provider: ProviderStore
  readonly events: ChangeEvents
  readonly idleLock: IdleLock
  readonly passwordDoor: PasswordDoor
  readonly quickUnlock: QuickUnlock
  readonly upkeep: Upkeep
  readonly chooseBackup: () => Promise<string | null>
  readonly clipboard: WriteClipboard
  readonly lockShortcut: LockShortcut
  readonly fileDialogs: FileDialogs
  readonly fileWork: FileWork
  readonly recentPassword: RecentPassword
  /** Every secret that is shown, copied or saved goes through here. */
  readonly openSecret: ReturnType<typeof secretOpener>
  readonly status: () => Status
  /** Locks now: the entry is written first when it can be, and the lock happens in any case. */
  readonly lock: (asker: Asker) => Promise<void>
  readonly makesWay: boolean
  /** Begins the end of this core: what waits is denied, clients are told, the home is free at last. */
  readonly stop: (asker: Asker) => void
}
