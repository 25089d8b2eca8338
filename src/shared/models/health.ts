import { z } from 'zod'
import { ItemDue, ItemKind } from './item.ts'

/** A secret that nobody used for so long could as well be taken away. */
export const unusedAfterDays = 90
/** A secret that is older may have been seen by more eyes than anybody knows. */
export const oldAfterDays = 365

/** What is not well with an item. Never its value, nor how much of it could be guessed. */
export const Finding = z.discriminatedUnion('what', [
  /** It stands in the list of breached passwords, seen so often. */
  z.object({ what: z.literal('breached'), count: z.int() }),
  /** It could be guessed. */
  z.object({ what: z.literal('weak') }),
  /** So many items have the same secret; they share the number of the group. */
  z.object({ what: z.literal('reused'), group: z.int(), items: z.int() }),
  /** A date that is over or near; see the item's `due`. */
  z.object({ what: z.literal('due'), due: ItemDue, atMs: z.number() }),
  /** The secret was not changed since then, which is longer than a year. */
  z.object({ what: z.literal('old'), sinceMs: z.number() }),
  /** No client or assistant used it for so many days, nor did the person open or copy it. */
  z.object({ what: z.literal('unused'), days: z.int() }),
  /** It does not open. */
  z.object({ what: z.literal('damaged') }),
])
export type Finding = z.infer<typeof Finding>
export type FindingKind = Finding['what']

export const ItemHealth = z.object({
  id: z.string(),
  name: z.string(),
  kind: ItemKind,
  /** The revision that was looked at. */
  revision: z.int(),
  findings: z.array(Finding),
})
export type ItemHealth = z.infer<typeof ItemHealth>

export const HealthResult = z.object({
  atMs: z.number(),
  /** How many items were looked at. */
  items: z.int(),
  /** Those with at least one finding, ordered by name. */
  found: z.array(ItemHealth),
  /** The list that was looked into; null: none. */
  breachList: z.object({ fileName: z.string(), hash: z.enum(['SHA-1', 'NTLM']) }).nullable(),
  /** False while the audit log does not reach back far enough to say what is unused. */
  useKnown: z.boolean(),
})
export type HealthResult = z.infer<typeof HealthResult>

/** How the check stands: what runs, and the last result since the vault was unlocked. */
export const HealthView = z.object({
  running: z.object({ step: z.enum(['list', 'secrets', 'breaches', 'use']), done: z.int(), total: z.int() }).nullable(),
  result: HealthResult.nullable(),
  /** The list that was chosen in the window. */
  listName: z.string().nullable(),
})
export type HealthView = z.infer<typeof HealthView>

/** A list of breached hashes: the one that was chosen in the window's dialog, or (command line) any file; null: none. */
export const HealthInput = z.strictObject({
  breachList: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('chosen') }),
      z.strictObject({ kind: z.literal('file'), path: z.string().min(1).max(4096) }),
    ])
    .nullable(),
})
