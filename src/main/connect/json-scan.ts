import { createScanner } from 'jsonc-parser'
import { unreadable } from './settings-text.ts'

/** The kinds of token that matter here (`SyntaxKind` of jsonc-parser, which is a const enum and cannot be imported). */
const kinds = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  lineComment: 12,
  blockComment: 13,
  lineBreak: 14,
  space: 15,
  end: 17,
} as const

type Token = { readonly kind: number; readonly from: number; readonly to: number }

/** Every token of the text but white space. */
function* tokens(text: string): Generator<Token> {
  const scanner = createScanner(text)
  for (let kind: number = scanner.scan(); kind !== kinds.end; kind = scanner.scan()) {
    if (kind === kinds.space || kind === kinds.lineBreak) continue
    const from = scanner.getTokenOffset()
    yield { kind, from, to: from + scanner.getTokenLength() }
  }
}

/** No settings come near; what reads them goes down by recursion, which ends in a full stack. */
const mostLevels = 500

/** Throws AppError invalid where the text is nested deeper than it is read. */
export function mustBeShallow(text: string): void {
  let levels = 0
  for (const { kind, from } of tokens(text)) {
    if (kind === kinds.openBrace || kind === kinds.openBracket) levels += 1
    if (kind === kinds.closeBrace || kind === kinds.closeBracket) levels -= 1
    if (levels > mostLevels) throw unreadable(text, from, `values nested more than ${mostLevels} levels deep`)
  }
}

/** Throws AppError invalid that names the first comment or trailing comma: strict JSON (RFC 8259) has neither. */
export function mustBeStrict(text: string): void {
  let comma: number | null = null
  for (const { kind, from } of tokens(text)) {
    if (kind === kinds.lineComment || kind === kinds.blockComment)
      throw unreadable(text, from, 'a comment, which this program does not understand,')
    if (comma !== null && (kind === kinds.closeBrace || kind === kinds.closeBracket))
      throw unreadable(text, comma, 'a comma too many')
    comma = kind === kinds.comma ? from : null
  }
}

/** What stands between two values: where the comma is, and where the last comment or comma ends (`from` if there is none). */
export function between(
  text: string,
  from: number,
  to: number,
): { readonly comma: number | null; readonly lastEnd: number } {
  let comma: number | null = null
  let lastEnd = from
  for (const token of tokens(text.slice(from, to))) {
    if (token.kind === kinds.comma) comma = from + token.from
    lastEnd = from + token.to
  }
  return { comma, lastEnd }
}
