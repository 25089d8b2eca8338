import type { Database } from '../db/open.ts'
import type { Session } from './access.ts'
import { checksumHolds, headerDigest, slotsDigest, type Header } from './header.ts'
import type { Items } from './items.ts'
import { deriveKeys } from './keys.ts'
import type { OpenedSlot } from './key-slots.ts'
import { Manifest, type ManifestContext } from './manifest.ts'
import type { VaultProblem } from './manifest-check.ts'
import { addLine, emptyBuckets, itemLine, ownKeyLine, recordLine, type Line } from './manifest-lines.ts'
import { openOwnKey, publicBytes, readOwnKeyRows, type OwnKeys } from './own-keys.ts'
import { ItemRow, RecordRow } from './schema.ts'

/**
 * Builds the session of an opened slot: checks every row against the manifest and opens the overviews of those it
 * vouches for. Damage is listed in `problems`, and what is damaged is left out; only storage errors throw.
 */
export function startSession(database: Database, header: Header, slot: OpenedSlot, items: Items): Session {
  const vaultId = header.row.vault_id
  const keys = deriveKeys(slot.vaultKey, vaultId, slot.epoch)
  const rows = emptyBuckets()
  const itemRows = readItemLines(database)
  for (const { line } of itemRows) addLine(rows, line)
  for (const row of database.prepare('SELECT * FROM records').iterate()) addLine(rows, recordLine(RecordRow.parse(row)))
  const ownKeyRows = readOwnKeyRows(database)
  for (const row of ownKeyRows) addLine(rows, ownKeyLine(row))

  const manifest = new Manifest(database, manifestContext(keys, header), rows)
  const problems = [...manifest.problems]
  for (const { row, line } of itemRows) {
    if (!manifest.vouchesFor(line)) continue
    try {
      items.load(row, { keys, vaultId })
    } catch {
      problems.push({ table: 'items', id: row.id, message: `The item ${row.id} does not open. It is not used.` })
    }
  }
  const ownKeys: OwnKeys = { inbox: null, audit: null }
  for (const row of ownKeyRows) {
    if ((row.id !== 'inbox' && row.id !== 'audit') || !manifest.vouchesFor(ownKeyLine(row))) continue
    try {
      ownKeys[row.id] = openOwnKey(keys, vaultId, row)
    } catch {
      problems.push({ table: 'own_keys', id: row.id, message: `The vault's own key ${row.id} does not open. It is not used.` })
    }
  }
  problems.push(...headerProblems(header, slot, ownKeys))
  return { vaultId, keys, ownKeys, manifest, problems }
}

/** What the manifest of this vault is bound to. */
export function manifestContext(keys: { readonly manifest: Buffer; readonly epoch: number }, header: Header): ManifestContext {
  return {
    key: keys.manifest,
    vaultId: header.row.vault_id,
    epoch: keys.epoch,
    headerDigest: headerDigest(header),
    slotsDigest: slotsDigest(header.slots),
  }
}

function readItemLines(database: Database): ReadonlyArray<{ row: ItemRow; line: Line }> {
  return database
    .prepare('SELECT * FROM items')
    .all()
    .map((raw) => {
      const row = ItemRow.parse(raw)
      return { row, line: itemLine(row) }
    })
}

/** An attacker who puts in his own inbox key would read what arrives while locked; so the public keys are derived again. */
function headerProblems(header: Header, slot: OpenedSlot, ownKeys: OwnKeys): ReadonlyArray<VaultProblem> {
  const { row } = header
  const problems: VaultProblem[] = []
  const report = (id: string, message: string): void => void problems.push({ table: 'header', id, message })
  if (row.epoch !== slot.epoch) report('epoch', 'The epoch in the header was changed outside Clawkeep.')
  if (!checksumHolds(header)) report('checksum', 'The header or a key slot was changed outside Clawkeep.')
  if (ownKeys.inbox !== null && !publicBytes('inbox', ownKeys.inbox).equals(row.inbox_public)) {
    report('inbox_public', 'The inbox key in the header was changed outside Clawkeep: what arrived while locked may have been read by another.')
  }
  if (ownKeys.audit !== null && !publicBytes('audit', ownKeys.audit).equals(row.audit_public)) {
    report('audit_public', 'The audit key in the header was changed outside Clawkeep.')
  }
  return problems
}
