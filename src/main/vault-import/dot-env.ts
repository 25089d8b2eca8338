import { type FoundEntry, type FoundField, foundEntry, type LeftOut, type Parsed } from './found-entry.ts'

const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*/
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/**
 * Reads `NAME=value` lines: `export`, comments, values in single quotes as they are, in double quotes with \n, \t, \", and over several
 * lines. Nothing is expanded: `$OTHER` stays as it stands. Each becomes an API key; the comments above and behind it are kept as a
 * field of it, hidden because an older value may stand in one, and those at the end are kept with the last.
 */
export function readDotEnv(text: string): Parsed {
  const entries: FoundEntry[] = []
  const leftOut: LeftOut[] = []
  let comments: string[] = []
  const lines = text.split(/\r\n|\n|\r/)
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    const at = index + 1
    if (/^\s*(#|$)/.test(line)) {
      comments.push(...commentIn(line))
      continue
    }
    const head = assignment.exec(line)
    const name = head?.[1]
    if (head === null || name === undefined) {
      leftOut.push({ at, name: '', why: 'It is not NAME=value.' })
      continue
    }
    const value = readValue(lines, index, line.slice(head[0].length))
    if (value === null) {
      leftOut.push({ at, name, why: 'Its quote is not closed.' })
      continue
    }
    // Those that stand inside an open quote are read for themselves.
    const swallows = lines.slice(index + 1, value.lastLine + 1).some(looksAssigned)
    if (swallows) leftOut.push({ at, name, why: 'Its quote is not closed before the next NAME=.' })
    else if (value.isCut) leftOut.push({ at, name, why: 'There is text behind its closing quote.' })
    else if (value.text === '') leftOut.push({ at, name, why: 'It has no value.' })
    else {
      const fields = asField([...comments, ...commentIn(value.rest)])
      entries.push(foundEntry({ at, name, kind: 'api-key', secret: value.text, fields }))
      comments = []
    }
    if (!swallows) index = value.lastLine
  }
  const last = entries.at(-1)
  if (last !== undefined && comments.length > 0)
    entries.splice(-1, 1, { ...last, fields: [...last.fields, ...asField(comments)] })
  return { format: 'dotenv', entries, leftOut }
}

/** What a comment says; nothing for an empty one. */
function commentIn(text: string): ReadonlyArray<string> {
  const said = /^\s*#+(.*)$/.exec(text)?.[1]?.trim() ?? ''
  return said === '' ? [] : [said]
}

function asField(comments: ReadonlyArray<string>): ReadonlyArray<FoundField> {
  return comments.length === 0 ? [] : [{ name: 'comment', value: comments.join('\n'), concealed: true }]
}

/** The last line of a key in base64 ends in `=` too. */
function looksAssigned(line: string): boolean {
  const bare = line.replace(/["'`]\s*$/, '')
  return assignment.test(line) && !(/^[A-Za-z0-9]+={1,2}$/.test(bare) && bare.length % 4 === 0)
}

/** `rest` is what stands behind the value; `isCut`: it is behind a closing quote and more than a comment. */
function readValue(
  lines: ReadonlyArray<string>,
  first: number,
  rest: string,
): { readonly text: string; readonly lastLine: number; readonly rest: string; readonly isCut: boolean } | null {
  const quote = rest[0]
  if (quote !== '"' && quote !== "'" && quote !== '`') {
    // A # after a space begins a comment; one inside a password does not.
    const end = /(^|\s)#/.exec(rest)?.index ?? rest.length
    return { text: rest.slice(0, end).trim(), lastLine: first, rest: rest.slice(end), isCut: false }
  }
  let text = ''
  let at = 1
  for (let index = first, line = rest; ; at = 0) {
    for (; at < line.length; at += 1) {
      const sign = line[at] as string
      if (sign === quote) {
        const behind = line.slice(at + 1)
        return { text, lastLine: index, rest: behind, isCut: !/^(\s+#.*|\s*)$/.test(behind) }
      }
      if (sign === '\\' && quote === '"' && at + 1 < line.length) {
        at += 1
        const next = line[at] as string
        text += escapes[next] ?? (next === '"' || next === '\\' || next === '$' ? next : `\\${next}`)
      } else text += sign
    }
    index += 1
    if (index >= lines.length) return null
    line = lines[index] ?? ''
    text += '\n'
  }
}
