import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '../../shared/app-error.ts'

/** A settings file as it was read. */
export type SettingsFile = {
  readonly path: string
  /** Where a link leads; else the path itself. */
  readonly target: string
  /** Null: there is no file. */
  readonly bytes: Buffer | null
  /** The text behind a byte order mark, if there is one. */
  readonly text: string
  readonly mark: boolean
  /** True when other users of the computer may read it. */
  readonly open: boolean
}

const maxBytes = 16 * 1024 * 1024
const mark = '\uFEFF'
const newFileMode = 0o600
const newFolderMode = 0o700

/**
 * Reads a settings file of another program. Throws AppError: too_large, damaged (not UTF-8), refused (not a plain file, a
 * link to nowhere), no_permission, unavailable.
 */
export function readSettings(path: string): SettingsFile {
  const target = targetOf(path)
  if (target === null) return { path, target: path, bytes: null, text: '', mark: false, open: false }
  let handle: number | undefined
  try {
    // Not to hang on a pipe that was put in its place.
    handle = openSync(target, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const stat = fstatSync(handle)
    if (!stat.isFile())
      throw new AppError('refused', `${path} is not a file.`, { hint: 'See what has taken its place.' })
    if (stat.size > maxBytes)
      throw new AppError('too_large', `${path} is larger than 16 MiB.`, {
        hint: 'Put the entry in by hand with the snippet.',
      })
    const bytes = readFileSync(handle)
    const text = decode(path, bytes)
    const open = process.platform !== 'win32' && (stat.mode & 0o044) !== 0
    return { path, target, bytes, text: text.replace(mark, ''), mark: text.startsWith(mark), open }
  } catch (error) {
    throw fileProblem(error, path)
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}

/** SHA-256 in hex of what is in the file; of nothing when there is none. */
export function digestOf({ bytes }: Pick<SettingsFile, 'bytes'>): string {
  return createHash('sha256')
    .update(bytes ?? '')
    .update(bytes === null ? '0' : '1')
    .digest('hex')
}

/** The bytes of a text for this file, with its byte order mark. */
export function encode(file: Pick<SettingsFile, 'mark'>, text: string): Buffer {
  return Buffer.from(file.mark ? mark + text : text, 'utf8')
}

/**
 * Puts new bytes in the place of the file: all or nothing, with its mode and owner, through a link to what it leads to. Refuses
 * when the file is no longer as it was read, when it is read-only, or when its owner could not be kept. Returns the topmost
 * folder that had to be made, or null.
 */
export function writeSettings(before: SettingsFile, bytes: Buffer): string | null {
  const { path, target } = before
  const temporary = `${target}.clawkeep-${randomBytes(6).toString('hex')}`
  let written = false
  try {
    const made = mkdirSync(dirname(target), { recursive: true, mode: newFolderMode }) ?? null
    const old = before.bytes === null ? null : lstatSync(target)
    // A rename would replace a file that its owner has protected; as root nothing else would stop it either.
    if (old !== null && (old.mode & 0o222) === 0) throw readOnly(path)
    const handle = openSync(temporary, 'wx', newFileMode)
    written = true
    try {
      writeFileSync(handle, bytes)
      if (old !== null && process.platform !== 'win32') {
        const own = fstatSync(handle)
        if (own.uid !== old.uid || own.gid !== old.gid) fchownSync(handle, old.uid, old.gid)
        fchmodSync(handle, old.mode & 0o777)
      }
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    mustBeAsBefore(before)
    renameSync(temporary, target)
    written = false
    syncFolder(dirname(target))
    return made
  } catch (error) {
    throw fileProblem(error, path)
  } finally {
    if (written) unlinkQuietly(temporary)
  }
}

/** Takes away a file that was not there before Clawkeep, and the folders made for it as far as they are empty. */
export function removeSettings(before: SettingsFile, madeFolder: string | null): void {
  try {
    mustBeAsBefore(before)
    unlinkSync(before.target)
  } catch (error) {
    throw fileProblem(error, before.path)
  }
  if (madeFolder === null) return
  for (let folder = dirname(before.path); folder.startsWith(madeFolder); folder = dirname(folder)) {
    try {
      rmdirSync(folder)
    } catch {
      // Something else lives there by now.
      return
    }
  }
}

function mustBeAsBefore(before: SettingsFile): void {
  const now = readSettings(before.path)
  if (now.target === before.target && digestOf(now) === digestOf(before)) return
  throw new AppError('conflict', `${before.path} was changed in this moment by another program.`, {
    hint: 'Look at the change again.',
  })
}

/** The file that a path leads to; null when there is nothing. */
function targetOf(path: string): string | null {
  try {
    if (!lstatSync(path).isSymbolicLink()) return path
  } catch (error) {
    if (isMissing(error)) return null
    throw fileProblem(error, path)
  }
  try {
    return realpathSync(path)
  } catch {
    throw new AppError('refused', `${path} is a link that leads nowhere.`, {
      hint: 'Repair or remove the link, then try again.',
    })
  }
}

function decode(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new AppError('damaged', `${path} is not text in UTF-8.`, { hint: 'Save it as UTF-8, then try again.' })
  }
}

function readOnly(path: string): AppError {
  return new AppError('read_only', `${path} is write-protected.`, {
    hint: 'Take the protection away if you want it changed, or put the entry in by hand with the snippet.',
  })
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT'
}

function isOfSystem(error: Error): error is Error & { readonly code: string } {
  const { code, errno } = error as NodeJS.ErrnoException
  return typeof code === 'string' && typeof errno === 'number'
}

/** Words for what the file system said about a file of another program. */
function fileProblem(error: unknown, path: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new AppError('disk_full', `The disk is full: ${path} stays as it was.`, {
        hint: 'Free some space and try again.',
      })
    case 'EROFS':
      return readOnly(path)
    case 'EACCES':
    case 'EPERM':
      return new AppError('no_permission', `${path} may not be read or changed by this user.`, {
        hint: 'Check who owns the file and its folder.',
      })
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EEXIST':
    case 'ELOOP':
      return new AppError('refused', `${path} cannot be a settings file: something else is in its place.`, {
        hint: 'See what stands at that path.',
      })
    case 'ENOENT':
      return new AppError('conflict', `${path} has just been removed.`, { hint: 'Look at the change again.' })
    default:
      return isOfSystem(error)
        ? new AppError('unavailable', `${path} could not be read or written (${error.code}).`, {
            hint: 'See whether its disk is there, then try again.',
            cause: error,
          })
        : error
  }
}

function unlinkQuietly(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It may be gone already; the failure that led here is the one to tell.
  }
}

/** So that the new name survives a power cut; not every system lets a folder be opened. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
