const lineChars = 72

/**
 * Indents JSON without changing anything but the white space between tokens, or returns null when the text is not an object
 * or array, or the result would pass `maxChars`: each level adds to every line in it, so that 16 KiB of brackets would become
 * 134 million characters. JSON.stringify(JSON.parse(…)) would drop doubled names and rewrite numbers: the person would allow something else
 * than what is sent. What fits on one line stays on one line.
 */
export function prettyJson(text: string, maxChars: number): string | null {
  if (!/^\s*[[{]/.test(text)) return null
  try {
    JSON.parse(text)
  } catch {
    return null
  }
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? []
  const ends = closers(tokens)
  let out = ''
  let depth = 0
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? ''
    const end = ends.get(at)
    if (out.length > maxChars) return null
    if (end !== undefined) {
      const line = oneLine(tokens, at, end)
      if (line !== null && depth * 2 + line.length <= lineChars) {
        out += line
        at = end
        continue
      }
      depth += 1
      out += token + newLine(depth)
    } else if (token === '}' || token === ']') {
      depth -= 1
      out += newLine(depth) + token
    } else if (token === ',') {
      out += token + newLine(depth)
    } else {
      out += token === ':' ? ': ' : token
    }
  }
  return out.length > maxChars ? null : out
}

/** Where each opening bracket is closed. */
function closers(tokens: ReadonlyArray<string>): ReadonlyMap<number, number> {
  const ends = new Map<number, number>()
  const open: Array<number> = []
  for (const [at, token] of tokens.entries()) {
    if (token === '{' || token === '[') open.push(at)
    if (token === '}' || token === ']') ends.set(open.pop() ?? at, at)
  }
  return ends
}

/** The tokens from a bracket to its end on one line, or null as soon as that is too long. */
function oneLine(tokens: ReadonlyArray<string>, start: number, end: number): string | null {
  let line = ''
  for (let at = start; at <= end; at += 1) {
    const token = tokens[at] ?? ''
    const empty = at > start && (tokens[at - 1] === '{' || tokens[at - 1] === '[')
    if (token === '}' && !empty) line += ' '
    line += token
    if (token === ':' || token === ',' || (token === '{' && tokens[at + 1] !== '}')) line += ' '
    if (line.length > lineChars) return null
  }
  return line
}

function newLine(depth: number): string {
  return `\n${'  '.repeat(depth)}`
}
