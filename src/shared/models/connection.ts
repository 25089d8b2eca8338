import { z } from 'zod'
import { Scope } from './api-key.ts'

/** The programs whose settings Clawkeep can write. */
export const programIds = [
  'claude-desktop',
  'claude-code',
  'cursor',
  'vscode',
  'windsurf',
  'zed',
  'cline',
  'codex',
  'gemini',
  'openclaw',
] as const
export const ProgramId = z.enum(programIds)
export type ProgramId = z.infer<typeof ProgramId>

/** How a trial call with a program's own settings went. */
export const Trial = z.object({
  ok: z.boolean(),
  atMs: z.number(),
  tookMs: z.number(),
  /** What happened, for a person; the tools it saw when it worked. */
  message: z.string(),
  hint: z.string().nullable(),
})
export type Trial = z.infer<typeof Trial>

/**
 * One program and how it stands: `absent` not on this computer, `found` not connected, `connected` as written, `drifted` its
 * settings no longer say what Clawkeep wrote, `taken` somebody else's entry has our name, `broken` its settings cannot be read.
 */
export const Connection = z.object({
  program: ProgramId,
  name: z.string(),
  state: z.enum(['absent', 'found', 'connected', 'drifted', 'taken', 'broken']),
  /** What stands in the way, and what to do about it. */
  problem: z.object({ message: z.string(), hint: z.string() }).nullable(),
  /** The settings file that is, or would be, written. */
  file: z.string(),
  /** What the program does: calls the address itself, or starts the bridge. */
  transport: z.enum(['http', 'stdio']),
  /** What to do so that the program sees the change. */
  afterwards: z.string(),
  defaultScopes: z.array(Scope),
  /** Null: not connected by this Clawkeep. */
  connected: z
    .object({
      keyId: z.string(),
      scopes: z.array(Scope),
      sinceMs: z.number(),
      /** The last call with its key that was not a trial. */
      lastSeenMs: z.number().nullable(),
      trial: Trial.nullable(),
    })
    .nullable(),
})
export type Connection = z.infer<typeof Connection>

export const ConnectionAct = z.enum(['add', 'repair', 'undo'])
export type ConnectionAct = z.infer<typeof ConnectionAct>

/** What is to be done; `replace` agrees to lose somebody else's entry of the same name (undo brings it back). */
export const PlanInput = z.strictObject({
  program: ProgramId,
  act: ConnectionAct,
  /** Only for `add`; default the program's own. */
  scopes: z.array(Scope).min(1, 'Choose at least one scope.').optional(),
  replace: z.boolean().default(false),
})
export type PlanInput = z.infer<typeof PlanInput>

/** The exact change, to be looked at before it is made. */
export const ConnectionPlan = z.object({
  program: ProgramId,
  act: ConnectionAct,
  scopes: z.array(Scope),
  replace: z.boolean(),
  file: z.string(),
  /** Unified diff; keys and the values of other entries are not shown in it. Empty: the file stays as it is. */
  diff: z.string(),
  /** What happens besides, and what to know; in sentences. */
  notes: z.array(z.string()),
  /** Stands for the file as it was and the change as shown: what is carried out must match it. */
  digest: z.string(),
})
export type ConnectionPlan = z.infer<typeof ConnectionPlan>

/** A plan that the person has seen and wants. */
export const PlanConsent = z.strictObject({ ...PlanInput.omit({ act: true }).shape, digest: z.string().length(64) })

/** Ready text for a program, with `oc_sk_your_key` where the key belongs. */
export const Snippet = z.object({
  /** A program's id, or `generic`. */
  id: z.string(),
  name: z.string(),
  /** Where the text belongs, in words. */
  where: z.string(),
  text: z.string(),
  /** One line for a terminal that does the same; null where there is none. */
  command: z.string().nullable(),
  note: z.string().nullable(),
})
export type Snippet = z.infer<typeof Snippet>

/** What stands in a snippet for the key. */
export const keyPlaceholder = 'oc_sk_your_key'
