import { AppError, type ErrorCode } from '../../shared/app-error.ts'

type Words = { readonly code: ErrorCode; readonly message: (what: string) => string; readonly hint: string }

const full: Words = {
  code: 'disk_full',
  message: (what) => `The disk is full: the ${what} could not be written. Nothing that was saved before is lost.`,
  hint: 'Free some space on the disk and try again.',
}
const readOnly: Words = {
  code: 'read_only',
  message: (what) => `The ${what} cannot be written: its disk or file is read-only.`,
  hint: 'Make the folder writable, or choose another one with --home.',
}
const noPermission: Words = {
  code: 'no_permission',
  message: (what) => `The ${what} may not be opened by this user.`,
  hint: 'Give your user the right to read and write the file and its folder, or choose another folder with --home.',
}
const inUse: Words = {
  code: 'in_use',
  message: (what) => `The ${what} is in use by another program.`,
  hint: 'Close the other Clawkeep, or the tool that has the file open, and try again.',
}
const damaged: Words = {
  code: 'damaged',
  message: (what) => `The ${what} file is damaged or is not a Clawkeep file.`,
  hint: 'Nothing was changed. Keep the file, and put a backup in its place.',
}
const noPlace: Words = {
  code: 'not_found',
  message: (what) => `There is no place for the ${what}: its folder is missing, or something else has its name.`,
  hint: 'Check the folder given with --home.',
}
const diskFailure: Words = {
  code: 'unavailable',
  message: (what) => `The disk reported an error while the ${what} was read or written.`,
  hint: 'Check the disk, then start Clawkeep again. Make a copy of the folder first.',
}

/** By SQLite result code (https://sqlite.org/rescode.html), longest match first, and by errno. */
const byCode: ReadonlyArray<readonly [prefix: string, words: Words]> = [
  ['SQLITE_FULL', full],
  ['SQLITE_READONLY', readOnly],
  ['SQLITE_BUSY', inUse],
  ['SQLITE_LOCKED', inUse],
  ['SQLITE_CORRUPT', damaged],
  ['SQLITE_NOTADB', damaged],
  ['SQLITE_IOERR_SHORT_READ', damaged],
  ['SQLITE_PERM', noPermission],
  ['SQLITE_AUTH', noPermission],
  ['SQLITE_CANTOPEN', noPlace],
  ['SQLITE_IOERR', diskFailure],
  ['ENOSPC', full],
  ['EDQUOT', full],
  ['EROFS', readOnly],
  ['EACCES', noPermission],
  ['EPERM', noPermission],
  ['EISDIR', noPlace],
  ['ENOTDIR', noPlace],
  ['EEXIST', noPlace],
  ['ENOENT', noPlace],
  ['EIO', diskFailure],
]

/**
 * Turns what SQLite or the file system threw into an `AppError` that says what to do; any other error is returned as
 * it is. `what` names the file for the person: `vault`, `audit log`.
 */
export function toStorageError(error: unknown, what: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error
  const { code } = error as { code?: unknown }
  if (typeof code !== 'string') return error
  const words = byCode.find(([prefix]) => code.startsWith(prefix))?.[1]
  return words === undefined ? error : new AppError(words.code, words.message(what), { hint: words.hint, cause: error })
}
