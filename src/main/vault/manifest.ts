import { AppError } from '../../shared/app-error.ts'
import type { Database } from '../db/open.ts'
import type { Overview } from './item-content.ts'
import type { Keys } from './keys.ts'
import { macOf, rowsMacOf, same, type ManifestContext } from './manifest-mac.ts'
import { checkRows, proofProblem, remember, type VaultProblem } from './manifest-check.ts'
import { checkpointOf, listsAll, readDigests, readList, readManifestRow, type Checkpoint } from './manifest-file.ts'
import {
  addLine,
  agrees,
  bucketAt,
  bucketCount,
  bucketDigest,
  bucketOf,
  emptyBuckets,
  lineKey,
  lineTexts,
  rootOf,
  textsDigest,
  type Bucket,
  type Line,
  type ManifestTable,
} from './manifest-lines.ts'

/** The rows one transaction writes and removes. */
export class ManifestChange {
  readonly set = new Map<string, Line>()
  readonly removed = new Map<string, { readonly table: ManifestTable; readonly id: string }>()
  /** Null: there is none any more; absent: it stays. */
  checkpoint: Checkpoint | null | undefined
  /** The counter of writes becomes larger than this, so that the file counts as newer than any other. */
  counterAbove = 0
  /** Set when the transaction writes other key slots; with another key and epoch when it rotates. */
  context: Partial<ManifestContext> | undefined
  /** Of items whose overview is another one than before. */
  readonly overviews = new Map<string, Overview>()
  /** Those of the next epoch, when the transaction rotates. */
  nextKeys: Keys | undefined

  put(line: Line): void {
    const key = lineKey(line.table, line.id)
    this.removed.delete(key)
    this.set.set(key, line)
  }

  remove(table: ManifestTable, id: string): void {
    const key = lineKey(table, id)
    this.set.delete(key)
    this.removed.set(key, { table, id })
  }
}

/**
 * Vouches for the set of rows: lists every (table, row id, revision, digest), hashed in 256 buckets into one root.
 * `rows_mac` proves that the vault once had exactly these rows; `mac` also binds header, key slots, write counter and
 * audit checkpoint, and so proves that they are the latest ones. Both are written in the transaction of the change.
 */
export class Manifest {
  readonly problems: ReadonlyArray<VaultProblem>
  readonly #database: Database
  #context: ManifestContext
  readonly #buckets: Bucket[]
  readonly #digests: Buffer[]
  #stale: Set<number>
  #proved: boolean
  #counter: number
  #isLatest: boolean
  #checkpoint: Checkpoint | null

  /** Reads and checks the manifest of an unlocked vault; `rows` are the lines of the rows as they are now. */
  constructor(database: Database, context: ManifestContext, rows: ReadonlyArray<Bucket>) {
    this.#database = database
    this.#context = context
    const stored = readManifestRow(database)
    this.#checkpoint = stored === null ? null : checkpointOf(stored)
    const texts = rows.map(lineTexts)
    let isLatest = false
    let isOnce = false
    const verdict = checkRows({
      rows,
      ofRows: texts.map(textsDigest),
      listed: listsAll(database, texts) ? rows : readList(database, rows),
      stored: readDigests(database),
      proves: (root) => {
        isLatest = stored !== null && same(stored.mac, macOf(this.#context, stored.counter, this.#checkpoint, root))
        isOnce = stored !== null && same(stored.rows_mac, rowsMacOf(this.#context, root))
        return isLatest || isOnce
      },
    })
    this.#isLatest = isLatest
    this.#counter = isLatest ? (stored?.counter ?? 0) : 0
    this.#buckets = [...verdict.expected]
    this.#stale = verdict.stale
    this.#proved = verdict.proved
    if (verdict.proved && !isLatest) remember(this.#buckets, this.#stale, proofProblem.id)
    const isWhole = !verdict.proved || (isLatest && isOnce)
    this.problems = isWhole ? verdict.problems : [proofProblem, ...verdict.problems]
    this.#digests = verdict.digests.map((digest, index) =>
      this.#stale.has(index) ? bucketDigest(bucketAt(this.#buckets, index)) : digest,
    )
  }

  /** Writes the manifest of a vault that is being made, or that goes on from another; call inside its transaction. */
  static create(
    database: Database,
    context: ManifestContext,
    lines: ReadonlyArray<Line>,
    goesOn: { readonly checkpoint: Checkpoint | null; readonly counterAbove: number } = newVault,
  ): void {
    const buckets = emptyBuckets()
    for (const line of lines) addLine(buckets, line)
    database
      .prepare('INSERT INTO manifest (id, counter, rows_mac, mac) VALUES (1, 0, ?, ?)')
      .run(Buffer.alloc(32), Buffer.alloc(32))
    const manifest = new Manifest(database, context, buckets)
    manifest.#buckets.splice(0, bucketCount, ...buckets)
    manifest.#stale = new Set(buckets.keys())
    manifest.#proved = true
    manifest.save(Object.assign(new ManifestChange(), goesOn))
  }

  /** Only a row for which this holds may be used. */
  vouchesFor(line: Line): boolean {
    return agrees(bucketAt(this.#buckets, line.bucket).get(lineKey(line.table, line.id)), line)
  }

  /** The revision the row last had, 0 when it is not known. */
  revisionOf(table: ManifestTable, id: string): number {
    return bucketAt(this.#buckets, bucketOf(id)).get(lineKey(table, id))?.revision ?? 0
  }

  /** The ids of a table's rows that pass; looks at every row of the vault, so it is for rare acts. */
  idsOf(table: ManifestTable, passes: (id: string) => boolean): ReadonlyArray<string> {
    return this.#buckets.flatMap((bucket) =>
      [...bucket.values()].flatMap((line) => (line.table === table && passes(line.id) ? [line.id] : [])),
    )
  }

  get checkpoint(): Checkpoint | null {
    return this.#checkpoint
  }

  /** How often the vault was written to; it never goes down. Null when nothing proves it: it cannot be read, or was changed from outside. */
  get counter(): number | null {
    return this.#isLatest ? this.#counter : null
  }

  /**
   * Writes what a change does to the manifest; call inside the transaction of the change. `takeOver` takes
   * the change over in memory; call it when the transaction is durable. `linesOf` gives a bucket as it is after the change.
   */
  save(change: ManifestChange): { readonly takeOver: () => void; readonly linesOf: (bucket: number) => Bucket } {
    if (!this.#proved) {
      throw new AppError('damaged', 'Nothing can be saved, because the vault file was changed outside Clawkeep.', {
        hint: 'Copy what you need, then put a backup of the vault in its place.',
      })
    }
    const touched = new Map<number, Bucket>()
    const bucketFor = (index: number): Bucket => {
      const bucket = touched.get(index) ?? new Map(bucketAt(this.#buckets, index))
      touched.set(index, bucket)
      return bucket
    }
    for (const line of change.set.values()) bucketFor(line.bucket).set(lineKey(line.table, line.id), line)
    for (const [key, { id }] of change.removed) bucketFor(bucketOf(id)).delete(key)
    for (const index of this.#stale) if (!touched.has(index)) touched.set(index, bucketAt(this.#buckets, index))

    const digests = [...this.#digests]
    for (const [index, bucket] of touched) digests[index] = bucketDigest(bucket)
    const before = Math.max(this.#counter, change.counterAbove)
    const counter = Number.isSafeInteger(before + 1) ? before + 1 : 1
    const checkpoint = change.checkpoint === undefined ? this.#checkpoint : change.checkpoint
    const context = { ...this.#context, ...change.context }
    this.#writeRows(change, touched)
    this.#writeMacs({ context, touched: touched.keys(), digests, counter, checkpoint })
    const takeOver = (): void => {
      this.#context = context
      for (const [index, bucket] of touched) this.#buckets[index] = bucket
      this.#digests.splice(0, bucketCount, ...digests)
      this.#stale = new Set()
      this.#counter = counter
      this.#isLatest = true
      this.#checkpoint = checkpoint
    }
    return { takeOver, linesOf: (index) => touched.get(index) ?? bucketAt(this.#buckets, index) }
  }

  #writeRows(change: ManifestChange, touched: ReadonlyMap<number, Bucket>): void {
    const database = this.#database
    const upsert = database.prepare(
      'INSERT OR REPLACE INTO manifest_rows (tbl, id, revision, digest) VALUES (?, ?, ?, ?)',
    )
    const remove = database.prepare('DELETE FROM manifest_rows WHERE tbl = ? AND id = ?')
    if (this.#stale.size > 0) {
      for (const line of linesOf(readList(database), this.#stale)) remove.run(line.table, line.id)
      for (const index of this.#stale) {
        for (const line of touched.get(index)?.values() ?? [])
          upsert.run(line.table, line.id, line.revision, Buffer.from(line.digest, 'hex'))
      }
    }
    for (const { table, id, revision, digest } of change.set.values())
      upsert.run(table, id, revision, Buffer.from(digest, 'hex'))
    for (const { table, id } of change.removed.values()) remove.run(table, id)
  }

  #writeMacs(next: {
    context: ManifestContext
    touched: Iterable<number>
    digests: ReadonlyArray<Buffer>
    counter: number
    checkpoint: Checkpoint | null
  }): void {
    const database = this.#database
    const { context, counter, checkpoint, digests } = next
    const setDigest = database.prepare('INSERT OR REPLACE INTO manifest_buckets (bucket, digest) VALUES (?, ?)')
    for (const index of next.touched) setDigest.run(index, digests[index])
    const root = rootOf(digests)
    const { changes } = database
      .prepare(
        'UPDATE manifest SET counter = ?, checkpoint_size = ?, checkpoint_root = ?, rows_mac = ?, mac = ? WHERE id = 1',
      )
      .run(
        counter,
        checkpoint?.size ?? null,
        checkpoint?.root ?? null,
        rowsMacOf(context, root),
        macOf(context, counter, checkpoint, root),
      )
    if (changes !== 1) throw new Error('The manifest row is gone')
  }
}

const newVault = { checkpoint: null, counterAbove: 0 } as const

function linesOf(buckets: ReadonlyArray<Bucket>, indexes: ReadonlySet<number>): ReadonlyArray<Line> {
  return [...indexes].flatMap((index) => [...bucketAt(buckets, index).values()])
}
