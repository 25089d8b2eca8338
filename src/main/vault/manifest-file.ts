import type { Database } from '../db/open.ts'
import {
  addLine,
  bucketCount,
  bucketOf,
  emptyBuckets,
  lineKey,
  makeLine,
  type Bucket,
  type Line,
  type ManifestTable,
} from './manifest-lines.ts'
import { ManifestRow } from './schema.ts'

/** The last signed head of the audit log, kept here so that a shortened log is noticed. */
export type Checkpoint = { readonly size: number; readonly root: string }

/** The row with counter and MACs; null when it cannot be read. */
export function readManifestRow(database: Database): ManifestRow | null {
  const row = ManifestRow.safeParse(database.prepare('SELECT * FROM manifest WHERE id = 1').get())
  return row.success ? row.data : null
}

/** The audit checkpoint in the row. */
export function checkpointOf(row: ManifestRow): Checkpoint | null {
  return row.checkpoint_size === null || row.checkpoint_root === null
    ? null
    : { size: row.checkpoint_size, root: row.checkpoint_root }
}

type ListRow = { readonly tbl: ManifestTable; readonly id: string; readonly revision: number; readonly digest: string }

/**
 * The list of rows. A bucket that says what that of `rows` says is that one itself: nothing of it needs to be hashed again, and a vault
 * that is whole is held once.
 */
export function readList(database: Database, rows: ReadonlyArray<Bucket> = emptyBuckets()): Bucket[] {
  const unlisted = new Map<string, Line>()
  for (const bucket of rows) for (const [key, line] of bucket) unlisted.set(key, line)
  const differs = new Set<number>()
  for (const row of readLines(database)) {
    const key = lineKey(row.tbl, row.id)
    const line = unlisted.get(key)
    if (line?.revision === row.revision && line.digest === row.digest) unlisted.delete(key)
    else differs.add(bucketOf(row.id))
  }
  for (const { bucket } of unlisted.values()) differs.add(bucket)
  const listed = rows.map((bucket, index): Bucket => (differs.has(index) ? new Map() : bucket))
  if (differs.size === 0) return listed
  for (const row of readLines(database)) {
    const line = makeLine(row.tbl, row.id, row.revision, row.digest)
    if (differs.has(line.bucket)) addLine(listed, line)
  }
  return listed
}

/** The columns are typed by the STRICT table; what they say only counts when a MAC proves it. */
function readLines(database: Database): Iterable<ListRow> {
  const list = database.prepare('SELECT tbl, id, revision, lower(hex(digest)) AS digest FROM manifest_rows')
  return list.iterate() as Iterable<ListRow>
}

/** The stored digest of each bucket. */
export function readDigests(database: Database): Buffer[] {
  const digests: Buffer[] = Array.from({ length: bucketCount }, () => Buffer.alloc(0))
  const rows = database.prepare('SELECT bucket, digest FROM manifest_buckets').all() as ReadonlyArray<{
    bucket: number
    digest: Buffer
  }>
  for (const { bucket, digest } of rows) digests[bucket] = digest
  return digests
}
