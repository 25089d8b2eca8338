import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../shared/app-error.ts'

/** Unix socket paths end at 107 bytes (`sun_path` of unix(7)); below the folder come `/12345678/out.sock`. */
const maxDirBytes = 107 - '/12345678/out.sock'.length

/**
 * The short private folder of this home for the sockets of its hatches. Mode 0700: the sockets in it must be open to
 * the container's uid, so the folder is what keeps other users of the machine away.
 */
export function openRuntimeDir(home: string): string {
  const uid = userInfo().uid
  const name = `ck-${createHash('sha256').update(home).digest('hex').slice(0, 10)}-${uid}`
  const roots = [process.env['XDG_RUNTIME_DIR'], tmpdir(), '/tmp'].filter(
    (root): root is string => root !== undefined && root !== '',
  )
  const dir = roots
    .map((root) => join(root, name))
    .find((path) => Buffer.byteLength(path) <= maxDirBytes && makeDir(path))
  if (dir === undefined)
    throw new AppError('no_permission', 'There is no folder for the sockets of assistants.', {
      hint: 'Make /tmp writable.',
    })
  const facts = lstatSync(dir)
  // Someone else may have made it first, in the shared /tmp, to get hold of the sockets.
  if (!facts.isDirectory() || facts.uid !== uid) {
    throw new AppError('no_permission', `The folder ${dir} belongs to someone else.`, {
      hint: 'Remove it, then try again.',
    })
  }
  chmodSync(dir, 0o700)
  return dir
}

/** A fresh folder for one start of one assistant. */
export function makeHatchDir(runtimeDir: string): string {
  const dir = join(runtimeDir, randomBytes(4).toString('hex'))
  mkdirSync(dir, { mode: 0o755 })
  chmodSync(dir, 0o755)
  return dir
}

/** Removes what hatches left in it. */
export function clearRuntimeDir(runtimeDir: string): void {
  for (const entry of readdirSync(runtimeDir)) rmSync(join(runtimeDir, entry), { recursive: true, force: true })
}

function makeDir(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 })
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST'
  }
}
