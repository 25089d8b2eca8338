import { ExportContent, contentName, type ExportedItem } from '../vault-export/export-content.ts'
import { decodeText } from './decode-text.ts'
import { type FoundEntry, type FoundFile, foundEntry, type Parsed } from './found-entry.ts'
import { msOf } from './loose.ts'
import { parseJson } from './parse-json.ts'
import { unreadable } from './refusals.ts'

/** Whether a JSON is an export of this program. */
export function isClawkeep(json: unknown): boolean {
  return typeof json === 'object' && json !== null && Object.hasOwn(json, 'clawkeep')
}

/** Reads the JSON of our own export; `files` are those of the archive it lay in. Throws AppError invalid. */
export function readClawkeep(json: unknown, files: ReadonlyMap<string, Uint8Array> = new Map()): Parsed {
  const content = ExportContent.safeParse(json)
  if (!content.success) throw unreadable('This export of Clawkeep')
  const entries = content.data.items.map((item, index) => toEntry(index + 1, item, files))
  return { format: 'clawkeep-json', entries, leftOut: [] }
}

/** Reads the files of an opened archive. */
export function readArchiveFiles(files: ReadonlyMap<string, Uint8Array>): Parsed {
  const data = files.get(contentName)
  if (data === undefined) throw unreadable('This archive')
  return { ...readClawkeep(parseJson(decodeText(data)), files), format: 'clawkeep-archive' }
}

function toEntry(at: number, item: ExportedItem, files: ReadonlyMap<string, Uint8Array>): FoundEntry {
  const attachments = item.files.flatMap(({ name, path }): ReadonlyArray<FoundFile> => {
    const bytes = path === null ? undefined : files.get(path)
    return bytes === undefined ? [] : [{ name, bytes }]
  })
  const missing = item.files.length - attachments.length
  return foundEntry({
    at,
    name: item.name,
    kind: item.kind,
    addresses: item.hosts,
    userName: item.userName,
    secret: item.secret,
    notes: item.notes,
    totp: item.totp,
    fields: item.fields.map(({ name, hidden, value }) => ({ name, value, concealed: hidden })),
    tags: item.tags,
    favourite: item.favourite,
    createdAtMs: msOf(item.createdAtMs),
    updatedAtMs: msOf(item.updatedAtMs),
    expiresAtMs: item.expiresAtMs,
    rotateByMs: item.rotateByMs,
    attachments,
    warnings: missing > 0 ? [`${missing === 1 ? 'A file is' : `${missing} files are`} not in the export.`] : [],
  })
}
