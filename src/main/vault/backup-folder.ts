import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Backup } from '../../shared/models/upkeep.ts'
import { fileIdsOf, pruneFiles } from './copy-files.ts'
import { stampOf } from './put-in-place.ts'
import { removeVaultFile, syncFolder } from './snapshot.ts'

/** So many automatic backups are kept. */
const keptDaily = 7
const namePattern = /^vault-(\d{8}T\d{9}Z)-(daily|manual|before-rotation)\.ckbackup$/
const partEnding = '.part'

export const BackupReason = z.enum(['daily', 'manual', 'before-rotation'])
export type BackupReason = z.infer<typeof BackupReason>

/**
 * The folder `backups` of a home. A backup gets its name only when every row of it was opened; until then it ends in `.part`. So
 * whatever has a name was good when it was made.
 */
export class BackupFolder {
  readonly path: string

  constructor(home: string) {
    this.path = join(home, 'backups')
  }

  /** Newest first; a folder that cannot be read has none. */
  list(): ReadonlyArray<Backup> {
    return this.#names()
      .flatMap((name) => {
        const match = namePattern.exec(name)
        if (match === null) return []
        try {
          const { size: bytes } = statSync(join(this.path, name))
          return [{ name, atMs: timeOf(match[1] ?? ''), reason: BackupReason.parse(match[2]), bytes }]
        } catch {
          return []
        }
      })
      .toSorted((left, right) => right.atMs - left.atMs)
  }

  /**
   * Newest first: those that the key opens which the vault has since then, and those made right before it got that key. Of one from
   * the future, made before the clock was set back, nobody knows when it was made: it does not spare the next one.
   */
  byKey(keySinceMs: number, nowMs: number): { ofThisKey: ReadonlyArray<Backup>; ofOldKey: ReadonlyArray<Backup> } {
    const backups = this.list()
    return {
      ofThisKey: backups.filter(
        ({ reason, atMs }) => reason !== 'before-rotation' && atMs >= keySinceMs && atMs <= nowMs,
      ),
      ofOldKey: backups.filter(
        ({ reason, atMs }) => reason === 'before-rotation' && (atMs <= keySinceMs || atMs > nowMs),
      ),
    }
  }

  /** A name to write into. */
  part(nowMs: number, reason: BackupReason): string {
    mkdirSync(this.path, { recursive: true, mode: 0o700 })
    return join(this.path, `vault-${stampOf(nowMs)}-${reason}.ckbackup${partEnding}`)
  }

  /** Gives a checked file its name, durably. */
  keep(part: string): string {
    const file = part.slice(0, -partEnding.length)
    renameSync(part, file)
    syncFolder(this.path)
    return file
  }

  /** The path of a backup that is listed; null for any other name. */
  pathOf(name: string): string | null {
    return namePattern.test(name) && this.#names().includes(name) ? join(this.path, name) : null
  }

  remove(file: string): void {
    rmSync(file, { force: true })
    this.#pruneFiles()
  }

  /**
   * Only called when one was just checked, at that time, so the last good one is never among them. Those from the future go first:
   * by their names they would outlive every one that is made from now on.
   */
  prune(madeAtMs: number): void {
    const daily = this.list().filter(({ reason }) => reason === 'daily')
    const isAhead = ({ atMs }: Backup): boolean => atMs > madeAtMs
    const ranked = [...daily.filter((backup) => !isAhead(backup)), ...daily.filter(isAhead)]
    for (const { name } of ranked.slice(keptDaily)) rmSync(join(this.path, name), { force: true })
    this.#pruneFiles()
  }

  /** What a kill left half written. */
  sweep(): void {
    for (const name of this.#names()) {
      if (name.includes(`.ckbackup${partEnding}`)) removeVaultFile(join(this.path, name))
    }
  }

  /** All vaults in the folder share one of attached files, whatever the person called them; one that cannot be read may need any of them. */
  #pruneFiles(): void {
    let known: ReadonlySet<string> | null
    try {
      const entries = readdirSync(this.path, { withFileTypes: true }).filter((entry) => !entry.isDirectory())
      known = fileIdsOf(entries.map(({ name }) => join(this.path, name)))
    } catch {
      return
    }
    if (known !== null) pruneFiles(join(this.path, 'any'), known)
  }

  #names(): ReadonlyArray<string> {
    try {
      return readdirSync(this.path)
    } catch {
      return []
    }
  }
}

function timeOf(stamp: string): number {
  const [, year, month, day, hour, minute, second, ms] =
    /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z$/.exec(stamp) ?? []
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`)
}
