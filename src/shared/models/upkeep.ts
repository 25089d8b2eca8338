import { z } from 'zod'

/** A checked copy of the vault in the folder of backups. */
export const Backup = z.object({
  name: z.string(),
  atMs: z.number(),
  reason: z.enum(['daily', 'manual', 'before-rotation']),
  bytes: z.number(),
})
export type Backup = z.infer<typeof Backup>

/** Something that does not open; `name` is that of the item where it could still be read. */
export const CheckFinding = z.object({
  table: z.string(),
  id: z.string(),
  name: z.string().nullable(),
  message: z.string(),
})

/** What the check of every row found. */
export const CheckResult = z.object({
  atMs: z.number(),
  epoch: z.int(),
  items: z.int(),
  records: z.int(),
  problems: z.array(CheckFinding),
  /** Where the damaged file is kept, when the rest was rescued into a new one. */
  keptAside: z.string().nullable(),
})
export type CheckResult = z.infer<typeof CheckResult>

export const UpkeepKind = z.enum(['backup', 'rotate', 'restore', 'check'])
export type UpkeepKind = z.infer<typeof UpkeepKind>

/** The long work on the whole vault: what runs, and how it stands with backups and rotation. */
export const Upkeep = z.object({
  running: z.object({ kind: UpkeepKind, done: z.number(), total: z.number() }).nullable(),
  folder: z.string(),
  /** Newest first. */
  backups: z.array(Backup),
  /** Why the last automatic backup or rotation did not succeed; else null. */
  problem: z.string().nullable(),
  /** The rest is null while the vault is locked or absent. */
  epoch: z.int().nullable(),
  /** When the vault got its present key. */
  keySinceMs: z.number().nullable(),
  /** Null also when it never rotates by itself. */
  nextRotationAtMs: z.number().nullable(),
  /** The vault that a restore, or keeping what opens of a damaged one, took the place of; null when that was before this start. */
  keptAside: z.object({ kind: z.enum(['restore', 'check']), file: z.string(), atMs: z.number() }).nullable(),
  /** The last check since the vault was unlocked. */
  check: CheckResult.nullable(),
})
export type Upkeep = z.infer<typeof Upkeep>

/** A backup in the folder by its name, the one that was chosen in the window's dialog, or (command line) any file. */
export const RestoreInput = z.strictObject({
  from: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('folder'), name: z.string().min(1).max(200) }),
    z.strictObject({ kind: z.literal('chosen') }),
    z.strictObject({ kind: z.literal('file'), path: z.string().min(1).max(4096) }),
  ]),
  /** The password that opens the backup. */
  password: z.string().min(1, 'Type the password.').max(1024, 'A password has at most 1,024 characters.'),
})
export type RestoreInput = z.infer<typeof RestoreInput>

/** How costly each guess at the password is; `raised`: costlier than before. */
export const Cost = z.object({ memoryMiB: z.int(), passes: z.int(), tookMs: z.number(), raised: z.boolean() })
export type Cost = z.infer<typeof Cost>
