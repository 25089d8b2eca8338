import type { Database } from '../db/open.ts'
import type { VaultAccess } from './access.ts'
import { headerDigest, slotsDigest, writeSlots, type Header } from './header.ts'
import { storeOwnKey } from './own-keys.ts'
import type { SlotRow } from './schema.ts'
import type { NewSlot, SlotKind } from './slot-seal.ts'

/**
 * Puts a slot, or none, in the place of all of these kinds: in one transaction, killed at any point it is the old way in or the new
 * one. Then the write-ahead log is emptied, so that the old slot is in no file any more. Throws storage errors, AppError locked, damaged.
 */
export function replaceSlots(
  access: VaultAccess,
  header: Header,
  kinds: ReadonlyArray<SlotKind>,
  slot: NewSlot | null,
): Header {
  let next = header
  const { database } = access
  const goes = (other: SlotRow): boolean => kinds.some((kind) => kind === other.kind)
  const kept = header.slots.filter((other) => !goes(other))
  access.write((change, { keys, vaultId }) => {
    for (const { id } of header.slots.filter(goes)) {
      database.prepare('DELETE FROM own_keys WHERE id = ?').run(id)
      change.remove('own_keys', id)
    }
    if (slot !== null) change.put(storeOwnKey(database, keys, vaultId, slot.row.id, slot.turnKey))
    next = writeSlots(database, header, slot === null ? kept : [...kept, slot.row])
    change.context = { headerDigest: headerDigest(next), slotsDigest: slotsDigest(next.slots) }
  })
  emptyLog(database)
  return next
}

/** Empties the write-ahead log, so that what was overwritten is in no file any more. */
export function emptyLog(database: Database): void {
  try {
    database.pragma('wal_checkpoint(TRUNCATE)')
  } catch {
    // What was written is durable; the log is emptied at the latest when the file is closed.
  }
}
