import type { AuditStore, CheckpointRow } from './audit-store.ts'
import { frontierOf } from './audit-store.ts'
import { walkLog, type Finding } from './walk.ts'

/** What the vault knows about the log: its key, the last checkpoint it noted, how to open a segment key. */
export type Witness = {
  readonly publicKey: Buffer
  readonly openKey: (sealed: Buffer) => Buffer
  readonly noted: Noted | null
}

/** A checkpoint as the vault keeps it: `root` as hex. */
export type Noted = { readonly size: number; readonly root: string }

/**
 * The check at unlock: everything behind the last signed checkpoint, entry by entry with its keys, and whether the log
 * still holds what the vault noted. Its cost follows the unsigned rest, not the log; older entries are for `verify`.
 * Returns the smallest entry that does not fit, or null.
 */
export function examineAtUnlock(store: AuditStore, witness: Witness): Finding | null {
  const findings = [findNoted(store, witness.noted), tail(store, witness)].filter((found) => found !== null)
  return findings.toSorted((a, b) => a.index - b.index)[0] ?? null
}

/**
 * The check when the log is opened, without any key and before anything is added: entries that are missing in between, or
 * behind the last checkpoint that was left. Later these traces may be written over.
 */
export function examineAtStart(store: AuditStore): Finding | null {
  const { size, rows } = store.counts()
  if (size !== rows) {
    const index = store.firstHole() ?? 0
    return { index, code: 'missing', message: `Entry ${index} is missing.` }
  }
  const last = store.lastCheckpoint()
  if (last === null || last.size <= size) return null
  return {
    index: size,
    code: 'shorter',
    message: `The log was cut: ${last.size} entries were signed, ${size} are there.`,
  }
}

/** Attack: entries cut off with their checkpoints, or an older audit.db put back. The vault remembers better. */
export function findNoted(store: AuditStore, noted: Noted | null): Finding | null {
  if (noted === null || store.checkpointAt(noted.size, Buffer.from(noted.root, 'hex')) !== null) return null
  const there = store.counts().size
  // What was added since, by runs that never saw the vault, stands where the missing entries stood.
  const kept = store.lastCheckpoint(noted.size - 1)?.size ?? 0
  const index = Math.min(store.firstUnsignedSegment(kept)?.first ?? there, there, noted.size - 1)
  const message = `The vault remembers ${noted.size} entries; from entry ${index} on they are gone: the log was cut or an older one put back.`
  return { index, code: 'shorter', message }
}

function tail(store: AuditStore, witness: Witness): Finding | null {
  const { publicKey, openKey } = witness
  return walkLog(store, { start: startOf(store), publicKey, openKey, recorded: false }).finding
}

/** A checkpoint at or before the beginning of the segment the unsigned rest begins in, so that its chain can be followed. */
function startOf(
  store: AuditStore,
): { size: number; frontier: NonNullable<ReturnType<typeof frontierOf>>; checkpoint: number } | null {
  const last = store.lastCheckpoint(store.counts().size)
  if (last === null) return null
  const next = store.entry(last.size)
  const segment = next === null ? null : store.segment(next.segment)
  const start: CheckpointRow | null =
    segment === null || segment.first >= last.size ? last : store.lastCheckpoint(segment.first)
  const frontier = start === null ? null : frontierOf(start)
  return start === null || frontier === null ? null : { size: start.size, frontier, checkpoint: start.number }
}
