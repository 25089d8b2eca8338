import { AppError } from '../../shared/app-error.ts'
import type { AuditVerdict } from '../../shared/models/audit.ts'
import { toStorageError } from '../db/open.ts'
import type { AuditStore } from './audit-store.ts'
import { findNoted, type Noted } from './join.ts'
import { fingerprintOf } from './signed.ts'
import { walkLog, type Finding } from './walk.ts'

/** What the verdict may rest on beside the file: the vault's public key, its memory, its keys. All may be missing. */
export type Trusted = {
  readonly publicKey: Buffer | null
  readonly noted: Noted | null
  readonly openKey: ((sealed: Buffer) => Buffer) | null
  /** What the running program noticed by itself. */
  readonly notice: () => Finding | null
}

/** Walks the whole log and says whether it is whole; for 100,000 entries a few seconds. */
export function verdictOn(store: AuditStore, trusted: Trusted): AuditVerdict {
  try {
    const { publicKey, openKey, noted, notice } = trusted
    const walked = walkLog(store, { start: null, publicKey, openKey, recorded: true })
    const findings = [walked.finding, empty(walked.size), hidden(store), findNoted(store, noted), notice()].filter(
      (found) => found !== null,
    )
    const { size, checkpoints } = store.counts()
    const key = publicKey ?? store.firstCheckpoint()?.public_key ?? null
    const finding = findings.toSorted((a, b) => a.index - b.index)[0] ?? null
    const unsigned = size - (finding === null ? walked.signed : Math.min(walked.signed, size))
    const fingerprint = key === null ? null : fingerprintOf(key)
    return {
      ok: finding === null,
      entries: size,
      checkpoints,
      unsigned,
      firstBad: finding?.index ?? null,
      message: messageOf(finding, size, unsigned),
      fingerprint,
    }
  } catch (error) {
    return unreadable(error)
  }
}

/** Attack: the file emptied. A log has `log.start` from its first moment. */
function empty(size: number): Finding | null {
  return size > 0 ? null : { index: 0, code: 'missing', message: 'The log has no entry at all.' }
}

/** Every entry may be right, but not all of them are listed. */
function hidden(store: AuditStore): Finding | null {
  const index = store.firstNotInIndexes()
  const message = `The lists of the log were changed: entry ${index} is there, and they do not show it.`
  return index === null ? null : { index, code: 'hidden', message }
}

/** The verdict on a file that cannot be read at all. */
export function unreadable(error: unknown): AuditVerdict {
  const known = toStorageError(error, 'audit log')
  const message = known instanceof AppError ? known.message : 'The audit log holds rows that Clawkeep does not write.'
  return { ok: false, entries: 0, checkpoints: 0, unsigned: 0, firstBad: null, message, fingerprint: null }
}

function messageOf(finding: Finding | null, size: number, unsigned: number): string {
  if (finding !== null) return finding.message
  const rest =
    unsigned === 0
      ? 'All are signed.'
      : `The last ${unsigned} ${unsigned === 1 ? 'is' : 'are'} chained and not signed yet.`
  return `The log is whole: ${size} ${size === 1 ? 'entry' : 'entries'}. ${rest}`
}
