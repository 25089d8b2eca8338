import { hash } from 'node:crypto'
import { flatJson } from './flat-json.ts'
import type { FileRow, ItemAtOnce, ItemRow, OwnKeyRow, RecordRow, VersionRow } from './schema.ts'

/** The tables whose rows the manifest vouches for; `manifest` itself stands in lines that remember earlier damage. */
export type ManifestTable = 'items' | 'item_versions' | 'files' | 'records' | 'own_keys' | 'manifest'

/** What the manifest knows of one row. There is one for each row of the vault, so it holds no more than it must. */
export type Line = {
  readonly table: ManifestTable
  readonly id: string
  readonly revision: number
  /** SHA-256 over the row, in hex. */
  readonly digest: string
  readonly bucket: number
}

/** Lines of one bucket by `lineKey`. */
export type Bucket = Map<string, Line>

export const bucketCount = 256

export function lineKey(table: string, id: string): string {
  return `${table} ${id}`
}

/** `digest` in hex. */
export function makeLine(table: ManifestTable, id: string, revision: number, digest: string): Line {
  return { table, id, revision, digest, bucket: bucketOf(id) }
}

/** Whether two lines of one table and id say the same. */
export function agrees(left: Line | undefined, right: Line | undefined): boolean {
  return left?.revision === right?.revision && left?.digest === right?.digest
}

export function itemLine(row: ItemRow): Line {
  const { id, revision, details_revision, epoch, content_epoch, sealed_key, sealed_overview, sealed_details } = row
  const scalars = [id, revision, details_revision, epoch, content_epoch]
  return makeLine('items', id, revision, rowDigest(scalars, [sealed_key, sealed_overview, sealed_details]))
}

/** The same of a row that was read with its blobs in one. */
export function itemAtOnceLine(row: ItemAtOnce): Line {
  const { id, revision, details_revision, epoch, content_epoch, keyBytes, overviewBytes, sealed } = row
  const lengths = [keyBytes, overviewBytes, sealed.length - keyBytes - overviewBytes]
  const scalars = [id, revision, details_revision, epoch, content_epoch, ...lengths]
  return makeLine('items', id, revision, hash('sha256', withHead(scalars, [sealed]), 'hex'))
}

export function versionLine(row: VersionRow): Line {
  const scalars = [row.id, row.item_id, row.revision, row.details_revision, row.content_epoch]
  return makeLine('item_versions', row.id, row.revision, rowDigest(scalars, [row.sealed_overview, row.sealed_details]))
}

export function fileLine(row: FileRow): Line {
  const scalars = [row.id, row.item_id, row.revision, row.content_epoch, row.sealed_bytes]
  return makeLine('files', fileRowId(row.item_id, row.id), row.revision, rowDigest(scalars, [row.sealed_head]))
}

export function recordLine(row: RecordRow): Line {
  const scalars = [row.kind, row.id, row.revision, row.epoch, row.clear]
  return makeLine('records', recordRowId(row.kind, row.id), row.revision, rowDigest(scalars, [row.sealed]))
}

export function ownKeyLine(row: OwnKeyRow): Line {
  return makeLine('own_keys', row.id, row.revision, rowDigest([row.id, row.revision, row.epoch], [row.sealed]))
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
  bucketAt(buckets, line.bucket).set(lineKey(line.table, line.id), line)
}

export function bucketAt(buckets: ReadonlyArray<Bucket>, index: number): Bucket {
  return buckets[index] as Bucket
}

/** The lines of a bucket as canonical JSON, in the order of the texts. */
export function lineTexts(bucket: Bucket): ReadonlyArray<string> {
  return Array.from(bucket.values(), ({ table, id, revision, digest }) =>
    flatJson([table, id, revision, digest]),
  ).toSorted()
}

/** SHA-256 over the lines of a bucket as `lineTexts` gives them. */
export function textsDigest(texts: ReadonlyArray<string>): Buffer {
  return hash('sha256', texts.join('\n'), 'buffer')
}

export function bucketDigest(bucket: Bucket): Buffer {
  return textsDigest(lineTexts(bucket))
}

export function rootOf(digests: ReadonlyArray<Buffer>): Buffer {
  return hash('sha256', Buffer.concat(digests), 'buffer')
}

/** SHA-256 over all columns of a row: the scalars and the lengths of the blobs as canonical JSON, then the blobs. */
export function digestRow(scalars: Scalars, blobs: ReadonlyArray<Buffer>): Buffer {
  return hash('sha256', rowBytes(scalars, blobs), 'buffer')
}

/** The same in hex: the hash itself makes it three times as fast as a Buffer does, and an unlock needs one for each row. */
function rowDigest(scalars: Scalars, blobs: ReadonlyArray<Buffer>): string {
  return hash('sha256', rowBytes(scalars, blobs), 'hex')
}

type Scalars = ReadonlyArray<string | number | null>

function rowBytes(scalars: Scalars, blobs: ReadonlyArray<Buffer>): Buffer {
  return withHead([...scalars, ...blobs.map((blob) => blob.length)], blobs)
}

function withHead(scalars: Scalars, blobs: ReadonlyArray<Buffer>): Buffer {
  return Buffer.concat([Buffer.from(flatJson(scalars), 'utf8'), ...blobs])
}
