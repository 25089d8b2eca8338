/** A run of text: plain, or the mark that stands for one character which would not be seen or would reorder others. */
export type VisibleRun = { readonly text: string; readonly mark: boolean }

export type VisibleText = {
  readonly runs: ReadonlyArray<VisibleRun>
  /** Characters (code points) left out at the end; 0 when all is there. */
  readonly hidden: number
}

const combiningLimit = 4

/** Controls, format characters (bidi, zero-width, tags), line and paragraph separators, private use, surrogates, unassigned. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Cn}]/u
/** Letters and marks that draw nothing: fillers, joiners, variation selectors, blank Braille, an empty note head. */
const blank = /[\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]/u
/** Picks the coloured form of a symbol; common in honest text. */
const emojiStyle = '\ufe0f'
/** Spaces other than the ordinary, the no-break and the ideographic one. */
const oddSpace = /[\u1680\u2000-\u200a\u202f\u205f]/u
const combining = /\p{M}/u

/**
 * Makes hostile text safe to look at: what cannot be seen or would turn the text around becomes a mark such as ⟨U+202E⟩,
 * piles of combining marks are cut, and the length is capped. Unicode TR36 and TR39 name these attacks.
 * `lines` keeps line breaks and tabs; without it they are marked, so that one line stays one line.
 */
export function visibleText(
  text: string,
  options: { readonly maxChars: number; readonly lines?: boolean },
): VisibleText {
  const runs: Array<VisibleRun> = []
  const source = options.lines === true ? text.replaceAll('\r\n', '\n') : text
  let plain = ''
  let taken = 0
  let piled = 0
  let hidden = 0
  for (const character of source) {
    if (taken >= options.maxChars) {
      hidden += 1
      continue
    }
    taken += 1
    piled = combining.test(character) ? piled + 1 : 0
    if (mustMark(character, options.lines === true) || piled > combiningLimit) {
      if (plain !== '') runs.push({ text: plain, mark: false })
      plain = ''
      runs.push({ text: markOf(character), mark: true })
    } else {
      plain += character
    }
  }
  if (plain !== '') runs.push({ text: plain, mark: false })
  return { runs, hidden }
}

/** The same as one string, for a title, a label or a search. */
export function visibleString(text: string, maxChars: number): string {
  const { runs, hidden } = visibleText(text, { maxChars })
  return runs.map((run) => run.text).join('') + (hidden > 0 ? '…' : '')
}

function mustMark(character: string, lines: boolean): boolean {
  if (lines && (character === '\n' || character === '\t')) return false
  if (character === emojiStyle) return false
  return invisible.test(character) || blank.test(character) || oddSpace.test(character)
}

function markOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
}
