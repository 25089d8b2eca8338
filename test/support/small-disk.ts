import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, statSync, truncateSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryHome } from './vault.ts'

/** A file system of a few MiB in memory, to be really full or really read-only. */
export type SmallDisk = {
  readonly folder: string
  /** Writes until not one byte more fits. */
  fill(): void
  /** Gives back so many bytes of the filling. */
  leave(bytes: number): void
  /** Takes the filling out again. */
  empty(): void
  makeReadOnly(): void
  remove(): void
}

/** Needs the right to mount (root, as in the container the tests run in); says so when it is missing. */
export function smallDisk(sizeMiB: number): SmallDisk {
  const folder = temporaryHome()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m,mode=700`, 'clawkeep-test', folder], {
      stdio: 'pipe',
    })
  } catch (error) {
    rmSync(folder, { recursive: true })
    throw new Error('This test needs the right to mount a small file system: run it as root.', { cause: error })
  }
  const filling = join(folder, 'filling')
  return {
    folder,
    fill() {
      const handle = openSync(filling, 'a')
      try {
        for (let bytes = 65_536; bytes >= 1;) {
          try {
            writeSync(handle, Buffer.alloc(bytes))
          } catch {
            bytes = Math.floor(bytes / 2)
          }
        }
      } finally {
        closeSync(handle)
      }
    },
    leave(bytes) {
      truncateSync(filling, Math.max(0, statSync(filling).size - bytes))
    },
    empty() {
      unlinkSync(filling)
    },
    makeReadOnly() {
      execFileSync('mount', ['-o', 'remount,ro', folder], { stdio: 'pipe' })
    },
    remove() {
      execFileSync('umount', ['-l', folder], { stdio: 'pipe' })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
