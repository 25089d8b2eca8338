import type { KeyObject } from 'node:crypto'
import { AuditEntry } from '../../shared/models/audit.ts'
import { canonicalJson } from '../canonical-json.ts'
import type { AuditStore, CheckpointRow, EntryRow, SegmentRow } from './audit-store.ts'
import { appendLeaf, chainMac, chainStart, keyCommitment, leafHash, nextKey, rootOf, type Frontier } from './chain.ts'
import { bytesOf, publicKeyOf, segmentBytes, signatureFits } from './signed.ts'

/** What does not fit: the first entry concerned (from 0), a word for the log itself, a sentence for the person. */
export type Finding = { readonly index: number; readonly code: string; readonly message: string }

/**
 * Where a walk begins and with what. `recorded`: breaks that were found and written down before count, also a checkpoint
 * that covers more than there is.
 */
export type WalkOptions = {
  readonly start: { readonly size: number; readonly frontier: Frontier; readonly checkpoint: number } | null
  readonly publicKey: Buffer | null
  readonly openKey: ((sealed: Buffer) => Buffer) | null
  readonly recorded: boolean
}

export type Walked = { readonly finding: Finding | null; readonly size: number; readonly signed: number }

class DoesNotFit extends Error {
  readonly finding: Finding

  constructor(finding: Finding) {
    super(finding.message)
    this.finding = finding
  }
}

function doesNotFit(index: number, code: string, message: string): DoesNotFit {
  return new DoesNotFit({ index, code, message })
}

/**
 * Walks the log entry by entry and stops at the first that does not fit: canonical form, index, leaf hash, MAC chain (where
 * the segment key opens), and the tree against every checkpoint and its signature.
 */
export function walkLog(store: AuditStore, options: WalkOptions): Walked {
  const walk = new Walk(store, options)
  try {
    for (const row of store.entriesFrom(options.start?.size ?? 0)) walk.entry(row)
    walk.end()
  } catch (error) {
    if (!(error instanceof DoesNotFit)) throw error
    return { finding: error.finding, size: walk.size, signed: walk.signed }
  }
  return { finding: null, size: walk.size, signed: walk.signed }
}

class Walk {
  size: number
  signed: number
  readonly #store: AuditStore
  readonly #options: WalkOptions
  readonly #checkpoints: ReadonlyArray<CheckpointRow>
  readonly #publicKey: Buffer | null
  readonly #verifyKey: KeyObject | null
  readonly #firstSigned: number | null
  #nextCheckpoint = 0
  #frontier: Frontier
  #mac: Buffer
  #segment: SegmentRow | null = null
  #key: Buffer | null = null

  constructor(store: AuditStore, options: WalkOptions) {
    this.#store = store
    this.#options = options
    this.size = options.start?.size ?? 0
    this.signed = this.size
    this.#frontier = options.start?.frontier ?? []
    this.#mac = this.size === 0 ? chainStart : (store.entry(this.size - 1)?.mac ?? chainStart)
    const since = options.start?.checkpoint ?? 0
    this.#checkpoints = store.checkpoints(since).filter((checkpoint) => checkpoint.size >= this.size)
    const first = store.firstCheckpoint()
    this.#firstSigned = first?.size ?? null
    this.#publicKey = options.publicKey ?? first?.public_key ?? null
    this.#verifyKey = this.#publicKey === null ? null : publicKeyOf(this.#publicKey)
  }

  entry(row: EntryRow): void {
    this.#checkCheckpoints()
    if (row.idx !== this.size) {
      throw doesNotFit(this.size, 'missing', `Entry ${this.size} is missing.`)
    }
    const entry = this.#parse(row)
    if (row.segment !== this.#segment?.number) this.#beginSegment(row, entry)
    const leaf = leafHash(row.json)
    if (!leaf.equals(row.leaf)) throw doesNotFit(row.idx, 'changed', `Entry ${row.idx} was changed.`)
    if (this.#key !== null) {
      if (!chainMac(this.#key, this.#mac, leaf).equals(row.mac)) {
        throw doesNotFit(row.idx, 'chain', `Entry ${row.idx} does not continue the chain: it or its place was changed.`)
      }
      this.#key = nextKey(this.#key)
    }
    this.#mac = row.mac
    this.#frontier = appendLeaf(this.#frontier, leaf)
    this.size++
    if (this.#options.recorded && entry.kind === 'log.join' && entry.outcome === 'failed')
      throw new DoesNotFit(recordedFinding(entry))
  }

  end(): void {
    this.#checkCheckpoints()
    const beyond = this.#checkpoints[this.#nextCheckpoint]
    if (beyond !== undefined && this.#options.recorded) {
      throw doesNotFit(
        this.size,
        'shorter',
        `The log was cut: a checkpoint covers ${beyond.size} entries, ${this.size} are there.`,
      )
    }
    if (this.#segment !== null && this.#store.lastSegmentNumber() !== this.#segment.number) {
      throw doesNotFit(this.size, 'shorter', `The log was cut after ${this.size} entries: what follows had begun.`)
    }
  }

  #parse(row: EntryRow): AuditEntry {
    const { idx } = row
    let value: unknown
    try {
      value = JSON.parse(row.json)
    } catch {
      throw doesNotFit(idx, 'changed', `Entry ${idx} cannot be read.`)
    }
    const parsed = AuditEntry.safeParse(value)
    if (!parsed.success || !isCanonical(value, row.json)) {
      throw doesNotFit(idx, 'changed', `Entry ${idx} is not in the form Clawkeep writes.`)
    }
    const entry = parsed.data
    if (entry.index !== idx) throw doesNotFit(idx, 'moved', `Entry ${idx} was written as entry ${entry.index}.`)
    const same =
      entry.atMs === row.at_ms &&
      entry.kind === row.kind &&
      entry.asker.kind === row.asker_kind &&
      entry.asker.id === row.asker_id
    if (!same) throw doesNotFit(idx, 'changed', `The filter fields of entry ${idx} were changed.`)
    return entry
  }

  /** A segment begins at the entry it names, is signed or opens a process run, and its key is the one it committed to. */
  #beginSegment(row: EntryRow, entry: AuditEntry): void {
    const segment = this.#store.segment(row.segment)
    const misplaced = segment === null || (this.#segment !== null && segment.number < this.#segment.number)
    const midway = this.#segment === null && this.#options.start !== null && segment !== null && segment.first < row.idx
    if (misplaced || (segment.first !== row.idx && !midway)) {
      // With the chain followed so far this entry is the first; without, a change since the last checkpoint may show only here.
      const first = this.#key === null ? Math.min(this.signed, row.idx) : row.idx
      throw doesNotFit(first, 'segment', `${range(first, row.idx)} changed: the segments do not fit.`)
    }
    this.#segment = segment
    this.#key = midway ? null : this.#firstKey(segment)
    if (midway) return
    if (segment.signature !== null) this.#checkSegmentSignature(segment, segment.signature)
    else if (entry.kind !== 'log.start') {
      throw doesNotFit(
        row.idx,
        'segment',
        `Entry ${row.idx} begins an unsigned segment without a start of the program.`,
      )
    }
  }

  #firstKey(segment: SegmentRow): Buffer | null {
    const { first, sealed_key: sealed } = segment
    let key: Buffer
    if (sealed === null) {
      // Before there is a vault nothing can be sealed; that time ends with the first checkpoint.
      if (this.#firstSigned !== null && first >= this.#firstSigned) {
        throw doesNotFit(first, 'segment', `Entry ${first} begins a segment without a key.`)
      }
      key = chainStart
    } else {
      if (this.#options.openKey === null) return null
      try {
        key = this.#options.openKey(sealed)
      } catch {
        throw doesNotFit(first, 'segment', `The key of the segment that begins at entry ${first} does not open.`)
      }
    }
    if (!keyCommitment(key).equals(segment.commitment)) {
      throw doesNotFit(first, 'segment', `The key of the segment that begins at entry ${first} was changed.`)
    }
    return key
  }

  #checkSegmentSignature(segment: SegmentRow, signature: Buffer): void {
    const key = this.#verifyKey
    if (key === null || signatureFits(segmentBytes(segment), signature, key)) return
    throw doesNotFit(
      segment.first,
      'signature',
      `The segment that begins at entry ${segment.first} has a wrong signature.`,
    )
  }

  /** Compares the tree with the checkpoints made at this size. What lies behind the last good one is what is in doubt. */
  #checkCheckpoints(): void {
    for (;;) {
      const checkpoint = this.#checkpoints[this.#nextCheckpoint]
      if (checkpoint === undefined || checkpoint.size > this.size) return
      const { size, signature } = checkpoint
      const inDoubt = Math.min(this.signed, Math.max(size - 1, 0))
      if (this.#publicKey === null || !checkpoint.public_key.equals(this.#publicKey)) {
        throw doesNotFit(inDoubt, 'key', `The checkpoint over ${size} entries was signed with another key.`)
      }
      const key = this.#verifyKey
      if (key === null || !signatureFits(bytesOf(checkpoint), signature, key)) {
        throw doesNotFit(inDoubt, 'signature', `The checkpoint over ${size} entries has a wrong signature.`)
      }
      if (!rootOf(this.#frontier).equals(checkpoint.root)) {
        throw doesNotFit(
          inDoubt,
          'checkpoint',
          `${range(inDoubt, size - 1)} changed: the signed checkpoint over ${size} entries does not fit.`,
        )
      }
      this.signed = size
      this.#nextCheckpoint++
    }
  }
}

function isCanonical(value: unknown, json: string): boolean {
  try {
    return canonicalJson(value) === json
  } catch {
    return false
  }
}

function range(first: number, last: number): string {
  return first === last ? `Entry ${first} was` : `One of the entries ${first} to ${last} was`
}

/** What a `log.join` entry with a failed outcome says about the break it found. */
export function recordedFinding(entry: AuditEntry): Finding {
  const index = /^\d{1,15}$/.test(entry.target ?? '') ? Number(entry.target) : entry.index
  const when = new Date(entry.atMs).toISOString()
  const { code } = entry
  return {
    index,
    code: 'recorded',
    message: `At the unlock of ${when} entry ${index} did not fit (${code ?? 'no reason given'}).`,
  }
}
