import { z } from 'zod'

/** Choices that hold no secret; kept in `settings.json` because the window needs them while the vault is locked. */
export const Settings = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** Minutes without input until the vault locks; 0: never. */
  autoLockMinutes: z.int().min(0).max(1440).default(15),
  notifications: z.boolean().default(true),
  /** Seconds a question waits for an answer. */
  approvalTimeoutSeconds: z.int().min(10).max(3600).default(300),
  /** First port to try for the MCP server. */
  mcpPort: z.int().min(1024).max(65_535).default(7420),
})
export type Settings = z.infer<typeof Settings>

export const SettingsPatch = Settings.partial().strict()
export type SettingsPatch = z.infer<typeof SettingsPatch>
