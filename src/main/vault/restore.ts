import { chmodSync, copyFileSync, existsSync, statSync } from 'node:fs'
import { AppError } from '../../shared/app-error.ts'
import { ChangeEvents } from '../change-events.ts'
import type { Clock } from '../clock.ts'
import { toStorageError, type Database } from '../db/open.ts'
import { VaultAccess } from './access.ts'
import { copyFiles } from './copy-files.ts'
import { examine, type Examination } from './examine.ts'
import { readHeader, type Header } from './header.ts'
import { copyKey, wipeKeys } from './keys.ts'
import { wipeOwnKeys } from './own-keys.ts'
import type { Course } from './paced.ts'
import { replaceSlots } from './replace-slots.ts'
import { slotsOfKind, type OpenedSlot } from './slot-seal.ts'
import { closeAsOneFile, openVaultFile, removeVaultFile } from './snapshot.ts'
import { startSession } from './unlock.ts'

const what = 'backup'

export type RestorePlan = {
  /** The backup; it is only read. */
  readonly from: string
  /** Where the checked copy goes, in the folder of the vault. */
  readonly into: string
  readonly clock: Clock
  /** Tries the password; may refuse the backup by its header. */
  readonly open: (header: Header) => Promise<OpenedSlot>
  /** Whether the audit log beside the vault is the one this vault knows; else its note of it is taken out. */
  readonly knowsLog: () => boolean
  /** The restored file counts as newer than everything up to this. */
  readonly counterAbove: (header: Header) => number
}

/**
 * Copies a backup beside the vault and opens every row of the copy. Throws AppError wrong_password, throttled, not_found, damaged when
 * anything does not open, too_new, cancelled, storage errors; then there is no copy.
 */
export async function prepareRestore(plan: RestorePlan, course: Course): Promise<Examination> {
  const { from, into } = plan
  removeVaultFile(into)
  try {
    copyBackup(from, into)
    const database = inBackup(() => openVaultFile(into))
    try {
      return await checkAndFit(database, plan, course)
    } finally {
      closeAsOneFile(database, into)
    }
  } catch (error) {
    removeVaultFile(into)
    throw toBackupError(error)
  }
}

async function checkAndFit(database: Database, plan: RestorePlan, course: Course): Promise<Examination> {
  const header = inBackup(() => readHeader(database))
  if (header === null) throw notABackup()
  const slot = await plan.open(header).catch((error: unknown) => {
    throw ofBackup(error)
  })
  let made: ReadonlyArray<string> = []
  try {
    made = await copyFiles(database, { from: plan.from, to: plan.into }, course.signal)
    const found = await examine(database, slot, course, plan.from)
    refuseDamaged(found)
    fitIn(database, header, slot, plan)
    return found
  } catch (error) {
    for (const path of made) removeVaultFile(path)
    throw error
  } finally {
    slot.vaultKey.fill(0)
  }
}

function refuseDamaged({ problems, items }: Examination): void {
  const [first] = problems
  if (first === undefined) return
  throw new AppError('damaged', `This backup is damaged, so it was not restored. ${first.message}`, {
    hint: `Use another backup, with the folder vault-files that lies beside it. ${items} of its items still open.`,
  })
}

/**
 * Whoever restores has just given the right password; a log that is not here must not be missed; what another computer's keychain
 * keeps, or this one's kept then, opens it no more; and a restored vault is the newest one.
 */
function fitIn(
  database: Database,
  header: Header,
  slot: OpenedSlot,
  { clock, knowsLog, counterAbove }: RestorePlan,
): void {
  database.prepare('DELETE FROM throttle').run()
  // What was being attached then may have become a file of the vault that is kept aside.
  database.prepare('DELETE FROM file_leftovers').run()
  const { session } = startSession(database, header, { ...slot, vaultKey: copyKey(slot.vaultKey) })
  try {
    const access = new VaultAccess(database, clock, new ChangeEvents())
    access.session = session
    access.write((change) => {
      change.counterAbove = counterAbove(header)
      if (!knowsLog()) change.checkpoint = null
    })
    if (slotsOfKind(header.slots, 'keychain').length > 0) replaceSlots(access, header, ['keychain'], null)
  } finally {
    wipeKeys(session.keys)
    wipeOwnKeys(session.ownKeys)
  }
}

function copyBackup(from: string, into: string): void {
  if (!existsSync(from)) throw new AppError('not_found', `There is no file ${from}.`, { hint: 'Check the path.' })
  if (!statSync(from).isFile() || statSync(from).size === 0) throw notABackup()
  // With the log of a vault of another folder that was not closed: its last writes stand there.
  for (const ending of ['', '-wal']) {
    if (!existsSync(`${from}${ending}`)) continue
    copyFileSync(`${from}${ending}`, `${into}${ending}`)
    // One that others may read, or that is write-protected, gives that to its copy.
    chmodSync(`${into}${ending}`, 0o600)
  }
}

function inBackup<T>(open: () => T): T {
  try {
    return open()
  } catch (error) {
    throw ofBackup(error)
  }
}

/** Damage that is found while the backup is opened: to put a backup in its place is no advice for a backup. */
function ofBackup(error: unknown): unknown {
  return error instanceof AppError && error.code === 'damaged' ? damagedBackup(error) : error
}

function toBackupError(error: unknown): unknown {
  const known = toStorageError(error, what)
  return known === error ? error : ofBackup(known)
}

function damagedBackup(cause: unknown): AppError {
  return new AppError('damaged', 'This backup is damaged; choose another.', {
    hint: 'Nothing was changed. It must be a backup that Clawkeep made.',
    cause,
  })
}

function notABackup(): AppError {
  return new AppError('damaged', 'This file holds no vault.', { hint: 'Choose a backup that Clawkeep made.' })
}
