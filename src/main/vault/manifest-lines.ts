import { createHash, hash } from 'node:crypto'
import { flatJson } from './flat-json.ts'
import type { FileRow, ItemRow, OwnKeyRow, RecordRow, VersionRow } from './schema.ts'

/** The tables whose rows the manifest vouches for; `manifest` itself stands in lines that remember earlier damage. */
export type ManifestTable = 'items' | 'item_versions' | 'files' | 'records' | 'own_keys' | 'manifest'

/** What the manifest knows of one row. `text` is the canonical form that is hashed and compared. */
export type Line = {
  readonly table: ManifestTable
  readonly id: string
  readonly revision: number
  readonly digest: Buffer
  readonly text: string
}

/** Lines of one bucket by `lineKey`. */
export type Bucket = Map<string, Line>

export const bucketCount = 256

export function lineKey(table: string, id: string): string {
  return `${table} ${id}`
}

export function makeLine(table: ManifestTable, id: string, revision: number, digest: Buffer): Line {
  return { table, id, revision, digest, text: flatJson([table, id, revision, digest.toString('hex')]) }
}

export function itemLine(row: ItemRow): Line {
  const scalars = [row.id, row.revision, row.details_revision, row.epoch, row.content_epoch]
  return makeLine(
    'items',
    row.id,
    row.revision,
    digestRow(scalars, [row.sealed_key, row.sealed_overview, row.sealed_details]),
  )
}

export function versionLine(row: VersionRow): Line {
  const scalars = [row.id, row.item_id, row.revision, row.details_revision, row.content_epoch]
  return makeLine('item_versions', row.id, row.revision, digestRow(scalars, [row.sealed_overview, row.sealed_details]))
}

export function fileLine(row: FileRow): Line {
  const scalars = [row.id, row.item_id, row.revision, row.content_epoch, row.sealed_bytes]
  return makeLine('files', fileRowId(row.item_id, row.id), row.revision, digestRow(scalars, [row.sealed_head]))
}

export function recordLine(row: RecordRow): Line {
  const scalars = [row.kind, row.id, row.revision, row.epoch, row.clear]
  return makeLine('records', recordRowId(row.kind, row.id), row.revision, digestRow(scalars, [row.sealed]))
}

export function ownKeyLine(row: OwnKeyRow): Line {
  return makeLine('own_keys', row.id, row.revision, digestRow([row.id, row.revision, row.epoch], [row.sealed]))
}

/** A file's id inside the manifest: it names the item too, so that what is left of a damaged item can be found. */
export function fileRowId(itemId: string, id: string): string {
  return `${itemId}/${id}`
}

/** A record's id inside the manifest; a kind holds no slash, so it is unambiguous. */
export function recordRowId(kind: string, id: string): string {
  return `${kind}/${id}`
}

/** Which of the 256 buckets a row is in: a write only has to hash that one again. */
export function bucketOf(id: string): number {
  return Number.parseInt(hash('sha256', id, 'hex').slice(0, 2), 16)
}

export function emptyBuckets(): Bucket[] {
  return Array.from({ length: bucketCount }, () => new Map())
}

export function addLine(buckets: ReadonlyArray<Bucket>, line: Line): void {
  bucketAt(buckets, bucketOf(line.id)).set(lineKey(line.table, line.id), line)
}

export function bucketAt(buckets: ReadonlyArray<Bucket>, index: number): Bucket {
  return buckets[index] as Bucket
}

/** SHA-256 over the sorted lines of a bucket. */
export function bucketDigest(bucket: Bucket): Buffer {
  return sha256([
    [...bucket.values()]
      .map((line) => line.text)
      .toSorted()
      .join('\n'),
  ])
}

export function rootOf(digests: ReadonlyArray<Buffer>): Buffer {
  return sha256(digests)
}

/** SHA-256 over all columns of a row: the scalars and the lengths of the blobs as canonical JSON, then the blobs. */
export function digestRow(scalars: ReadonlyArray<string | number | null>, blobs: ReadonlyArray<Buffer>): Buffer {
  return sha256([flatJson([...scalars, ...blobs.map((blob) => blob.length)]), ...blobs])
}

function sha256(parts: ReadonlyArray<string | Buffer>): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
