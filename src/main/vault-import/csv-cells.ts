import { z } from 'zod'
import type { ImportFormat } from '../../shared/models/import.ts'
import { ExportedFields } from '../vault-export/export-content.ts'
import type { FoundField } from './found-entry.ts'
import { Text } from './loose.ts'
import { parseJson } from './parse-json.ts'
import { isSecretName } from './secret-name.ts'

/** What a program puts into one cell: fields, and what of it are notes. */
export type CellContent = { readonly fields: ReadonlyArray<FoundField>; readonly notes: string }

/** Bitwarden writes `name: value` lines; what is no such line belongs to the one before. It does not say which are hidden. */
export function fieldLines(text: string): ReadonlyArray<FoundField> {
  const fields: FoundField[] = []
  for (const line of text.split('\n')) {
    const at = line.indexOf(': ')
    const last = fields.at(-1)
    if (at > 0) fields.push(named(line.slice(0, at), line.slice(at + 2)))
    else if (last !== undefined) fields.splice(-1, 1, { ...last, value: `${last.value}\n${line}` })
    else if (line !== '') fields.push(named('field', line))
  }
  return fields
}

/** LastPass keeps cards, bank accounts and keys as notes of `Name:value` lines; behind `Notes:` all of it is notes. */
export function noteLines(text: string): CellContent {
  if (!text.startsWith('NoteType:')) return { fields: [], notes: text }
  const fields: FoundField[] = []
  const lines = text.split(/\r?\n/)
  for (const [index, line] of lines.entries()) {
    const last = fields.at(-1)
    const [, name, value = ''] = isInKey(last?.value ?? '') ? [] : (/^([^:]{1,60}):(.*)$/.exec(line) ?? [])
    if (name === 'Notes') return { fields: filled(fields), notes: [value, ...lines.slice(index + 1)].join('\n') }
    if (name !== undefined) fields.push(named(name, value))
    else if (last !== undefined) fields.splice(-1, 1, { ...last, value: `${last.value}\n${line}` })
  }
  return { fields: filled(fields), notes: '' }
}

/** A private key has lines that look like `Name: value` too. */
function isInKey(text: string): boolean {
  return text.includes('-----BEGIN') && !text.includes('-----END')
}

/** The JSON that our own export puts into one cell; what is none becomes a field as it stands. */
export function ownFields(text: string): ReadonlyArray<FoundField> {
  return jsonFields('fields', text, (json) =>
    ExportedFields.parse(json).map(({ name, hidden, value }) => ({ name, value, concealed: hidden })),
  )
}

const CustomFields = z.array(z.strictObject({ label: Text, type: Text, value: Text }))

/** NordPass: `[{"label", "type", "value"}]`; what is none of that becomes a field as it stands. */
export function customFields(text: string): ReadonlyArray<FoundField> {
  return jsonFields('custom_fields', text, (json) =>
    CustomFields.parse(json).map(({ label, type, value }) => ({
      name: label,
      value,
      concealed: type === 'hidden' || isSecretName(label),
    })),
  )
}

/** Several addresses of one entry are a list in JSON, or are written with commas, spaces or line ends between them. */
export function splitAddresses(cell: string): ReadonlyArray<string> {
  if (cell.startsWith('[')) {
    try {
      return z.array(z.string()).parse(parseJson(cell))
    } catch {
      // An address of IPv6 begins so too.
    }
  }
  const between = /\s+|,(?=[a-z][a-z0-9+.-]*:\/\/|[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/,]|$))/i
  return cell.split(between).filter((part) => part !== '')
}

/** Of other programs: a tag with a comma in it is not told from two. */
export function otherTags(cell: string): ReadonlyArray<string> {
  return cell
    .split(/[,;]/)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
}

/** Names from the outermost to the innermost. KeePassXC puts its root in front; LastPass writes `\` between them. */
export function folderOf(text: string, format: ImportFormat): string {
  if (format === 'lastpass-csv') return text === '(none)' ? '' : text.split('\\').join(' / ')
  const parts = text.split('/')
  if (format === 'keepassxc-csv') parts.shift()
  return parts.join(' / ')
}

function jsonFields(
  name: string,
  text: string,
  read: (json: unknown) => ReadonlyArray<FoundField>,
): ReadonlyArray<FoundField> {
  if (text === '') return []
  try {
    return read(parseJson(text))
  } catch {
    return [{ name, value: text, concealed: true }]
  }
}

function named(name: string, value: string): FoundField {
  return { name, value, concealed: isSecretName(name) }
}

function filled(fields: ReadonlyArray<FoundField>): ReadonlyArray<FoundField> {
  return fields.filter(({ value }) => value !== '')
}
