import { AppError } from '../../shared/app-error.ts'
import { caps } from './caps.ts'

/**
 * Parses JSON that may be hostile: its depth is looked at first, because what walks the values afterwards walks by recursion.
 * Throws AppError invalid without a word of the text, which the parser's own message would quote.
 */
export function parseJson(text: string): unknown {
  if (isTooDeep(text))
    throw new AppError('invalid', `This JSON is nested more than ${caps.jsonDepth} levels deep.`, {
      hint: 'No export is. It was not read.',
    })
  try {
    return JSON.parse(text)
  } catch {
    throw new AppError('invalid', 'This file begins like JSON and is none.', { hint: 'Export it again.' })
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // A string: brackets inside do not count.
        at = endOfString(text, at)
        break
      case 0x5b:
      case 0x7b:
        depth += 1
        if (depth > caps.jsonDepth) return true
        break
      case 0x5d:
      case 0x7d:
        depth -= 1
        break
    }
  }
  return false
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return at
    if (code === 0x5c) at += 1
  }
  return text.length
}
