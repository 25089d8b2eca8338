import { AppError, toWireError } from '../../shared/app-error.ts'
import type { ColumnMap, ImportFormat } from '../../shared/models/import.ts'
import { isAge, openAge } from '../vault-export/age.ts'
import { isArchive, openArchive } from '../vault-export/archive.ts'
import { contentName } from '../vault-export/export-content.ts'
import { isLockedBitwarden, openLockedBitwarden } from './bitwarden-locked.ts'
import { readBitwarden } from './bitwarden-json.ts'
import { caps } from './caps.ts'
import { isClawkeep, readArchiveFiles, readClawkeep } from './clawkeep.ts'
import { markOf } from './csv-rows.ts'
import { readCsv } from './csv.ts'
import { decodeText } from './decode-text.ts'
import { readDotEnv } from './dot-env.ts'
import type { FoundFile, Parsed } from './found-entry.ts'
import { readKdbx } from './kdbx.ts'
import { readOnePassword } from './onepassword.ts'
import { parseJson } from './parse-json.ts'
import { isProton, protonIsPgp, readProton } from './proton.ts'
import { unreadable } from './refusals.ts'
import { baseName, unzip } from './unzip.ts'

/** A file to be read; what is null is found out (`format`) or not there. */
export type ParseRequest = {
  readonly bytes: Uint8Array
  readonly format: ImportFormat | null
  readonly password: string | null
  readonly keyFile: Uint8Array | null
  readonly map: ColumnMap | null
}

/**
 * Reads a file of another program, which may be hostile: whatever it holds ends in entries or in an AppError. Its form is found by its
 * content; `format` only decides where the content leaves a choice.
 */
export async function parseFile(request: ParseRequest): Promise<Parsed> {
  try {
    const parsed = await parse(request)
    if (request.format !== null && request.format !== parsed.format)
      throw new AppError('invalid', `This file is of another form: ${parsed.format}.`, {
        hint: 'Let its form be found, or choose that one.',
      })
    if (parsed.entries.length + parsed.leftOut.length > caps.entries)
      throw new AppError(
        'too_large',
        `There are more than ${caps.entries.toLocaleString('en')} entries in this file.`,
        {
          hint: 'Export it in parts.',
        },
      )
    return parsed
  } catch (error) {
    // What a library throws may quote the file.
    throw error instanceof AppError ? error : unreadable('This file', toWireError(error).code)
  }
}

async function parse(request: ParseRequest): Promise<Parsed> {
  const { bytes, password, keyFile } = request
  if (bytes.length === 0) throw new AppError('invalid', 'The file is empty.')
  if (bytes.length > caps.fileBytes)
    throw new AppError('too_large', `The file is larger than ${caps.fileBytes / 1024 / 1024} MiB.`, {
      hint: 'Export it without its files.',
    })
  if (isArchive(bytes)) return readArchiveFiles(unzip(await openArchive(password, bytes)))
  if (isAge(bytes)) return parseInside(request, await openAge(password, bytes))
  if (startsWith(bytes, [0x03, 0xd9, 0xa2, 0x9a])) return readKdbx(bytes, { password, keyFile })
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04])) return readZip(bytes)
  return readText(decodeText(bytes), request)
}

/** What age kept is of any form but age again, and has no password of its own. */
async function parseInside(request: ParseRequest, bytes: Uint8Array): Promise<Parsed> {
  if (isAge(bytes)) throw unreadable('This file')
  return parse({ ...request, bytes, password: null })
}

function readZip(bytes: Uint8Array): Parsed {
  const files = unzip(bytes)
  if (files.has(contentName)) return { ...readArchiveFiles(files), format: 'clawkeep-json' }
  if (files.has('export.data')) return readOnePassword(files)
  for (const [path, data] of files) {
    const file = baseName(path)
    if (file === 'data.pgp') throw protonIsPgp()
    if (file !== 'data.json') continue
    const json = parseJson(decodeText(data))
    return isProton(json) ? readProton(json, filesUnder(files)) : readBitwarden(json, (id) => bitwardenFiles(files, id))
  }
  throw new AppError('invalid', 'This zip is of no program whose exports are known.', {
    hint: 'Known are 1Password (1PUX), Proton Pass and Bitwarden.',
  })
}

/** Proton Pass: `Proton Pass/files/NAME`. */
function filesUnder(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  return new Map(
    [...files].flatMap(([path, data]) => (/(^|\/)files\//.test(path) ? [[baseName(path), data] as const] : [])),
  )
}

/** Bitwarden: `attachments/ID/NAME`. */
function bitwardenFiles(files: ReadonlyMap<string, Uint8Array>, id: string): ReadonlyArray<FoundFile> {
  if (id === '') return []
  return [...files].flatMap(([path, bytes]) =>
    path.startsWith(`attachments/${id}/`) ? [{ name: baseName(path), bytes }] : [],
  )
}

async function readText(text: string, { format, password, map }: ParseRequest): Promise<Parsed> {
  const start = text.trimStart().slice(0, 40)
  if (start === '') throw new AppError('invalid', 'The file is empty.')
  if (start.startsWith('{') || start.startsWith('[')) return readJson(parseJson(text), password)
  if (start.startsWith('-----BEGIN PGP')) throw protonIsPgp()
  if (start.startsWith('<'))
    throw new AppError('refused', 'This is XML or HTML, which is not imported.', {
      hint: 'Of KeePass, import the .kdbx itself; of others, JSON or CSV.',
    })
  if (format === 'dotenv') return readDotEnv(text)
  if (format === null && markOf(text) === null && looksLikeDotEnv(text)) return mostlyDotEnv(readDotEnv(text))
  return readCsv(text, { format, map })
}

async function readJson(json: unknown, password: string | null): Promise<Parsed> {
  if (isClawkeep(json)) return readClawkeep(json)
  if (isProton(json)) return readProton(json)
  if (!isLockedBitwarden(json)) return readBitwarden(json)
  return readBitwarden(parseJson(decodeText(await openLockedBitwarden(json, password))))
}

/** The first line that is no comment assigns something, and no comma comes before. */
function looksLikeDotEnv(text: string): boolean {
  const line = /^(?:[^\S\n]*(?:#[^\n]*)?\r?\n)*([^\n]*)/.exec(text)?.[1] ?? ''
  return /^\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_.-]*\s*=/.test(line)
}

/** Throws AppError invalid when most of it assigns nothing: it is something else. */
function mostlyDotEnv(parsed: Parsed): Parsed {
  const others = parsed.leftOut.filter(({ name }) => name === '').length
  if (others * 2 <= parsed.entries.length + parsed.leftOut.length) return parsed
  throw new AppError('invalid', 'This file begins like .env, but most of its lines are not NAME=value.', {
    hint: 'Say what it is on the command line: --format dotenv or --format csv.',
  })
}

function startsWith(bytes: Uint8Array, signature: ReadonlyArray<number>): boolean {
  return signature.every((byte, at) => bytes[at] === byte)
}
