import { chmodSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ProgramId } from '../../shared/models/connection.ts'
import { toStorageError } from '../db/storage-error.ts'
import { makePrivateFolder } from '../private-folder.ts'

/** Where the key of a program that starts the bridge is kept: in the private home, not in the program's settings. */
export function keyFileOf(home: string, program: ProgramId): string {
  return join(home, 'connections', program, 'clawkeep.key')
}

/** A new key beside the old one (0600); `keep` puts it in its place, `drop` takes it away. Throws AppError. */
export function stageKey(file: string, secret: string): { readonly keep: () => void; readonly drop: () => void } {
  const staged = `${file}.new`
  try {
    makePrivateFolder(dirname(dirname(file)))
    makePrivateFolder(dirname(file))
    writeFileSync(staged, `${secret}\n`, { mode: 0o600, flush: true })
    chmodSync(staged, 0o600)
  } catch (error) {
    throw toStorageError(error, 'key file')
  }
  return { keep: () => renameSync(staged, file), drop: () => dropKey(staged) }
}

/** Takes a key file away; one that is gone already is fine. */
export function dropKey(file: string): void {
  try {
    unlinkSync(file)
  } catch {
    // Its key is revoked; what cannot be removed opens nothing.
  }
}
