import type { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import { toStorageError, type Database } from '../db/open.ts'
import { FileRow, ItemAtOnce, type ItemRow, OwnKeyRow, RecordRow, VersionRow } from './schema.ts'

const itemsAtOnce = `
  SELECT id, revision, details_revision, epoch, content_epoch, length(sealed_key) AS keyBytes,
    length(sealed_overview) AS overviewBytes, CAST(sealed_key || sealed_overview || sealed_details AS BLOB) AS sealed
  FROM items`

/** The row itself, with views of the one Buffer. */
export function splitItem({ keyBytes, overviewBytes, sealed, ...scalars }: ItemAtOnce): ItemRow {
  return {
    ...scalars,
    sealed_key: sealed.subarray(0, keyBytes),
    sealed_overview: sealed.subarray(keyBytes, keyBytes + overviewBytes),
    sealed_details: sealed.subarray(keyBytes + overviewBytes),
  }
}

const tables = {
  items: { schema: ItemAtOnce, all: itemsAtOnce, one: `${itemsAtOnce} WHERE id = ?` },
  item_versions: {
    schema: VersionRow,
    all: 'SELECT * FROM item_versions',
    one: 'SELECT * FROM item_versions WHERE id = ?',
  },
  files: {
    schema: FileRow,
    all: 'SELECT * FROM files',
    one: "SELECT * FROM files WHERE item_id || '/' || id = ?",
  },
  records: {
    schema: RecordRow,
    all: 'SELECT * FROM records',
    one: "SELECT * FROM records WHERE kind || '/' || id = ?",
  },
  own_keys: { schema: OwnKeyRow, all: 'SELECT * FROM own_keys', one: 'SELECT * FROM own_keys WHERE id = ?' },
} as const

type Tables = typeof tables

/**
 * Gives every row of a table that can be read, one at a time. When the file has a bad page, the rows are read one by
 * one by the ids in the manifest's list, so that what is on other pages still opens; the rest shows up as missing.
 */
export function* readRows<T extends keyof Tables>(
  database: Database,
  table: T,
): Generator<z.output<Tables[T]['schema']>, void> {
  type Row = z.output<Tables[T]['schema']>
  const { schema, all, one } = tables[table]
  const seen = new Set<unknown>()
  const unseen = (raw: unknown): Row | null => {
    const row = schema.parse(raw) as Row
    const key = 'kind' in row ? `${row.kind}/${row.id}` : row.id
    if (seen.has(key)) return null
    seen.add(key)
    return row
  }
  try {
    for (const raw of database.prepare(all).iterate()) {
      const row = unseen(raw)
      if (row !== null) yield row
    }
    return
  } catch (error) {
    if (!isDamage(error)) throw error
  }
  const ids = database.prepare('SELECT id FROM manifest_rows WHERE tbl = ?').pluck().all(table)
  for (const id of ids) {
    try {
      const raw = database.prepare(one).get(id)
      const row = raw === undefined ? null : unseen(raw)
      if (row !== null) yield row
    } catch (error) {
      if (!isDamage(error)) throw error
    }
  }
}

/** Whether SQLite could not read a page. */
export function isDamage(error: unknown): boolean {
  const known = toStorageError(error, 'vault')
  return known instanceof AppError && known.code === 'damaged'
}
