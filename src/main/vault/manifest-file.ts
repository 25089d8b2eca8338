import type { Database } from '../db/open.ts'
import {
  addLine,
  bucketAt,
  bucketCount,
  emptyBuckets,
  lineKey,
  makeLine,
  type Bucket,
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

/** The list of rows. Where it says what `rows` say, the row's own line is taken, which is hashed already. */
export function readList(database: Database, rows: ReadonlyArray<Bucket> = []): Bucket[] {
  const known = new Map(
    rows.flatMap((bucket, index) => [...bucket].map(([key, line]) => [key, { line, index }] as const)),
  )
  const buckets = emptyBuckets()
  type ListRow = { tbl: ManifestTable; id: string; revision: number; digest: Buffer }
  // The columns are typed by the STRICT table; what they say only counts when a MAC proves it.
  for (const row of database
    .prepare('SELECT tbl, id, revision, digest FROM manifest_rows')
    .iterate() as Iterable<ListRow>) {
    const key = lineKey(row.tbl, row.id)
    const same = known.get(key)
    if (same !== undefined && same.line.revision === row.revision && same.line.digest.equals(row.digest)) {
      bucketAt(buckets, same.index).set(key, same.line)
    } else addLine(buckets, makeLine(row.tbl, row.id, row.revision, row.digest))
  }
  return buckets
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
