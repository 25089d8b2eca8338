import { randomBytes } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import { canonicalJson } from '../canonical-json.ts'
import type { Clock } from '../clock.ts'
import type { AuditStore, Batch, CheckpointRow, PreparedEntry, SegmentRow } from './audit-store.ts'
import {
  appendLeaf,
  chainMac,
  encodeFrontier,
  hashBytes,
  keyCommitment,
  leafHash,
  nextKey,
  rootOf,
  type Frontier,
} from './chain.ts'
import type { Draft } from './facts.ts'
import { checkpointBytes, segmentBytes, type Signer, type VaultMark } from './signed.ts'
import type { Finding } from './walk.ts'

/** What the log takes of the vault to write. */
export type VaultKeys = {
  readonly state: 'absent' | 'locked' | 'unlocked'
  readonly inbox: { seal(plain: Buffer): Buffer }
  auditSigner(): Signer
  /** Which state of the vault is on the disk; null while it is not known. */
  readonly mark: VaultMark | null
}

/** So many entries at most wait for a signature while the vault is unlocked. */
const entriesPerCheckpoint = 64
/** A new segment after so many entries, so that the check at unlock never has a longer chain to follow. */
const entriesPerSegment = 1024

/** Where the chain stands: what the next entry is computed from. The key is never that of an entry already written. */
type Chain = {
  size: number
  mac: Buffer
  frontier: Frontier
  signed: number
  segment: { row: SegmentRow; key: Buffer; stored: boolean } | null
}

/**
 * Turns drafts into chained rows and writes them in one transaction, with a signed checkpoint when one is due.
 * After a failed write it stands exactly where the file stands.
 */
export class ChainWriter {
  readonly #store: AuditStore
  readonly #vault: VaultKeys
  readonly #clock: Clock
  #chain: Chain

  constructor(store: AuditStore, vault: VaultKeys, clock: Clock) {
    this.#store = store
    this.#vault = vault
    this.#clock = clock
    const tip = store.tip()
    this.#chain = { ...tip, signed: store.lastCheckpoint(tip.size)?.size ?? 0, segment: null }
  }

  /** How many entries the last checkpoint covers; 0 before the first. */
  get signed(): number {
    return this.#chain.signed
  }

  /**
   * Durable when it returns. `sign` asks for a checkpoint now, if the vault is unlocked and there is anything to sign.
   * Throws, with nothing written, when the file fails.
   */
  write(drafts: ReadonlyArray<Draft>, sign: boolean): void {
    const before = this.#chain
    const work: Chain = {
      ...before,
      segment: before.segment && { ...before.segment, key: Buffer.from(before.segment.key) },
    }
    try {
      const entries: PreparedEntry[] = []
      const segments: SegmentRow[] = []
      for (const draft of drafts) this.#add(work, draft, entries, segments)
      const checkpoint = this.#checkpoint(work, sign)
      if (entries.length === 0 && checkpoint === null) return
      this.#store.append({ segments, entries, checkpoint } satisfies Batch)
      if (work.segment !== null) work.segment.stored ||= segments.includes(work.segment.row)
      this.#chain = work
      before.segment?.key.fill(0)
    } catch (error) {
      work.segment?.key.fill(0)
      if (this.#fileMovedOn()) this.reload()
      throw error
    }
  }

  /** Ends the segment: the next entry begins a new one with a fresh key. */
  endSegment(): void {
    this.#chain.segment?.key.fill(0)
    this.#chain = { ...this.#chain, segment: null }
  }

  /**
   * The next entry begins a segment that is signed now, while that is possible: after an unlock, and when the vault is
   * about to lock. Without a signer the present segment goes on; its key is random and no key of the vault.
   */
  renewSegment(): void {
    const signer = this.#signer()
    if (signer === null) return
    const segment = this.#newSegment(this.#store.lastSegmentNumber() + 1, this.#chain.size, signer)
    this.endSegment()
    this.#chain.segment = segment
  }

  /** What someone else did to the end of the file since this process wrote to it last; null when nothing. */
  foreignChange(): Finding | null {
    const { size, mac } = this.#chain
    const there = this.#store.counts().size
    if (there < size)
      return {
        index: there,
        code: 'shorter',
        message: `The log was cut after ${there} entries while Clawkeep was running.`,
      }
    if (there > size) return { index: size, code: 'foreign', message: `Entry ${size} was not written by Clawkeep.` }
    const same = size === 0 || this.#store.entry(size - 1)?.mac.equals(mac) === true
    return same
      ? null
      : { index: size - 1, code: 'foreign', message: `Entry ${size - 1} was changed while Clawkeep was running.` }
  }

  /** Takes the end of the file for the truth and begins a new segment. */
  reload(): void {
    const tip = this.#store.tip()
    this.endSegment()
    this.#chain = { ...tip, signed: this.#store.lastCheckpoint(tip.size)?.size ?? 0, segment: null }
  }

  #fileMovedOn(): boolean {
    try {
      return this.foreignChange() !== null
    } catch {
      // A file that cannot be read now has not been written to either.
      return false
    }
  }

  #add(work: Chain, draft: Draft, entries: PreparedEntry[], segments: SegmentRow[]): void {
    const tooLong = work.segment !== null && work.size - work.segment.row.first >= entriesPerSegment
    const signer = work.segment === null || tooLong ? this.#signer() : null
    if (work.segment === null || (tooLong && signer !== null)) {
      work.segment?.key.fill(0)
      // The one that ends may be of this very write, and in no file yet.
      const last = Math.max(this.#store.lastSegmentNumber(), work.segment?.row.number ?? 0)
      work.segment = this.#newSegment(last + 1, work.size, signer)
    }
    const { row, stored } = work.segment
    if (!stored && !segments.includes(row)) {
      segments.push(row)
      // An unsigned segment shows that the program started, so that nobody can pass one off as the run before.
      if (row.signature === null && draft.kind !== 'log.start') this.#link(work, startDraft(this.#clock.now()), entries)
    }
    this.#link(work, draft, entries)
  }

  #link(work: Chain, draft: Draft, entries: PreparedEntry[]): void {
    const { segment } = work
    if (segment === null) throw new Error('No segment')
    const entry = { ...draft, index: work.size }
    const json = canonicalJson(entry)
    const leaf = leafHash(json)
    const mac = chainMac(segment.key, work.mac, leaf)
    const key = nextKey(segment.key)
    segment.key.fill(0)
    segment.key = key
    entries.push({ entry, json, leaf, mac, segment: segment.row.number })
    work.size++
    work.mac = mac
    work.frontier = appendLeaf(work.frontier, leaf)
  }

  #newSegment(number: number, first: number, signer: Signer | null): NonNullable<Chain['segment']> {
    const absent = this.#vault.state === 'absent'
    // Before there is a vault nothing can be sealed: the chain runs on a known key and is signed when the vault is made.
    const key = absent ? Buffer.alloc(hashBytes) : randomBytes(hashBytes)
    const commitment = keyCommitment(key)
    const row: SegmentRow = {
      number,
      first,
      started_at_ms: this.#clock.now(),
      sealed_key: absent ? null : this.#vault.inbox.seal(key),
      commitment,
      signature: signer === null ? null : signer.sign(segmentBytes({ number, first, commitment })),
    }
    return { row, key, stored: false }
  }

  #checkpoint(work: Chain, sign: boolean): Omit<CheckpointRow, 'number'> | null {
    const unsigned = work.size - work.signed
    if (unsigned <= 0 || (!sign && unsigned < entriesPerCheckpoint)) return null
    const signer = this.#signer()
    if (signer === null) return null
    const { size, frontier } = work
    const { mark: vault } = this.#vault
    const body = {
      size,
      root: rootOf(frontier),
      atMs: this.#clock.now(),
      segment: work.segment?.row.number ?? 0,
      vault,
    }
    work.signed = size
    return {
      size,
      root: body.root,
      at_ms: body.atMs,
      segment: body.segment,
      frontier: encodeFrontier(frontier),
      public_key: signer.publicKey,
      signature: signer.sign(checkpointBytes(body)),
      vault_epoch: vault?.epoch ?? null,
      vault_counter: vault?.counter ?? null,
    }
  }

  /** Null while there is no key: entries are never lost for want of a signature, they wait for it. */
  #signer(): Signer | null {
    if (this.#vault.state === 'absent') return null
    try {
      return this.#vault.auditSigner()
    } catch (error) {
      if (error instanceof AppError) return null
      throw error
    }
  }
}

function startDraft(atMs: number): Draft {
  return { atMs, kind: 'log.start', phase: 'event', asker: { kind: 'system', id: 'core' } }
}
