import { AppError } from '../../shared/app-error.ts'
import type { AuditStore } from './audit-store.ts'
import { joinFacts, recordedBreaks, unrecorded } from './breaks.ts'
import type { ChainWriter, VaultKeys } from './chain-writer.ts'
import { auditFailure } from './commit-queue.ts'
import type { AuditFacts } from './facts.ts'
import { examineAtStart, examineAtUnlock, type Noted } from './join.ts'
import type { LogHealth } from './log-health.ts'
import { unreadable } from './verdict.ts'
import type { Finding } from './walk.ts'

/** What signing uses of the vault. */
export type SigningVault = VaultKeys & {
  readonly inbox: { seal(plain: Buffer): Buffer; open(sealed: Buffer): Buffer }
  auditCheckpoint(): Noted | null
  setAuditCheckpoint(checkpoint: Noted): void
}

type SigningParts = {
  store: AuditStore
  writer: ChainWriter
  vault: SigningVault
  health: LogHealth
  /** Queues an entry. */
  keep: (facts: AuditFacts) => void
  /** Writes what is queued, with a checkpoint; false when it failed. */
  commit: () => boolean
}

/** While the vault is unlocked, entries wait so long at most for a signature, and the vault for news of it. */
const checkpointWaitMs = 60_000

/** What the log does when the vault unlocks, when it is about to lock, and each minute between. Nothing here throws. */
export class Signing {
  readonly #parts: SigningParts
  #timer: NodeJS.Timeout | null = null

  constructor(parts: SigningParts) {
    this.#parts = parts
  }

  /** At start: reports the breaks that are known and those that show without a key. */
  begin(): void {
    const { store, health } = this.#parts
    try {
      for (const known of recordedBreaks(store)) health.found(known)
      const finding = unrecorded(store, examineAtStart(store))
      if (finding !== null) this.#report(finding)
    } catch (error) {
      health.writing(auditFailure(error))
    }
  }

  /** At unlock: checks what was written without a signature, says so in the log and signs it. */
  join(): void {
    const finding = this.#examine()
    if (finding === null) this.#parts.keep(joinFacts(null))
    else {
      this.#report(finding)
      this.#attempt(() => this.#parts.writer.reload())
    }
    this.sign()
  }

  /** Signs what there is while the key is there, lets the vault note it, and begins a segment signed in advance. */
  sign(): void {
    if (!this.#parts.commit()) return
    this.#note()
    this.#attempt(() => this.#parts.writer.renewSegment())
  }

  /** There are new entries: they are signed within a minute. */
  soon(): void {
    if (this.#parts.vault.state !== 'unlocked') return
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      if (this.#parts.commit()) this.#note()
    }, checkpointWaitMs).unref()
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #examine(): Finding | null {
    const { store, writer, vault } = this.#parts
    try {
      const { publicKey } = vault.auditSigner()
      const openKey = (sealed: Buffer) => vault.inbox.open(sealed)
      const found = examineAtUnlock(store, { publicKey, openKey, noted: vault.auditCheckpoint() })
      const noticed = writer.foreignChange()
      const first = found === null || (noticed !== null && noticed.index < found.index) ? noticed : found
      return unrecorded(store, first)
    } catch (error) {
      return { index: 0, code: 'unreadable', message: unreadable(error).message }
    }
  }

  #report(finding: Finding): void {
    this.#parts.health.found(finding)
    this.#parts.keep(joinFacts(finding))
  }

  /** Lets the vault remember the last checkpoint, so that a log cut behind it, or put back, is found. */
  #note(): void {
    const { store, writer, vault, health } = this.#parts
    if (vault.state !== 'unlocked') return
    try {
      vault.auditSigner()
      const last = store.lastCheckpoint(writer.signed)
      if (last !== null && last.size !== vault.auditCheckpoint()?.size) {
        vault.setAuditCheckpoint({ size: last.size, root: last.root.toString('hex') })
      }
      health.noting(null)
    } catch (error) {
      const reason = error instanceof AppError ? ` ${error.message}` : ''
      health.noting(`The vault could not note the state of the audit log.${reason}`)
    }
  }

  #attempt(change: () => void): void {
    try {
      change()
    } catch (error) {
      this.#parts.health.writing(auditFailure(error))
    }
  }
}
