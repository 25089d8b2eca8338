import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { AppError } from '../shared/app-error.ts'

/**
 * Makes sure that `home` exists and that no other user of the system can look into it (0700). A folder that others can look into
 * is only closed to them when it is ours or empty: `--home /tmp` must not change /tmp.
 * Throws AppError refused, or what the file system says.
 */
export function makePrivateFolder(home: string): void {
  // On a read-only disk mkdir only says ENOENT (a known oddity of its recursive form); the folder that is there says why.
  let existing = resolve(home)
  while (!existsSync(existing)) existing = dirname(existing)
  accessSync(existing, constants.W_OK)
  mkdirSync(home, { recursive: true, mode: 0o700 })
  if (process.platform === 'win32' || (statSync(home).mode & 0o077) === 0) return
  if (existsSync(join(home, 'core.lock')) || readdirSync(home).length === 0) {
    chmodSync(home, 0o700)
    return
  }
  throw new AppError('refused', 'This folder holds other files and can be opened by other users of the computer.', {
    hint: 'Choose a folder for Clawkeep alone with --home, or run chmod 700 on it.',
  })
}
