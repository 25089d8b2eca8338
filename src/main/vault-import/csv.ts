import { AppError } from '../../shared/app-error.ts'
import type { ColumnMap, ColumnRole, ImportFormat } from '../../shared/models/import.ts'
import { customFields, fieldLines, folderOf, noteLines, otherTags, ownFields, splitAddresses } from './csv-cells.ts'
import { guessRole, layoutOf, roleIn } from './csv-layouts.ts'
import { type CsvRow, readCsvRows } from './csv-rows.ts'
import { type FoundEntry, type FoundField, foundEntry, type LeftOut, type Parsed } from './found-entry.ts'
import { dateOf, momentOf, timeOf } from './loose.ts'
import { splitTags } from '../vault-export/csv-tags.ts'
import { isSecretName } from './secret-name.ts'

/** `named`: by the person, so that it goes before what was only guessed. */
type Column = { readonly heading: string; readonly role: ColumnRole; readonly named: boolean }
type Cell = Column & { readonly value: string }

/**
 * Reads a CSV by its header: that of a known program, or columns as `map` names them, or by their usual names. Of an unknown one
 * `columns` tells what each column was taken for; without a secret and a name among them nothing is read yet.
 * Throws AppError too_large, invalid.
 */
export function readCsv(
  text: string,
  options: { readonly format: ImportFormat | null; readonly map: ColumnMap | null },
): Parsed {
  const { header, rows } = readCsvRows(text)
  const layout = options.map === null && options.format !== 'csv' ? layoutOf(header, options.format) : null
  if (layout === null && options.format !== null && options.format !== 'csv')
    throw new AppError('invalid', 'The first line of this CSV is not that of the chosen form.', {
      hint: 'Choose another form, or “CSV with other columns”.',
    })
  const format = layout?.format ?? 'csv'
  const unknown = options.map?.find(({ column }) => !header.includes(column))
  if (unknown !== undefined)
    throw new AppError('invalid', `This CSV has no column “${unknown.column}”.`, {
      hint: 'Write the heading as it stands in the first line; small and capital letters differ.',
    })
  const columns = withAccount(
    header.map((heading): Column => {
      const named = options.map?.find(({ column }) => column === heading)?.role
      const role = named ?? (layout === null ? guessRole(heading) : roleIn(layout, heading))
      return { heading, role, named: named !== undefined }
    }),
  )
  const shown = layout === null ? { columns: columns.map(({ heading, role }) => ({ column: heading, role })) } : {}
  const has = (...roles: ReadonlyArray<ColumnRole>): boolean => columns.some(({ role }) => roles.includes(role))
  if (layout === null && (!has('secret', 'notes', 'totp') || !has('name', 'address')))
    return { format, entries: [], leftOut: [], ...shown }
  const entries: FoundEntry[] = []
  const leftOut: LeftOut[] = []
  for (const row of rows) {
    if (row.cells.length > columns.length)
      leftOut.push({ at: row.line, name: '', why: 'It has more cells than there are columns.' })
    else if (!isFolder(row, columns, format)) entries.push(toEntry(row, columns, format))
  }
  return { format, entries, leftOut, ...shown }
}

/** NordPass has a row for each folder; the name stands with what is in it too. */
function isFolder({ cells }: CsvRow, columns: ReadonlyArray<Column>, format: ImportFormat): boolean {
  if (format !== 'nordpass-csv') return false
  const filled = columns.filter((_, index) => (cells[index] ?? '') !== '').map(({ heading }) => heading.toLowerCase())
  const type = cells[columns.findIndex(({ heading }) => heading.toLowerCase() === 'type')]
  return type === 'folder' && filled.every((name) => name === 'name' || name === 'type')
}

/** “Account” is the name of an entry only where nothing else is; else it is the user name, where nothing else is. */
function withAccount(columns: ReadonlyArray<Column>): ReadonlyArray<Column> {
  const isAccount = ({ heading, role, named }: Column): boolean =>
    role === 'name' && !named && heading.toLowerCase() === 'account'
  const hasName = columns.some((column) => column.role === 'name' && !isAccount(column))
  if (!hasName || columns.some(({ role }) => role === 'user name')) return columns
  return columns.map((column) => (isAccount(column) ? { ...column, role: 'user name' } : column))
}

function toEntry({ line, cells }: CsvRow, columns: ReadonlyArray<Column>, format: ImportFormat): FoundEntry {
  const unguard = format === 'clawkeep-csv' ? withoutGuard : (text: string): string => text
  const filled = columns
    .flatMap((column, index): ReadonlyArray<Cell> => {
      const value = unguard(cells[index] ?? '')
      return value === '' ? [] : [{ ...column, value }]
    })
    .toSorted((left, right) => Number(right.named) - Number(left.named))
  const all = (role: ColumnRole): ReadonlyArray<string> =>
    filled.flatMap((cell) => (cell.role === role ? [cell.value] : []))
  const first = (role: ColumnRole): string => all(role)[0] ?? ''
  const raw = (heading: string): string =>
    cells[columns.findIndex((column) => column.heading.toLowerCase() === heading)] ?? ''
  // Our own writes a day as the moment it is kept as.
  const date = format === 'clawkeep-csv' ? momentOf : dateOf
  // Of what an entry has only one, whatever is not that one is not lost.
  const isLeft = ({ role, value }: Cell): boolean => {
    if (role === 'field') return true
    if (role === 'favourite') return !/^(1|true|yes|0|false|no)$/i.test(value)
    if (!onlyOne.has(role)) return false
    return value !== first(role) || (isDate(role) && date(value) === null)
  }
  const [folder = '', ...folders] = all('folder').map((text) => folderOf(text, format))
  const tagsOf = format === 'clawkeep-csv' ? splitTags : otherTags
  const note = format === 'lastpass-csv' ? noteLines(all('notes').join('\n\n')) : null
  const isLastPassNote = format === 'lastpass-csv' && first('address') === 'http://sn'
  const addresses = isLastPassNote ? [] : all('address').flatMap((cell) => splitAddresses(cell))
  const isNote = format === 'bitwarden-csv' || format === 'proton-csv' ? raw('type') === 'note' : false
  return foundEntry({
    at: line,
    name: first('name') || hostOf(addresses[0] ?? ''),
    kind: isNote || isLastPassNote ? 'note' : format === 'clawkeep-csv' ? kindOf(raw('kind')) : 'login',
    addresses,
    userName: first('user name'),
    secret: first('secret'),
    notes: note?.notes ?? all('notes').join('\n\n'),
    totp: first('totp'),
    folder,
    tags: [...folders, ...all('tags').flatMap(tagsOf)],
    favourite: all('favourite').some((text) => /^(1|true|yes)$/i.test(text)),
    createdAtMs: timeOf(first('created')),
    updatedAtMs: timeOf(first('updated')),
    expiresAtMs: date(first('expires')),
    rotateByMs: date(first('rotate by')),
    fields: [
      ...filled.filter(isLeft).map(asField),
      ...(format === 'bitwarden-csv' ? fieldLines(raw('fields')) : []),
      ...(format === 'clawkeep-csv' ? ownFields(raw('fields')) : []),
      ...(format === 'nordpass-csv' ? customFields(raw('custom_fields')) : []),
      ...(note?.fields ?? []),
    ],
    remarks: [
      ...(cells.length < columns.length ? ['Its line has fewer cells than there are columns.'] : []),
      ...(format === '1password-csv' && raw('archived') === 'true' ? ['It was in the archive.'] : []),
    ],
  })
}

const onlyOne: ReadonlySet<ColumnRole> = new Set([
  'name',
  'user name',
  'secret',
  'totp',
  'created',
  'updated',
  'expires',
  'rotate by',
])

function asField({ heading, role, value }: Cell): FoundField {
  return { name: heading, value, concealed: role === 'secret' || role === 'totp' || isSecretName(heading) }
}

function isDate(role: ColumnRole): boolean {
  return role === 'expires' || role === 'rotate by'
}

function kindOf(text: string): FoundEntry['kind'] {
  return text === 'api-key' || text === 'note' || text === 'ssh-key' || text === 'totp' ? text : 'login'
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname : address
}

/** Undoes the guard of our own CSV: a quote before what a spreadsheet would run. */
function withoutGuard(text: string): string {
  return /^'+[=+\-@\t\r]/.test(text) ? text.slice(1) : text
}
