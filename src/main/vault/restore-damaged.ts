import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../shared/app-error.ts'
import { AuditStore } from '../audit/audit-store.ts'
import { newestMark } from '../audit/vault-marks.ts'
import type { Clock } from '../clock.ts'
import { lockHome } from '../db/home-lock.ts'
import { openReadOnly, type Database } from '../db/open.ts'
import { readQuickUnlockFile, witnessIn } from '../quick-unlock-file.ts'
import type { Header } from './header.ts'
import type { Course } from './paced.ts'
import { counterToExceed } from './older-vault.ts'
import { openWithPassword } from './password-slot.ts'
import { asideName, putInPlace } from './put-in-place.ts'
import { prepareRestore } from './restore.ts'
import type { OpenedSlot } from './slot-seal.ts'
import { openVaultFile } from './snapshot.ts'

/**
 * Restores a backup into a home whose vault file cannot be opened at all, so that no core can run there. The damaged file is kept aside
 * under the name returned. Null when the vault file opens: then this is not the way. Throws as `WholeVault.restore`.
 */
export async function restoreOverDamaged(
  options: { home: string; from: string; password: string; clock: Clock },
  course: Course,
): Promise<{ items: number; keptAside: string | null } | null> {
  const { home, from, password, clock } = options
  const file = join(home, 'vault.db')
  const lock = lockHome(home)
  try {
    if (opensAtAll(file)) return null
    const into = `${file}.restoring`
    let auditPublic: Uint8Array = new Uint8Array()
    const open = async ({ row, slots }: Header): Promise<OpenedSlot> => {
      auditPublic = row.audit_public
      const slot = await openWithPassword(password, row.vault_id, slots)
      if (slot !== null) return slot
      throw new AppError('wrong_password', 'The password does not open this backup.', {
        hint: 'It opens with the password the vault had when the backup was made.',
      })
    }
    const audit = join(home, 'audit.db')
    const { items } = await prepareRestore(
      {
        from,
        into,
        clock,
        open,
        knowsLog: () => signedWith(audit, auditPublic),
        counterAbove: ({ row }) =>
          counterToExceed([
            markIn(audit, row.audit_public),
            witnessIn(readQuickUnlockFile(home), row.audit_public)?.counter ?? 0,
          ]),
      },
      course,
    )
    const aside = asideName(file, 'damaged', clock.now())
    // What a damaged file's log holds cannot be put into it any more; it stays beside it.
    if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${aside}-wal`)
    putInPlace(file, into, aside)
    return { items, keptAside: aside }
  } finally {
    lock.release()
  }
}

function opensAtAll(file: string): boolean {
  try {
    openVaultFile(file).close()
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'damaged') return false
    throw error
  }
}

/** Whether the audit log here is the one the vault of this backup wrote. */
function signedWith(audit: string, publicKey: Uint8Array): boolean {
  const last = lookInto(audit, (database) =>
    database.prepare('SELECT public_key FROM checkpoints ORDER BY number DESC LIMIT 1').pluck().get(),
  )
  return Buffer.isBuffer(last) && last.equals(publicKey)
}

/** How often the vault had been written to, as the audit log here remembers it. */
function markIn(audit: string, publicKey: Buffer): number {
  return (
    lookInto(audit, (database) => newestMark(new AuditStore(database).checkpointsByVault(), publicKey))?.counter ?? 0
  )
}

function lookInto<T>(audit: string, look: (database: Database) => T): T | null {
  try {
    const database = openReadOnly(audit)
    try {
      return look(database)
    } finally {
      database.close()
    }
  } catch {
    return null
  }
}
