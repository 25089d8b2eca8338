import { isDeepStrictEqual } from 'node:util'
import { jsoncText, jsonText } from './json-text.ts'
import type { SettingsFormat } from './programs.ts'
import { type EntryPath, type Json, type TextFormat, unchangeable, valueAt } from './settings-text.ts'
import { tomlText } from './toml-text.ts'

/** The reader and writer of each format. */
export const formats: Readonly<Record<SettingsFormat, TextFormat>> = {
  json: jsonText,
  jsonc: jsoncText,
  toml: tomlText,
}

/** The entry in a settings text; undefined when there is none. Throws AppError invalid when the text does not parse. */
export function entryIn(format: TextFormat, text: string, path: EntryPath): unknown {
  return valueAt(format.read(text), path)
}

/**
 * The text with the entry set, or removed with `undefined`. What comes out is read again: it must say exactly what the old
 * text said and the entry, or nothing is changed. Throws AppError invalid, refused.
 */
export function withEntry(format: TextFormat, text: string, path: EntryPath, value: Json | undefined): string {
  const before = format.read(text)
  const result = value === undefined ? format.remove(text, path) : format.set(text, path, value)
  let after: unknown
  try {
    after = format.read(result)
  } catch {
    throw unchangeable('they are written in a way that leaves no room for an entry')
  }
  const entryFits = isDeepStrictEqual(plain(valueAt(after, path)), plain(value))
  if (!entryFits || !isDeepStrictEqual(rest(after, path), rest(before, path)))
    throw unchangeable('they are written in an unusual way')
  return result
}

/** Everything but the entry; an object on the way to it that holds nothing else counts as not there. */
function rest(value: unknown, path: EntryPath): unknown {
  const [name, ...deeper] = path
  if (name === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const copy: Record<string, unknown> = Object.assign(Object.create(null), value)
  if (deeper.length === 0) delete copy[name]
  else if (Object.hasOwn(copy, name)) copy[name] = rest(copy[name], deeper)
  const inner = copy[name]
  if (
    deeper.length > 0 &&
    typeof inner === 'object' &&
    inner !== null &&
    !Array.isArray(inner) &&
    Object.keys(inner).length === 0
  )
    delete copy[name]
  return copy
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}
