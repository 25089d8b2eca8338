import { joinTags } from './csv-tags.ts'
import type { ExportedItem } from './export-content.ts'

/**
 * The items as CSV (RFC 4180) with the columns that our own import knows, and one for the fields the person added. What a spreadsheet
 * would run as a formula (OWASP, CSV injection) gets a quote in front, which our import takes away again.
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
  return `${[header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

function date(ms: number | null): string {
  return ms === null ? '' : new Date(ms).toISOString()
}

function cell(text: string): string {
  const guarded = /^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}
