import type { VaultAccess } from './access.ts'
import { headerDigest, slotsDigest, writeSlots, type Header } from './header.ts'
import type { SlotKind } from './slot-seal.ts'
import type { SlotRow } from './schema.ts'

/**
 * Puts a slot in the place of all of its kind: in one transaction, killed at any point it is the old way in or the new one. Then
 * the write-ahead log is emptied, so that the old slot is in no file any more. Throws storage errors, AppError locked, damaged.
 */
export function replaceSlots(access: VaultAccess, header: Header, kind: SlotKind, slot: SlotRow): Header {
  let next = header
  access.write((change) => {
    next = writeSlots(access.database, header, [...header.slots.filter((other) => other.kind !== kind), slot])
    change.header = { headerDigest: headerDigest(next), slotsDigest: slotsDigest(next.slots) }
  })
  try {
    access.database.pragma('wal_checkpoint(TRUNCATE)')
  } catch {
    // The new slot is durable; the log is emptied at the latest when the file is closed.
  }
  return next
}
