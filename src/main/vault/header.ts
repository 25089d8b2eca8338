import { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import type { Database } from '../db/open.ts'
import { digestRow } from './manifest-lines.ts'
import { formatVersion, HeaderRow, SlotRow } from './schema.ts'

/** The clear part of the vault, with the key slots. */
export type Header = { readonly row: HeaderRow; readonly slots: ReadonlyArray<SlotRow> }

/**
 * Reads header and slots; null when no vault was made yet.
 * Throws AppError too_new for a format this version does not know, damaged when it cannot be read.
 */
export function readHeader(database: Database): Header | null {
  const raw = database.prepare('SELECT * FROM header WHERE id = 1').get()
  if (raw === undefined) {
    const rows = z
      .object({ count: z.number() })
      .parse(
        database
          .prepare(
            'SELECT (SELECT count(*) FROM key_slots) + (SELECT count(*) FROM items) + (SELECT count(*) FROM records) AS count',
          )
          .get(),
      )
    // Without this check a person would be asked to make a new vault over the old one.
    if (rows.count > 0) throw damagedHeader()
    return null
  }
  const format = z.object({ format: z.number() }).parse(raw).format
  if (format > formatVersion) {
    throw new AppError('too_new', 'The vault was written by a newer Clawkeep.', {
      hint: 'Nothing was changed. Update Clawkeep, then open it again.',
    })
  }
  const row = HeaderRow.safeParse(raw)
  if (!row.success || format !== formatVersion) throw damagedHeader()
  const slots = database
    .prepare('SELECT * FROM key_slots')
    .all()
    .map((slot) => SlotRow.parse(slot))
  return { row: row.data, slots }
}

/** Writes header and slots of a new vault; call inside the transaction that makes it. */
export function insertHeader(
  database: Database,
  row: Omit<HeaderRow, 'checksum'>,
  slots: ReadonlyArray<SlotRow>,
): Header {
  insertSlots(database, slots)
  const whole: HeaderRow = { ...row, checksum: checksumOf(row, slots) }
  database
    .prepare(
      `INSERT INTO header (id, format, vault_id, epoch, created_at_ms, inbox_public, audit_public, checksum)
       VALUES (1, @format, @vault_id, @epoch, @created_at_ms, @inbox_public, @audit_public, @checksum)`,
    )
    .run(whole)
  return { row: whole, slots }
}

/** Writes other slots into a vault that is there; call inside a transaction that also writes the manifest. */
export function writeSlots(database: Database, header: Header, slots: ReadonlyArray<SlotRow>): Header {
  database.prepare('DELETE FROM key_slots').run()
  insertSlots(database, slots)
  const checksum = checksumOf(header.row, slots)
  database.prepare('UPDATE header SET checksum = ? WHERE id = 1').run(checksum)
  return { row: { ...header.row, checksum }, slots }
}

/** Writes the header and the slots of the next epoch; call inside a transaction that also writes the manifest. */
export function writeRotatedHeader(
  database: Database,
  header: Header,
  slots: ReadonlyArray<SlotRow>,
  epoch: number,
): Header {
  database.prepare('UPDATE header SET epoch = ? WHERE id = 1').run(epoch)
  return writeSlots(database, { ...header, row: { ...header.row, epoch } }, slots)
}

function insertSlots(database: Database, slots: ReadonlyArray<SlotRow>): void {
  const insert = database.prepare(
    `INSERT INTO key_slots (id, kind, params, epoch, revision, sealed_vault_key)
     VALUES (@id, @kind, @params, @epoch, @revision, @sealed_vault_key)`,
  )
  for (const slot of slots) insert.run(slot)
}

/**
 * Whether header and slots are as they were written. It needs no key and so proves nothing against an attacker (the
 * manifest's MAC does); it tells a damaged file from a wrong password.
 */
export function checksumHolds({ row, slots }: Header): boolean {
  return row.checksum.equals(checksumOf(row, slots))
}

/** What the manifest's MAC binds. */
export function headerDigest({ row }: Header): Buffer {
  return digestRow(
    [row.format, row.vault_id, row.epoch, row.created_at_ms],
    [row.inbox_public, row.audit_public, row.checksum],
  )
}

export function slotsDigest(slots: ReadonlyArray<SlotRow>): Buffer {
  const sorted = slots.toSorted((left, right) => (left.id < right.id ? -1 : 1))
  const digests = sorted.map((slot) =>
    digestRow([slot.id, slot.kind, slot.params, slot.epoch, slot.revision], [slot.sealed_vault_key]),
  )
  return digestRow([], digests)
}

/** Said where a vault is needed and none was made. */
export function noVault(): AppError {
  return new AppError('not_found', 'There is no vault yet.', {
    hint: 'Make your vault in the window, or run `clawkeep init`.',
  })
}

export function damagedHeader(): AppError {
  return new AppError('damaged', 'The header of the vault file is damaged.', {
    hint: 'Nothing was changed. Keep the file, and put a backup in its place.',
  })
}

function checksumOf(row: Omit<HeaderRow, 'checksum'>, slots: ReadonlyArray<SlotRow>): Buffer {
  const { format, vault_id, epoch, created_at_ms, inbox_public, audit_public } = row
  return digestRow([format, vault_id, epoch, created_at_ms], [inbox_public, audit_public, slotsDigest(slots)])
}
