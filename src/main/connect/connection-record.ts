import { z } from 'zod'
import { Scope } from '../../shared/models/api-key.ts'
import { ProgramId, Trial } from '../../shared/models/connection.ts'

/** The kind of vault record that holds a connection; its id is the program's. */
export const connectionKind = 'connection'

const Digest = z.string().regex(/^[0-9a-f]{64}$/)

/** What Clawkeep wrote into a program's settings and what it needs to take it out again. Never the key itself. */
export const ConnectionRecord = z.object({
  program: ProgramId,
  file: z.string(),
  keyId: z.string(),
  scopes: z.array(Scope),
  sinceMs: z.number(),
  /** SHA-256 of the entry as written (canonical JSON). */
  entry: Digest,
  /** SHA-256 of the settings without the entry: when it still fits, the backup is what undo brings back. */
  rest: Digest,
  /** The address in the entry; null: it starts the bridge. */
  url: z.string().nullable(),
  /** The file that holds the key for the bridge. */
  keyFile: z.string().nullable(),
  /** The entry of the same name that was there before; null: there was none. */
  previous: z.unknown().nullable(),
  /** Null: there was no file. */
  backup: z.object({ file: z.string(), digest: Digest }).nullable(),
  madeFolder: z.string().nullable(),
  /** The key's last use before a trial, so that a trial does not count as one. */
  seenBeforeTrialMs: z.number().nullable(),
  trial: Trial.nullable(),
})
export type ConnectionRecord = z.infer<typeof ConnectionRecord>
