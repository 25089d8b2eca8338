import { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import { ApiKeyInput, Scope, scopes as allScopes } from '../../shared/models/api-key.ts'
import { type FileRow, readRows } from './key-file-rows.ts'
import { isToken } from './key-record.ts'

/** One key of a file; what the file does not say is null. */
export type FileKey = {
  /** From 1, as an editor counts. */
  readonly line: number
  readonly token: string
  readonly name: string | null
  readonly scopes: ReadonlyArray<Scope> | null
  readonly expiresAtMs: number | null
}

/** What is wrong with a line; never says what stands in it. */
export type LineProblem = { readonly line: number; readonly message: string }

const maxFileChars = 1024 * 1024
const maxKeys = 500
const maxLifeMs = 3650 * 86_400_000
/** 48 random hex digits hold fewer than 8 different ones about once in 10^13 keys. */
const fewestDigits = 8

/**
 * Reads keys made elsewhere: JSON (a list, or `{"keys": [...]}`, of keys or of objects with key, name, scopes, expires),
 * CSV with a header, or one key per line. Throws AppError too_large, invalid for what is no such file at all.
 */
export function readKeyFile(
  text: string,
  nowMs: number,
): { readonly keys: ReadonlyArray<FileKey>; readonly problems: ReadonlyArray<LineProblem> } {
  if (text.length > maxFileChars) throw new AppError('too_large', 'The file is larger than 1 MiB.')
  const rows = readRows(text.replace(/^\uFEFF/, ''))
  if (rows.length === 0) throw new AppError('invalid', 'There are no keys in this file.', { hint: forms })
  if (rows.length > maxKeys)
    throw new AppError('too_large', `There are more than ${maxKeys} keys in this file.`, { hint: 'Split it.' })
  const keys: FileKey[] = []
  const problems: LineProblem[] = []
  const seen = new Map<string, number>()
  for (const row of rows) {
    try {
      keys.push(readRow(row, nowMs, seen))
    } catch (error) {
      if (!(error instanceof LineError)) throw error
      problems.push({ line: row.line, message: error.message })
    }
  }
  return { keys, problems }
}

const forms = 'Use JSON, CSV with the columns key, name, scopes and expires, or one key per line.'

/** What is wrong with one line. */
class LineError extends Error {}

function readRow({ line, values }: FileRow, nowMs: number, seen: Map<string, number>): FileKey {
  if (values === null) throw new LineError('is not readable.')
  const { key, name, scopes, expires } = values
  if (isMissing(key)) throw new LineError('has no key.')
  const token = typeof key === 'string' ? key.trim() : ''
  if (!isToken(token)) throw new LineError('has a key that is not “oc_sk_” and 48 digits from 0–9 and a–f.')
  if (new Set(token.slice('oc_sk_'.length)).size < fewestDigits)
    throw new LineError('has a key that is not random and could be guessed.')
  const before = seen.get(token)
  if (before !== undefined) throw new LineError(`has the same key as line ${before}.`)
  seen.set(token, line)
  return { line, token, name: readName(name), scopes: readScopes(scopes), expiresAtMs: readExpiry(expires, nowMs) }
}

const isMissing = (value: unknown): boolean => value === undefined || value === null || value === ''

function readName(value: unknown): string | null {
  if (isMissing(value)) return null
  const name = ApiKeyInput.shape.name.safeParse(value)
  // A column too far to the left or right would put a key on the screen as a name.
  if (!name.success || name.data.includes('oc_sk_')) throw new LineError('has a name that cannot be used.')
  return name.data
}

function readScopes(value: unknown): ReadonlyArray<Scope> | null {
  if (isMissing(value)) return null
  const parts = typeof value === 'string' ? value.split(/[\s,;|]+/).filter((part) => part !== '') : value
  const scopes = z.array(Scope).min(1).max(100).safeParse(parts)
  if (!scopes.success) throw new LineError(`has a scope that is not known. The scopes are ${allScopes.join(', ')}.`)
  return [...new Set(scopes.data)]
}

/** ISO 8601 with a zone, a day (until its end, UTC), or "never". */
function readExpiry(value: unknown, nowMs: number): number | null {
  if (isMissing(value) || value === 'never') return null
  const text = z.iso.datetime({ offset: true }).or(z.iso.date()).safeParse(value)
  if (!text.success) throw new LineError('has a time of expiry that is not like 2027-01-31 or 2027-01-31T12:00:00Z.')
  const atMs = Date.parse(text.data.length === 10 ? `${text.data}T23:59:59.999Z` : text.data)
  if (atMs <= nowMs) throw new LineError('has a key that has expired already.')
  if (atMs > nowMs + maxLifeMs) throw new LineError('has a time of expiry more than ten years away.')
  return atMs
}
