import type { AuditKind } from '../../shared/models/audit.ts'
import type { AuditStore, CheckpointRow } from './audit-store.ts'
import { readEntry } from './breaks.ts'
import { bytesOf, publicKeyOf, signatureFits, type VaultMark } from './signed.ts'

/** A state of the vault that a signed checkpoint remembers. */
export type RememberedMark = VaultMark & { readonly atMs: number }

/** What the log says was changed in the vault behind a state of it. */
export type ChangesSince = { readonly counts: ReadonlyMap<ChangeGroup, number>; readonly lastAtMs: number | null }

const groups = {
  items: /^(item\.(add|edit|remove|restore|restore-version|erase)|file\.(attach|remove)|vault\.import)$/,
  clients: /^(key\.(create|revoke|rotate|import)|client\.(sign-in|sign-out|register)|connection\.(add|repair|undo))$/,
  answers: /^(approval\.decide|grant\.revoke|policy\.set)$/,
  ways: /^vault\.(change-password|recover|renew-words|remove-words|calibrate|quick-unlock-on|quick-unlock-off)$/,
  key: /^vault\.rotate$/,
} as const satisfies Record<string, RegExp>

/** What a change of the vault concerns. */
export type ChangeGroup = keyof typeof groups

/** More is not counted: the person is told that something is missing, not how much exactly. */
const mostEntries = 20_000

/**
 * The newest state of the vault that a checkpoint names which this key signed; null when none does. Attack: rows put in with a high
 * number, or another vault's log; their signatures do not fit. Without a key each row's own is taken: the vault's is not known.
 */
export function newestMark(rows: Iterable<CheckpointRow>, publicKey: Buffer | null): RememberedMark | null {
  for (const row of rows) {
    const { vault_epoch: epoch, vault_counter: counter, at_ms: atMs } = row
    if (epoch === null || counter === null || (publicKey !== null && !row.public_key.equals(publicKey))) continue
    const key = publicKeyOf(row.public_key)
    if (key !== null && signatureFits(bytesOf(row), row.signature, key)) return { epoch, counter, atMs }
  }
  return null
}

/** What was done to the vault after the last checkpoint that names this state of it or an earlier one. */
export function changesSince(store: AuditStore, counter: number): ChangesSince {
  const counts = new Map<ChangeGroup, number>()
  let lastAtMs: number | null = null
  let seen = 0
  for (const row of store.entriesFrom(store.checkpointOfVault(counter)?.size ?? 0)) {
    seen += 1
    if (seen > mostEntries) break
    const entry = readEntry(row.json)
    if (entry === null || entry.phase === 'open' || (entry.outcome ?? 'ok') !== 'ok') continue
    const group = groupOf(entry.kind)
    if (group === null) continue
    counts.set(group, (counts.get(group) ?? 0) + 1)
    lastAtMs = entry.atMs
  }
  return { counts, lastAtMs }
}

function groupOf(kind: AuditKind): ChangeGroup | null {
  for (const [group, pattern] of Object.entries(groups)) if (pattern.test(kind)) return group as ChangeGroup
  return null
}
