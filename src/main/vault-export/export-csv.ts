import { joinTags } from './csv-tags.ts'
import type { ExportedItem } from './export-content.ts'
import { checkCsvRecord } from './import-limits.ts'

/**
 * The items as CSV (RFC 4180) with the columns that our own import knows, and one for the fields the person added. What a spreadsheet
 * would run as a formula (OWASP, CSV injection) gets a quote in front, which our import takes away again.
 * Throws AppError too_large for an item that our import would not read.
 */
export function exportCsv(items: ReadonlyArray<ExportedItem>): string {
  const header = [
    'name',
    'kind',
    'hosts',
    'user name',
    'secret',
    'notes',
    'totp',
    'tags',
    'favourite',
    'created',
    'updated',
    'expires',
    'rotate by',
    'fields',
  ]
  const rows = items.map((item) => [
    item.name,
    item.kind,
    item.hosts.join(' '),
    item.userName,
    item.secret,
    item.notes,
    item.totp,
    joinTags(item.tags),
    item.favourite ? '1' : '',
    new Date(item.createdAtMs).toISOString(),
    new Date(item.updatedAtMs).toISOString(),
    date(item.expiresAtMs),
    date(item.rotateByMs),
    item.fields.length === 0 ? '' : JSON.stringify(item.fields),
  ])
  const guarded = rows.map((row) => row.map(withGuard))
  for (const [at, cells] of guarded.entries()) checkCsvRecord(items[at]?.name ?? '', cells)
  return `${[header, ...guarded].map((row) => row.map(quoted).join(',')).join('\r\n')}\r\n`
}

function date(ms: number | null): string {
  return ms === null ? '' : new Date(ms).toISOString()
}

function withGuard(text: string): string {
  return /^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
