import { copyFileSync, existsSync, linkSync, readdirSync, renameSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../shared/app-error.ts'
import { syncFile, syncFolder } from './snapshot.ts'

const asideEnding = /^\.(?:before-restore|damaged)-\d{8}T\d{9}Z$/

/**
 * Puts `next` in the place of a closed vault file, which stays under the name `aside`. At every moment one of the two is in place,
 * so a kill leaves the old vault or the new one. `aside` null keeps nothing: for a file that holds no vault. Throws what the file
 * system says, AppError unavailable when the old file has writes that are not in it yet.
 */
export function putInPlace(file: string, next: string, aside: string | null): void {
  const log = `${file}-wal`
  // The new file with the old one's log beside it would be damaged by the next opening.
  if (existsSync(log) && statSync(log).size > 0) {
    throw new AppError('unavailable', 'The vault file could not be closed, so it was not replaced.', {
      hint: 'Start Clawkeep again, then try again.',
    })
  }
  if (aside !== null && existsSync(file)) {
    keepAs(file, aside)
    syncFolder(dirname(file))
  }
  renameSync(next, file)
  syncFolder(dirname(file))
}

/** A name for what is kept aside, beside the file: `vault.db.before-restore-20261122T041500123Z`. */
export function asideName(file: string, why: 'before-restore' | 'damaged', nowMs: number): string {
  return `${file}.${why}-${stampOf(nowMs)}`
}

/** The files that are kept aside beside this one. Throws what the file system says. */
export function keptAside(file: string): ReadonlyArray<string> {
  const name = basename(file)
  return readdirSync(dirname(file))
    .filter((other) => other.startsWith(`${name}.`) && asideEnding.test(other.slice(name.length)))
    .map((other) => join(dirname(file), other))
}

/** A time in a file name, to the millisecond, in UTC. */
export function stampOf(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(/[-:.]/g, '')
}

function keepAs(file: string, aside: string): void {
  try {
    linkSync(file, aside)
  } catch {
    // A file system without hard links.
    copyFileSync(file, aside)
    syncFile(aside)
  }
}
