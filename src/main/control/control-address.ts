import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../shared/app-error.ts'

/** A Unix socket's path has at most 107 bytes on Linux and 103 on macOS. */
const maxSocketPathBytes = 103

/**
 * Where the running core of a home listens: `control.sock` inside it, a named pipe on Windows, or, for a home whose path is
 * too long for a socket, a folder of the same user under the system's temporary folder.
 */
export function controlAddress(home: string): string {
  const mark = createHash('sha256').update(home).digest('hex').slice(0, 16)
  if (process.platform === 'win32') return `\\\\.\\pipe\\clawkeep-${mark}`
  const inside = join(home, 'control.sock')
  if (Buffer.byteLength(inside) <= maxSocketPathBytes) return inside
  return join(ownFolder(join(tmpdir(), `clawkeep-${userInfo().uid}-${mark}`)), 'control.sock')
}

/** Makes or checks a folder that only this user can enter; another user could have put one there first. */
function ownFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const found = lstatSync(path)
  if (!found.isDirectory() || found.uid !== userInfo().uid || (found.mode & 0o077) !== 0) {
    throw new AppError('no_permission', `The folder ${path} belongs to someone else.`, {
      hint: 'Remove it, or choose a data folder with a shorter path.',
    })
  }
  return path
}
