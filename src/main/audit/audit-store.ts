import { z } from 'zod'
import type { AuditEntry, AuditFilter } from '../../shared/models/audit.ts'
import type { Database } from '../db/open.ts'
import { appendLeaf, chainStart, decodeFrontier, leafCount, rootOf, type Frontier } from './chain.ts'
import { filterSql } from './filter-sql.ts'

const Bytes = z.instanceof(Buffer)
const Hash = Bytes.refine((bytes) => bytes.length === 32, 'A hash has 32 bytes')
const Count = z.int().nonnegative()

const EntryRow = z.object({
  idx: Count,
  json: z.string(),
  leaf: Hash,
  mac: Hash,
  segment: Count,
  at_ms: z.int(),
  kind: z.string(),
  asker_kind: z.string(),
  asker_id: z.string(),
})
const SegmentRow = z.object({
  number: Count,
  first: Count,
  started_at_ms: z.int(),
  sealed_key: Bytes.nullable(),
  commitment: Hash,
  signature: Bytes.nullable(),
})
const CheckpointRow = z.object({
  number: Count,
  size: Count,
  root: Hash,
  at_ms: z.int(),
  segment: Count,
  frontier: Bytes,
  public_key: Bytes,
  signature: Bytes,
  vault_epoch: Count.nullable(),
  vault_counter: Count.nullable(),
})
export type EntryRow = z.infer<typeof EntryRow>
export type SegmentRow = z.infer<typeof SegmentRow>
export type CheckpointRow = z.infer<typeof CheckpointRow>

/** One entry with its hashes, ready to be written. */
export type PreparedEntry = { entry: AuditEntry; json: string; leaf: Buffer; mac: Buffer; segment: number }

/** Everything one transaction adds. */
export type Batch = {
  segments: ReadonlyArray<SegmentRow>
  entries: ReadonlyArray<PreparedEntry>
  checkpoint: Omit<CheckpointRow, 'number'> | null
}

/** Where the log ends on disk: number of entries, MAC of the last one, the tree so far. */
export type Tip = { size: number; mac: Buffer; frontier: Frontier }

const rowsAtATime = 1000
// A log with a larger hole than this is not continued: filling it would only burn time for whoever made the hole.
const largestHole = 1_000_000
const noLeaf = Buffer.alloc(32)

/** The SQL of audit.db and nothing else: rows in, rows out; what they mean is for the callers. */
export class AuditStore {
  readonly #db: Database
  readonly #append: (batch: Batch) => void

  constructor(db: Database) {
    this.#db = db
    const addSegment = db.prepare(
      'INSERT INTO segments (number, first, started_at_ms, sealed_key, commitment, signature) VALUES (?, ?, ?, ?, ?, ?)',
    )
    const addEntry = db.prepare(
      'INSERT INTO entries (idx, json, leaf, mac, segment, at_ms, kind, asker_kind, asker_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    const addCheckpoint = db.prepare(
      `INSERT INTO checkpoints (size, root, at_ms, segment, frontier, public_key, signature, vault_epoch, vault_counter)
         VALUES (@size, @root, @at_ms, @segment, @frontier, @public_key, @signature, @vault_epoch, @vault_counter)`,
    )
    const add = ({ segments, entries, checkpoint }: Batch): void => {
      for (const s of segments) {
        addSegment.run(s.number, s.first, s.started_at_ms, s.sealed_key, s.commitment, s.signature)
      }
      for (const { entry, json, leaf, mac, segment } of entries) {
        addEntry.run(entry.index, json, leaf, mac, segment, entry.atMs, entry.kind, entry.asker.kind, entry.asker.id)
      }
      if (checkpoint !== null) addCheckpoint.run(checkpoint)
    }
    const together = db.transaction(add)
    this.#append = (batch) => {
      const { segments, entries, checkpoint } = batch
      // One statement is a transaction of its own.
      if (segments.length === 0 && entries.length === 1 && checkpoint === null) add(batch)
      else together.immediate(batch)
    }
  }

  /** Durable when it returns; all of it or, when it throws, nothing. */
  append(batch: Batch): void {
    this.#append(batch)
  }

  /** Entries from an index on, in order, read in portions so that other statements can run between them. */
  *entriesFrom(first: number): Generator<EntryRow> {
    const portion = this.#db.prepare('SELECT * FROM entries WHERE idx >= ? ORDER BY idx LIMIT ?')
    for (let from = first; ;) {
      const rows = portion.all(from, rowsAtATime)
      for (const row of rows) {
        const entry = EntryRow.parse(row)
        from = entry.idx + 1
        yield entry
      }
      if (rows.length < rowsAtATime) return
    }
  }

  entry(index: number): EntryRow | null {
    const row = this.#db.prepare('SELECT * FROM entries WHERE idx = ?').get(index)
    return row === undefined ? null : EntryRow.parse(row)
  }

  /** How many entries the log should have by its last index, and how many there are. */
  counts(): { size: number; rows: number; checkpoints: number } {
    // Where the log ends is not asked of an index, which may be made to leave out entries.
    const row = this.#db
      .prepare(
        `SELECT (SELECT coalesce(max(idx) + 1, 0) FROM entries NOT INDEXED) AS size, (SELECT count(*) FROM entries) AS rows,
           (SELECT count(*) FROM checkpoints) AS checkpoints`,
      )
      .get()
    return z.object({ size: Count, rows: Count, checkpoints: Count }).parse(row)
  }

  /**
   * Attack: an index that leaves out an entry which the table has, so that lists do not show it. The first such entry, null when there is
   * none; as long as a look at every entry.
   */
  firstNotInIndexes(): number | null {
    const found = String(this.#db.pragma("integrity_check('entries')", { simple: true }))
    if (found === 'ok') return null
    // SQLite counts the rows from 1, and entries without a hole count from 0.
    return Math.max(0, Number(/^row (\d+) /.exec(found)?.[1] ?? 1) - 1)
  }

  /** The first index that is not there, below the last one; null when there is no hole. */
  firstHole(): number | null {
    if (this.entry(0) === null) return this.counts().rows === 0 ? null : 0
    const row = this.#db
      .prepare(
        `SELECT e.idx + 1 AS hole FROM entries e NOT INDEXED
           WHERE NOT EXISTS (SELECT 1 FROM entries n NOT INDEXED WHERE n.idx = e.idx + 1)
           AND e.idx < (SELECT max(idx) FROM entries NOT INDEXED) ORDER BY e.idx LIMIT 1`,
      )
      .get()
    return row === undefined ? null : z.object({ hole: Count }).parse(row).hole
  }

  segment(number: number): SegmentRow | null {
    const row = this.#db.prepare('SELECT * FROM segments WHERE number = ?').get(number)
    return row === undefined ? null : SegmentRow.parse(row)
  }

  /** The first segment at or behind an entry that no vault signed: the start of a run. */
  firstUnsignedSegment(from: number): SegmentRow | null {
    const sql = 'SELECT * FROM segments WHERE signature IS NULL AND first >= ? ORDER BY number LIMIT 1'
    const row = this.#db.prepare(sql).get(from)
    return row === undefined ? null : SegmentRow.parse(row)
  }

  lastSegmentNumber(): number {
    const row = this.#db.prepare('SELECT coalesce(max(number), 0) AS number FROM segments').get()
    return z.object({ number: Count }).parse(row).number
  }

  /** In the order of their size; `sinceNumber` leaves out the ones written before. */
  checkpoints(sinceNumber = 0): ReadonlyArray<CheckpointRow> {
    const rows = this.#db.prepare('SELECT * FROM checkpoints WHERE number >= ? ORDER BY size, number').all(sinceNumber)
    return CheckpointRow.array().parse(rows)
  }

  /** Those that name a state of the vault, the newest state first. */
  *checkpointsByVault(): Generator<CheckpointRow> {
    const all = this.#db.prepare(
      'SELECT * FROM checkpoints WHERE vault_counter IS NOT NULL ORDER BY vault_counter DESC, number DESC',
    )
    for (const row of all.iterate()) {
      const parsed = CheckpointRow.safeParse(row)
      if (parsed.success) yield parsed.data
    }
  }

  /** The last one that names this state of the vault or an earlier one. */
  checkpointOfVault(counter: number): CheckpointRow | null {
    const row = this.#db
      .prepare('SELECT * FROM checkpoints WHERE vault_counter <= ? ORDER BY size DESC, number DESC LIMIT 1')
      .get(counter)
    return row === undefined ? null : CheckpointRow.parse(row)
  }

  firstCheckpoint(): CheckpointRow | null {
    const row = this.#db.prepare('SELECT * FROM checkpoints ORDER BY number LIMIT 1').get()
    return row === undefined ? null : CheckpointRow.parse(row)
  }

  /** The one written last among those that cover at most so many entries. */
  lastCheckpoint(largestSize = Number.MAX_SAFE_INTEGER): CheckpointRow | null {
    const row = this.#db
      .prepare('SELECT * FROM checkpoints WHERE size <= ? ORDER BY number DESC LIMIT 1')
      .get(largestSize)
    return row === undefined ? null : CheckpointRow.parse(row)
  }

  checkpointAt(size: number, root: Buffer): CheckpointRow | null {
    const row = this.#db
      .prepare('SELECT * FROM checkpoints WHERE size = ? AND root = ? ORDER BY number LIMIT 1')
      .get(size, root)
    return row === undefined ? null : CheckpointRow.parse(row)
  }

  /** One page, newest first, and how many entries the filter fits in all. */
  page(filter: AuditFilter): { rows: ReadonlyArray<EntryRow>; total: number } {
    const { where, values, isAll } = filterSql(filter)
    const from = `FROM entries INDEXED BY entries_filters WHERE ${where}`
    const total = this.#db.prepare(`SELECT count(*) AS total ${from}`).get(...values)
    const wanted = isAll ? 'FROM entries NOT INDEXED WHERE 1' : from
    const rows = this.#db
      .prepare(
        `SELECT * FROM entries WHERE idx IN (SELECT idx ${wanted} AND idx < ? ORDER BY idx DESC LIMIT ?) ORDER BY idx DESC`,
      )
      .all(...values, filter.before ?? Number.MAX_SAFE_INTEGER, filter.limit)
    return { rows: EntryRow.array().parse(rows), total: z.object({ total: Count }).parse(total).total }
  }

  /** The `log.join` entries that recorded a break, oldest first. */
  breaks(): ReadonlyArray<EntryRow> {
    const rows = this.#db
      .prepare(
        `SELECT * FROM entries WHERE kind = 'log.join' AND instr(json, '"outcome":"failed"') > 0 ORDER BY idx LIMIT 100`,
      )
      .all()
    return EntryRow.array().parse(rows)
  }

  /**
   * The end of the log as it stands on disk, without a key: from the last checkpoint whose frontier makes its root, else
   * from the first entry. A missing entry counts as a leaf of zeros, here and in the check, so that a broken log can
   * go on. Throws RangeError when the hole is absurd.
   */
  tip(): Tip {
    const { size, rows } = this.counts()
    if (size - rows > largestHole) throw new RangeError('Too large a hole in the log')
    const checkpoint = this.lastCheckpoint(size)
    const saved = checkpoint === null ? null : frontierOf(checkpoint)
    let next = saved === null || checkpoint === null ? 0 : checkpoint.size
    let frontier: Frontier = saved ?? []
    for (const row of this.entriesFrom(next)) {
      for (; next < row.idx; next++) frontier = appendLeaf(frontier, noLeaf)
      frontier = appendLeaf(frontier, row.leaf)
      next++
    }
    return { size, frontier, mac: size === 0 ? chainStart : (this.entry(size - 1)?.mac ?? chainStart) }
  }
}

/** The tree a checkpoint was made from; null when it does not make the checkpoint's root or not its size. */
export function frontierOf(checkpoint: CheckpointRow): Frontier | null {
  const frontier = decodeFrontier(checkpoint.frontier)
  if (frontier === null || leafCount(frontier) !== checkpoint.size) return null
  return rootOf(frontier).equals(checkpoint.root) ? frontier : null
}
