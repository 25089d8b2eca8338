import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, type ErrorCode } from '../../shared/app-error.ts'
import type { AuditVerdict } from '../../shared/models/audit.ts'
import { openDatabase, toStorageError } from '../db/open.ts'
import { AuditStore } from './audit-store.ts'
import { auditFile } from './schema.ts'
import { unreadable, verdictOn } from './verdict.ts'

const copyAttempts = 5

/**
 * Checks a log file without any key, even one that is in use or has lost its -wal: form, order, hashes, tree and
 * signatures. Whose signature it is, is for the reader to compare: `fingerprint`. What only the vault can know (a log cut
 * together with its checkpoints) is not seen here. Works on a private copy, so the file itself is only read. A process that
 * has the log open asks `AuditLog.verify`: reading its own file past SQLite would drop SQLite's lock on it (POSIX).
 * Throws AppError not_found when there is no such file, and what hinders the look: disk_full, no_permission, in_use and the like.
 */
export function verifyAuditFile(file: string): AuditVerdict {
  if (!existsSync(file))
    throw new AppError('not_found', 'There is no audit log at this place.', { hint: 'Check the file name.' })
  const folder = makeFolder()
  try {
    const copy = join(folder, 'audit.db')
    copySettled(file, copy)
    const db = openDatabase(copy, auditFile)
    try {
      return verdictOn(new AuditStore(db), { publicKey: null, noted: null, openKey: null, notice: () => null })
    } finally {
      db.close()
    }
  } catch (error) {
    const known = toStorageError(error, 'copy of the audit log')
    if (known instanceof AppError && hindrances.has(known.code)) throw known
    return unreadable(error)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** These say nothing about the log. */
const hindrances: ReadonlySet<ErrorCode> = new Set(['disk_full', 'no_permission', 'read_only', 'in_use', 'not_found'])

function makeFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'clawkeep-verify-'))
  } catch (error) {
    throw toStorageError(error, 'copy of the audit log')
  }
}

/** Copies the file and its -wal; again when a running program wrote to them meanwhile. */
function copySettled(file: string, copy: string): void {
  for (let attempt = 1; ; attempt++) {
    const before = stateOf(file)
    for (const part of ['', '-wal']) {
      rmSync(`${copy}${part}`, { force: true })
      if (!existsSync(`${file}${part}`)) continue
      copyFileSync(`${file}${part}`, `${copy}${part}`)
      // A log that is kept write-protected gives that to its copy, which SQLite has to open for writing.
      chmodSync(`${copy}${part}`, 0o600)
    }
    if (stateOf(file) === before) return
    if (attempt === copyAttempts) {
      throw new AppError('in_use', 'The audit log is being written to all the time.', {
        hint: 'Try again, or lock the vault first.',
      })
    }
  }
}

function stateOf(file: string): string {
  return ['', '-wal']
    .map((part) => statSync(`${file}${part}`, { bigint: true, throwIfNoEntry: false }))
    .map((stat) => (stat === undefined ? '-' : `${stat.size}:${stat.mtimeNs}`))
    .join(' ')
}
