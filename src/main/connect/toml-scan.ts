import { unreadable } from './settings-text.ts'

/** A line of TOML 1.0 that says something: the header of a table, or a key and its value, which may span lines. */
export type Statement = {
  readonly kind: 'table' | 'value'
  /** The full name: of the table, or of the table and the key. */
  readonly name: ReadonlyArray<string>
  /** From its first character to the end of its last line, without the line end. */
  readonly from: number
  readonly to: number
  /** Where the value stands; a table has none. */
  readonly value: { readonly from: number; readonly to: number } | null
}

/** The comments of the text, and its statements in order. The text must be one that a TOML parser accepts. */
export type Scanned = {
  readonly statements: ReadonlyArray<Statement>
  readonly comments: ReadonlyArray<{ readonly from: number; readonly to: number }>
}

/** Finds where things stand; what they mean is the parser's business. */
export function scanToml(text: string): Scanned {
  const statements: Statement[] = []
  const comments: Array<{ from: number; to: number }> = []
  let table: ReadonlyArray<string> = []
  let position = 0

  const endOfLine = (from: number): number => {
    const end = text.indexOf('\n', from)
    const stop = end === -1 ? text.length : end
    return text[stop - 1] === '\r' && stop > from ? stop - 1 : stop
  }
  const comment = (): void => {
    const to = endOfLine(position)
    comments.push({ from: position, to })
    position = to
  }
  /** From the opening quote to behind the closing one. */
  const skipString = (): void => {
    const quote = text[position] ?? ''
    const long = text.startsWith(quote.repeat(3), position)
    const mark = long ? quote.repeat(3) : quote
    let at = position + mark.length
    while (at < text.length && !text.startsWith(mark, at)) at += quote === '"' && text[at] === '\\' ? 2 : 1
    if (at >= text.length) throw unreadable(text, position, 'a text without an end')
    at += mark.length
    // Up to two quotes may stand right before the closing three.
    while (long && text[at] === quote) at += 1
    position = at
  }
  const skipSpace = (): void => {
    while (text[position] === ' ' || text[position] === '\t') position += 1
  }
  /** A dotted key; stops at what cannot belong to it. */
  const key = (): ReadonlyArray<string> => {
    const parts: string[] = []
    for (;;) {
      skipSpace()
      const from = position
      if (text[position] === '"' || text[position] === "'") {
        skipString()
        const raw = text.slice(from, position)
        parts.push(raw.startsWith('"') ? unescape(text, from, raw) : raw.slice(1, -1))
      } else {
        while (/[\w-]/.test(text[position] ?? '')) position += 1
        parts.push(text.slice(from, position))
      }
      skipSpace()
      if (text[position] !== '.') return parts
      position += 1
    }
  }
  /** To the end of a value: over brackets, strings and the comments between. */
  const skipValue = (): number => {
    let depth = 0
    let lastEnd = position
    while (position < text.length) {
      const character = text[position]
      if (character === '"' || character === "'") skipString()
      else if (character === '#') {
        if (depth === 0) return lastEnd
        comment()
        continue
      } else if (character === '\n' && depth === 0) return lastEnd
      else {
        if (character === '[' || character === '{') depth += 1
        if (character === ']' || character === '}') depth -= 1
        position += 1
      }
      if (!/\s/.test(text[position - 1] ?? '')) lastEnd = position
    }
    return lastEnd
  }

  while (position < text.length) {
    const character = text[position] ?? ''
    if (/\s/.test(character)) position += 1
    else if (character === '#') comment()
    else if (character === '[') {
      const from = position
      position += text[position + 1] === '[' ? 2 : 1
      table = key()
      position = endOfHeader(text, position)
      statements.push({ kind: 'table', name: table, from, to: endOfLine(position), value: null })
      skipSpace()
      if (text[position] === '#') comment()
    } else {
      const from = position
      const name = key()
      if (text[position] !== '=') throw unreadable(text, position, 'something unexpected')
      position += 1
      skipSpace()
      const value = position
      const to = skipValue()
      statements.push({ kind: 'value', name: [...table, ...name], from, to: endOfLine(to), value: { from: value, to } })
      if (text[position] === '#') comment()
    }
  }
  return { statements, comments }
}

function endOfHeader(text: string, from: number): number {
  const close = text.startsWith(']]', from) ? 2 : text[from] === ']' ? 1 : 0
  if (close === 0) throw unreadable(text, from, 'something unexpected')
  return from + close
}

/** A basic string as a key: the escapes of TOML but `\U` are those of JSON. */
function unescape(text: string, offset: number, raw: string): string {
  try {
    return JSON.parse(raw) as string
  } catch {
    throw unreadable(text, offset, 'a key in an unusual notation')
  }
}
