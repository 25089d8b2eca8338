import { z } from 'zod'
import { Engine } from './assistant.ts'

/**
 * Whether this computer's keychain may open the vault: `password-due` asks for the password first, `lost` means that it was set up and
 * does not work any more.
 */
export const QuickUnlockState = z.enum(['off', 'ready', 'password-due', 'lost'])
export type QuickUnlockState = z.infer<typeof QuickUnlockState>

/** What every page shows around its content, and what `clawkeep status` prints. */
export const Status = z.object({
  version: z.string(),
  home: z.string(),
  pid: z.int(),
  vault: z.enum(['absent', 'locked', 'unlocked']),
  /** What in the open vault is not as it should be; else null. */
  vaultProblem: z.object({ message: z.string(), hint: z.string().nullable() }).nullable(),
  /** The recovery words were shown and nobody has said that they are on paper; false while locked. */
  wordsUnconfirmed: z.boolean(),
  /** Milliseconds until the next password may be tried; 0: now. */
  throttledForMs: z.number(),
  quickUnlock: QuickUnlockState,
  /** When the vault will lock if nothing is done; null: it is locked or never does. */
  locksAtMs: z.number().nullable(),
  mcpUrl: z.string().nullable(),
  /** Why the MCP server does not run; else null. */
  mcpProblem: z.string().nullable(),
  /** The address on the network; null when none is wanted. */
  mcpNetwork: z
    .object({
      url: z.string().nullable(),
      /** SHA-256 of its certificate. */
      fingerprint: z.string().nullable(),
      expiresAtMs: z.number().nullable(),
      /** The certificate that another device is to trust, when Clawkeep made it. */
      authorityFile: z.string().nullable(),
      /** Why it is not open; else null. */
      problem: z.string().nullable(),
    })
    .nullable(),
  engine: Engine,
  pendingApprovals: z.int(),
  /** How many items expired, expire soon, or are to be changed now or soon; 0 while locked. */
  dueItems: z.int(),
  /** Why the audit log cannot be written; else null. Nothing sensitive runs while it is set. */
  auditProblem: z.string().nullable(),
})
export type Status = z.infer<typeof Status>
