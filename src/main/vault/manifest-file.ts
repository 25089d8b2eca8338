import type { Database } from '../db/open.ts'
import {
  addLine,
  agrees,
  bucketAt,
  bucketCount,
  emptyBuckets,
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

/**
 * The list of rows. A bucket that says what that of `rows` says is that one itself: nothing of it needs to be hashed again, and a vault
 * that is whole is held once.
 */
export function readList(database: Database, rows: ReadonlyArray<Bucket> = emptyBuckets()): ReadonlyArray<Bucket> {
  const listed = emptyBuckets()
  const list = database.prepare('SELECT tbl, id, revision, lower(hex(digest)) AS digest FROM manifest_rows')
  for (const row of list.iterate() as Iterable<ListRow>)
    addLine(listed, makeLine(row.tbl, row.id, row.revision, row.digest))
  return listed.map((bucket, index) => (sameLines(bucket, bucketAt(rows, index)) ? bucketAt(rows, index) : bucket))
}

/** The columns are typed by the STRICT table; what they say only counts when a MAC proves it. */
type ListRow = { readonly tbl: ManifestTable; readonly id: string; readonly revision: number; readonly digest: string }

/**
 * Whether the list says just what the rows say, whose `lineTexts` are given by bucket: the same as `readList` finds out, and much
 * quicker when it is so. SQLite makes the texts the same way for all ids that Clawkeep makes.
 */
export function listsAll(database: Database, texts: ReadonlyArray<ReadonlyArray<string>>): boolean {
  const unlisted = new Set(texts.flat())
  const list = database.prepare('SELECT json_array(tbl, id, revision, lower(hex(digest))) FROM manifest_rows').pluck()
  // All at once: a step for each row takes longer than the row.
  return (list.all() as ReadonlyArray<string>).every((text) => unlisted.delete(text)) && unlisted.size === 0
}

function sameLines(left: Bucket, right: Bucket): boolean {
  return left.size === right.size && [...left].every(([key, line]) => agrees(right.get(key), line))
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
