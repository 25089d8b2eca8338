import { z } from 'zod'
import { DoorSettings } from './door.ts'

const fields = {
  theme: z.enum(['system', 'light', 'dark']),
  /** Minutes without input until the vault locks; 0: never. */
  autoLockMinutes: z.int().min(0).max(1440),
  /** The vault locks with the computer's screen. */
  lockWithScreen: z.boolean(),
  /** The vault locks when the computer goes to sleep. */
  lockOnSleep: z.boolean(),
  /** The vault locks when the window is closed and Clawkeep stays beside the clock. */
  lockOnClose: z.boolean(),
  /** A shortcut that locks from any program. */
  lockShortcut: z.boolean(),
  /** Days after which quick unlock wants the password again; 0: at each start. */
  quickUnlockDays: z.int().min(0).max(365),
  /** Days until the vault gets a new key by itself; 0: never. */
  rotateEveryDays: z.int().min(0).max(3650),
  /** A checked backup each day, in the data folder. */
  backupDaily: z.boolean(),
  notifications: z.boolean(),
  /** Seconds a question waits for an answer. */
  approvalTimeoutSeconds: z.int().min(10).max(3600),
  /** Minutes until an access token of a signed-in program has to be renewed; the program does that by itself. */
  accessTokenMinutes: z.int().min(15).max(60),
  /** First port to try for the MCP server. */
  mcpPort: z.int().min(1024).max(65_535),
  door: DoorSettings,
}

/** Choices that hold no secret; kept in `settings.json` because the window needs them while the vault is locked. */
export const Settings = z.object({
  theme: fields.theme.default('system'),
  autoLockMinutes: fields.autoLockMinutes.default(15),
  lockWithScreen: fields.lockWithScreen.default(true),
  lockOnSleep: fields.lockOnSleep.default(true),
  lockOnClose: fields.lockOnClose.default(false),
  lockShortcut: fields.lockShortcut.default(false),
  quickUnlockDays: fields.quickUnlockDays.default(14),
  rotateEveryDays: fields.rotateEveryDays.default(0),
  backupDaily: fields.backupDaily.default(true),
  notifications: fields.notifications.default(true),
  approvalTimeoutSeconds: fields.approvalTimeoutSeconds.default(300),
  accessTokenMinutes: fields.accessTokenMinutes.default(30),
  mcpPort: fields.mcpPort.default(7420),
  door: fields.door.prefault({}),
})
export type Settings = z.infer<typeof Settings>

/** What to change; what is absent stays. Made of fields without defaults, which would come back for whatever is absent. */
export const SettingsPatch = z.strictObject(fields).partial()
export type SettingsPatch = z.infer<typeof SettingsPatch>
