import { toStorageError, type Database } from '../db/open.ts'
import { insertHeader, type Header } from './header.ts'
import { copyKey, deriveKeys, wipeKeys } from './keys.ts'
import { Manifest } from './manifest.ts'
import { newOwnKeys, publicBytes, storeOwnKey, wipeOwnKeys } from './own-keys.ts'
import { formatVersion } from './schema.ts'
import type { NewSlot } from './slot-seal.ts'
import { manifestContext } from './unlock.ts'

/** What a new vault is made of; `vaultKey` stays the caller's. */
export type NewVault = {
  readonly vaultId: string
  readonly vaultKey: Buffer
  readonly epoch: number
  readonly slots: ReadonlyArray<NewSlot>
  readonly nowMs: number
}

/** Writes a new, empty vault in one transaction: killed at any point there is a whole vault or none. Throws storage errors. */
export function writeNewVault(database: Database, { vaultId, vaultKey, epoch, slots, nowMs }: NewVault): Header {
  const keys = deriveKeys(copyKey(vaultKey), vaultId, epoch)
  const ownKeys = newOwnKeys()
  const write = database.transaction(() => {
    const row = {
      format: formatVersion,
      vault_id: vaultId,
      epoch,
      created_at_ms: Math.round(nowMs),
      inbox_public: publicBytes('inbox', ownKeys.inbox),
      audit_public: publicBytes('audit', ownKeys.audit),
    }
    const header = insertHeader(
      database,
      row,
      slots.map((slot) => slot.row),
    )
    const own = [...Object.entries(ownKeys), ...slots.map((slot) => [slot.row.id, slot.turnKey] as const)]
    const lines = own.map(([id, raw]) => storeOwnKey(database, keys, vaultId, id, raw))
    Manifest.create(database, manifestContext(keys, header), lines)
    return header
  })
  try {
    return write.immediate()
  } catch (error) {
    throw toStorageError(error, 'vault')
  } finally {
    wipeKeys(keys)
    wipeOwnKeys(ownKeys)
  }
}
