import { z } from 'zod'
import { Asker } from './asker.ts'

/** What an entry is about. A tool call has an `open` and a `close` with the same `op`; the rest may too. */
export const auditKinds = [
  'log.start',
  'log.join',
  'vault.create',
  'vault.unlock',
  'vault.accept-older',
  'vault.quick-unlock',
  'vault.quick-unlock-on',
  'vault.quick-unlock-off',
  'vault.lock',
  'vault.recover',
  'vault.renew-words',
  'vault.confirm-words',
  'vault.save-kit',
  'vault.confirm',
  'vault.remove-words',
  'vault.change-password',
  'vault.calibrate',
  'vault.rotate',
  'vault.backup',
  'vault.restore',
  'vault.check',
  'vault.health',
  'vault.import',
  'vault.export',
  'item.add',
  'item.edit',
  'item.remove',
  'item.reveal',
  'item.copy',
  'item.code',
  'item.restore-version',
  'item.restore',
  'item.erase',
  'file.attach',
  'file.save',
  'file.remove',
  'key.create',
  'key.revoke',
  'connection.add',
  'connection.repair',
  'connection.undo',
  'connection.test',
  'key.rotate',
  'key.import',
  'client.refused',
  'client.disconnect',
  'client.register',
  'client.sign-in',
  'client.refresh',
  'client.sign-out',
  'tool.call',
  'egress.request',
  'approval.ask',
  'approval.decide',
  'grant.revoke',
  'assistant.create',
  'assistant.start',
  'assistant.stop',
  'assistant.remove',
  'assistant.exit',
  'task.cancel',
  'policy.set',
  'settings.set',
] as const
export const AuditKind = z.enum(auditKinds)
export type AuditKind = z.infer<typeof AuditKind>

/**
 * Metadata only: never a value, an argument's text, a message or a title. Names are resolved from ids when shown.
 * `null` fields are absent in the canonical form.
 */
export const AuditEntry = z.strictObject({
  /** Position in the log, from 0. */
  index: z.int().nonnegative(),
  atMs: z.int(),
  kind: AuditKind,
  phase: z.enum(['open', 'close', 'event']),
  /** Joins an opener to its closer. */
  op: z.string().max(100).optional(),
  asker: Asker,
  tool: z.string().max(100).optional(),
  itemIds: z.array(z.string().max(100)).max(50).optional(),
  /** Id of the key, approval, grant, assistant, container, task or connected program concerned. */
  target: z.string().max(200).optional(),
  host: z.string().max(300).optional(),
  method: z.string().max(20).optional(),
  /** The rule, grant or approval that decided. */
  rule: z.string().max(200).optional(),
  decision: z.enum(['allow', 'deny', 'ask', 'expire', 'cancel']).optional(),
  outcome: z.enum(['ok', 'failed', 'refused', 'cancelled']).optional(),
  /** An error code, an HTTP status or an exit code: never text from outside. */
  code: z.string().max(60).optional(),
  bytesIn: z.int().nonnegative().optional(),
  bytesOut: z.int().nonnegative().optional(),
  tookMs: z.int().nonnegative().optional(),
  /** The same happened so many times more within the minute. */
  repeats: z.int().positive().optional(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

export const AuditFilter = z.strictObject({
  /** Only entries with a smaller index: the cursor of the next page. */
  before: z.int().nonnegative().optional(),
  limit: z.int().min(1).max(500).default(100),
  kinds: z.array(AuditKind).optional(),
  askerKind: Asker.shape.kind.optional(),
  askerId: z.string().optional(),
  fromMs: z.number().optional(),
  toMs: z.number().optional(),
})
export type AuditFilter = z.infer<typeof AuditFilter>

/** Newest first. */
export const AuditPage = z.object({ entries: z.array(AuditEntry), total: z.int(), nextBefore: z.int().nullable() })
export type AuditPage = z.infer<typeof AuditPage>

/** The verdict on a log: `ok` false names the first entry that does not fit and says why. */
export const AuditVerdict = z.object({
  ok: z.boolean(),
  entries: z.int(),
  checkpoints: z.int(),
  /** Entries behind the last signed checkpoint; they are chained but not signed yet. */
  unsigned: z.int(),
  firstBad: z.int().nullable(),
  message: z.string(),
  /** SHA-256 of the signing key, first 16 hex digits in groups, to compare by eye. */
  fingerprint: z.string().nullable(),
})
export type AuditVerdict = z.infer<typeof AuditVerdict>
