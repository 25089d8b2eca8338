import { isDeepStrictEqual } from 'node:util'
import { parse, TomlError } from 'smol-toml'
import {
  type EntryPath,
  type Json,
  lineEnd,
  mayShow,
  type Span,
  splice,
  type TextFormat,
  unreadable,
  valueAt,
  veiled,
  withoutKeys,
} from './settings-text.ts'
import { scanToml, type Statement } from './toml-scan.ts'

/** TOML 1.0, as Codex reads it. The entry is a table of its own, `[mcp_servers.clawkeep]`; the rest keeps its text. */
export const tomlText: TextFormat = { read, find, set, remove, veil }

function read(text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const lines = text.split('\n').slice(0, error.line - 1)
    const offset = lines.reduce((sum, line) => sum + line.length + 1, 0) + Math.max(0, error.column - 1)
    throw unreadable(text, offset, 'something that is not TOML')
  }
}

function find(text: string, path: EntryPath): ReadonlyArray<Span> {
  return spansOf(text, (statement) => belongs(statement, path))
}

/** Statements in a row are one span; a comment behind the last of them belongs to what follows. */
function spansOf(text: string, wanted: (statement: Statement) => boolean): ReadonlyArray<Span> {
  const spans: Span[] = []
  let open: { from: number; to: number } | null = null
  for (const statement of scanToml(text).statements) {
    if (!wanted(statement)) open = null
    else if (open !== null) open.to = statement.to
    else {
      open = { from: statement.from, to: statement.to }
      spans.push(open)
    }
  }
  return spans
}

function belongs({ name }: Pick<Statement, 'name'>, path: EntryPath): boolean {
  return path.every((part, index) => name[index] === part)
}

function set(text: string, path: EntryPath, value: Json): string {
  const eol = lineEnd(text)
  const { statements } = scanToml(text)
  const at = statements.findIndex(({ kind, name }) => kind === 'table' && name.join('\0') === path.join('\0'))
  const header = statements[at]
  if (header === undefined) {
    const without = remove(text, path)
    const gap = without === '' ? '' : without.endsWith('\n') ? eol : eol + eol
    return without + gap + [`[${path.map(bareKey).join('.')}]`, ...fields(value)].join(eol) + eol
  }
  // What is to be as it is keeps its lines, its tables and its comments.
  const same = unchanged(valueAt(read(text), path), value)
  const gone = spansOf(
    text,
    ({ name, from }) => from !== header.from && belongs({ name }, path) && !same.has(name[path.length] ?? ''),
  )
  const changed = Object.entries(value as object).filter(([name]) => !same.has(name))
  const lines = fields(Object.fromEntries(changed)).join(eol)
  const end = statements.slice(at + 1).find(({ kind }) => kind === 'table')?.from ?? text.length
  const place = lines === '' ? undefined : gone.find(({ from }) => from > header.from && from < end)
  const added = lines === '' || place !== undefined ? [] : [{ from: header.to, to: header.to, by: eol + lines }]
  return splice(text, [...added, ...gone.map((span) => (span === place ? { ...span, by: lines } : cut(text, span)))])
}

/** The names of the fields that are the same in both. */
function unchanged(before: unknown, after: Json): ReadonlySet<string> {
  const old = JSON.parse(JSON.stringify(before ?? {})) as Record<string, unknown>
  const names = Object.entries(after as object).filter(([name, field]) => isDeepStrictEqual(old[name], field))
  return new Set(names.map(([name]) => name))
}

function remove(text: string, path: EntryPath): string {
  return splice(
    text,
    find(text, path).map((span) => cut(text, span)),
  )
}

function cut(text: string, span: Span): Span & { readonly by: string } {
  return { ...wholeLines(text, span), by: '' }
}

/** With the line end behind it, and with the empty line before it when the text ends there or goes on with another. */
function wholeLines(text: string, { from, to }: Span): Span {
  const lineEndAfter = /^\r?\n/.exec(text.slice(to))?.[0].length ?? 0
  const end = to + lineEndAfter
  const rest = text.slice(end)
  const before = /(?:^|\n)(\r?\n)$/.exec(text.slice(0, from))?.[1]
  return { from: before !== undefined && /^(\r?\n|$)/.test(rest) ? from - before.length : from, to: end }
}

function veil(text: string, shown: EntryPath | null): string {
  const { statements, comments } = scanToml(text)
  const changes: Array<Span & { by: string }> = comments.map((span) => ({ ...span, by: `# ${veiled}` }))
  for (const statement of statements) {
    if (statement.value === null) continue
    const { from, to } = statement.value
    const source = text.slice(from, to)
    const own = shown !== null && belongs(statement, shown)
    if (own && mayShow(statement.name.slice(shown.length), onlyKey(source))) continue
    if (!/["']/.test(source)) continue
    // Comments inside a value that is hidden go with it.
    for (let index = changes.length - 1; index >= 0; index -= 1) {
      const change = changes[index]
      if (change !== undefined && change.from >= from && change.to <= to) changes.splice(index, 1)
    }
    changes.push({
      from,
      to,
      by: [
        `"${veiled}"`,
        ...source
          .split('\n')
          .slice(1)
          .map(() => veiled),
      ].join('\n'),
    })
  }
  return withoutKeys(splice(text, changes))
}

/** What a value says that is one key of ours and nothing else beside its header's name. */
function onlyKey(source: string): string {
  return /^(?:\{\s*Authorization\s*=\s*)?"((?:Bearer )?oc_sk_[0-9a-f•]+)"\s*\}?$/.exec(source)?.[1] ?? source
}

function fields(value: Json): ReadonlyArray<string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('An entry is an object')
  return Object.entries(value as Record<string, Json>).map(([name, field]) => `${bareKey(name)} = ${inline(field)}`)
}

/** A value on one line; JSON's strings, numbers and truth values are TOML's too. */
function inline(value: Json): string {
  if (value === null) return '""'
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (typeof value === 'object') {
    const pairs = Object.entries(value).map(([name, field]) => `${bareKey(name)} = ${inline(field as Json)}`)
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
  }
  return JSON.stringify(value).replaceAll('\u007f', String.raw`\u007f`)
}

function bareKey(name: string): string {
  return /^[\w-]+$/.test(name) ? name : JSON.stringify(name)
}
