import { AppError } from '../../shared/app-error.ts'

/** What stands for one key in a file, by its names (key, name, scopes, expires); null when it cannot be read as such. */
export type FileRow = { readonly line: number; readonly values: Readonly<Record<string, unknown>> | null }

/** What others call the same. */
const columns: Readonly<Record<string, string>> = {
  key: 'key',
  api_key: 'key',
  apikey: 'key',
  token: 'key',
  secret: 'key',
  name: 'name',
  client: 'name',
  label: 'name',
  scopes: 'scopes',
  scope: 'scopes',
  expires: 'expires',
  expires_at: 'expires',
  expiresat: 'expires',
}

/** Finds out which form a text has, and reads it. Throws AppError invalid; error texts hold nothing of the text. */
export function readRows(text: string): ReadonlyArray<FileRow> {
  if (/^\s*[[{]/.test(text)) return fromJson(text)
  const lines = text.split(/\r?\n/)
  const first = lines.findIndex((line) => line.trim() !== '')
  if (first === -1) return []
  const header = cellsOf(lines[first] ?? '')?.map((cell) => columns[cell.trim().toLowerCase()])
  return header?.includes('key') === true ? fromCsv(lines, first, header) : fromLines(lines)
}

function fromLines(lines: ReadonlyArray<string>): ReadonlyArray<FileRow> {
  return lines.flatMap((line, at) => {
    const key = line.trim()
    return key === '' || key.startsWith('#') ? [] : [{ line: at + 1, values: { key } }]
  })
}

function fromCsv(
  lines: ReadonlyArray<string>,
  first: number,
  header: ReadonlyArray<string | undefined>,
): ReadonlyArray<FileRow> {
  return lines.flatMap((line, at): ReadonlyArray<FileRow> => {
    if (at <= first || line.trim() === '') return []
    const cells = cellsOf(line)
    if (cells === null || cells.length > header.length) return [{ line: at + 1, values: null }]
    const named = cells.flatMap((cell, column) => {
      const name = header[column]
      return name === undefined ? [] : [[name, cell.trim()] as const]
    })
    return [{ line: at + 1, values: Object.fromEntries(named) }]
  })
}

/** The cells of one line (RFC 4180, without line ends inside quotes); null when a quote is not closed. */
function cellsOf(line: string): ReadonlyArray<string> | null {
  const cells: string[] = []
  let at = 0
  for (;;) {
    const quoted = line[at] === '"'
    const found = quoted ? /"((?:[^"]|"")*)"(?=,|$)/y : /[^",]*(?=,|$)/y
    found.lastIndex = at
    const match = found.exec(line)
    if (match === null) return null
    cells.push(quoted ? (match[1] ?? '').replaceAll('""', '"') : match[0])
    at = found.lastIndex
    if (at >= line.length) return cells
    at += 1
  }
}

function fromJson(text: string): ReadonlyArray<FileRow> {
  const parsed = parse(text)
  const list = Array.isArray(parsed) ? parsed : (parsed as { keys?: unknown } | null)?.keys
  if (!Array.isArray(list)) throw notJson('This JSON holds no list of keys.')
  const lines = linesOfElements(text)
  return list.map((element: unknown, at) => ({ line: lines[at] ?? 1, values: valuesOf(element) }))
}

function valuesOf(element: unknown): Record<string, unknown> | null {
  if (typeof element === 'string') return { key: element }
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return null
  const named = Object.entries(element).flatMap(([name, value]) => {
    const column = columns[name.toLowerCase()]
    return column === undefined ? [] : [[column, value] as const]
  })
  return Object.fromEntries(named)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The message of JSON.parse quotes the text, which holds keys.
    throw notJson('This file begins like JSON and is none.')
  }
}

function notJson(message: string): AppError {
  return new AppError('invalid', message, {
    hint: 'Write [{"key": "…", "name": "…", "scopes": ["openclaw:read"]}] or {"keys": […]}.',
  })
}

/** The line that each element of the first list begins on, in a text that is known to be JSON. */
function linesOfElements(text: string): ReadonlyArray<number> {
  const starts: number[] = []
  let line = 1
  let depth = 0
  let listDepth = 0
  let waits = false
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] as string
    if (sign === '\n') line += 1
    if (/\s/.test(sign)) continue
    if (listDepth !== 0 && depth === listDepth && sign !== ',' && waits && sign !== ']') {
      starts.push(line)
      waits = false
    }
    if (sign === '"') at = endOfString(text, at)
    else if (sign === '{' || sign === '[') {
      depth += 1
      if (listDepth === 0 && sign === '[') [listDepth, waits] = [depth, true]
    } else if (sign === '}' || sign === ']') {
      depth -= 1
      if (depth < listDepth) return starts
    } else if (sign === ',' && depth === listDepth) waits = true
  }
  return starts
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
