/**
 * Indents JSON without changing anything but the white space between tokens, or returns null when the text is not an object
 * or array. JSON.stringify(JSON.parse(…)) would drop doubled names and rewrite numbers: the person would allow something else
 * than what is sent.
 */
export function prettyJson(text: string): string | null {
  if (!/^\s*[[{]/.test(text)) return null
  try {
    JSON.parse(text)
  } catch {
    return null
  }
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? []
  let out = ''
  let depth = 0
  for (const [position, token] of tokens.entries()) {
    const before = tokens[position - 1]
    if (token === '}' || token === ']') {
      depth -= 1
      const empty = before === '{' || before === '['
      out += (empty ? '' : newLine(depth)) + token
      continue
    }
    if (before === '{' || before === '[' || before === ',') out += newLine(depth)
    out += token === ':' ? ': ' : token
    if (token === '{' || token === '[') depth += 1
  }
  return out
}

function newLine(depth: number): string {
  return `\n${'  '.repeat(depth)}`
}
