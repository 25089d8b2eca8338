/** What a search looks at of an entry: its name ranks above the rest. With an empty name all that is found keeps its order. */
export type SearchTexts = { readonly name: string; readonly more: ReadonlyArray<string> }

/** Entries with their folded texts, held in memory only; drop it with them. */
export type SearchIndex<T> = ReadonlyArray<Folded<T>>

type Folded<T> = { readonly entry: T; readonly name: string; readonly all: string }

/** Letters that Unicode does not take apart, as people type them who do not have the key. */
const spelledOut: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ŧ: 't',
  ı: 'i',
  ς: 'σ',
}
const spelledOutLetters = new RegExp(`[${Object.keys(spelledOut).join('')}]`, 'g')
// oxlint-disable-next-line no-control-regex
const onlyAscii = /^[\x00-\x7f]*$/

/** How well a word fits, best first; the sum over the words is the rank. */
const fits = { nameBegins: 0, wordBegins: 1, inName: 2, elsewhere: 3 } as const

/** Text without case, accents, widths and invisible characters (Unicode NFKD), so that what looks alike is found alike. */
export function foldText(text: string): string {
  const lower = onlyAscii.test(text)
    ? text.toLowerCase()
    : text
        .normalize('NFKD')
        .toLowerCase()
        // A second time: lower case of İ and its like brings marks of its own.
        .normalize('NFKD')
        .replace(/[\p{M}\p{Cf}]/gu, '')
        .replace(spelledOutLetters, (letter) => spelledOut[letter] ?? letter)
  return lower.replace(/\s+/g, ' ').trim()
}

/** Folds the texts of all entries once; a search folds only what was typed. */
export function createSearchIndex<T>(entries: ReadonlyArray<T>, textsOf: (entry: T) => SearchTexts): SearchIndex<T> {
  return entries.map((entry) => {
    const { name, more } = textsOf(entry)
    const folded = foldText(name)
    // No word holds a line break, so none is found across two texts.
    return { entry, name: folded, all: [folded, ...more.map(foldText)].join('\n') }
  })
}

/**
 * The entries that have every typed word somewhere, in any order of the words. Names that begin with what was typed come first, then
 * names with a word that begins with it, names that have it inside, and the rest; entries of one rank keep their order. All
 * entries, in their order, when nothing was typed.
 */
export function search<T>(index: SearchIndex<T>, typed: string): ReadonlyArray<T> {
  const text = foldText(typed)
  if (text === '') return index.map(({ entry }) => entry)
  const words = [...new Set(text.split(' '))]
  const ranks: Array<Array<T> | undefined> = []
  for (const folded of index) {
    const rank = rankOf(folded, words, text)
    if (rank === null) continue
    const same = (ranks[rank] ??= [])
    same.push(folded.entry)
  }
  return ranks.flatMap((same) => same ?? [])
}

/** Null: a word is missing. */
function rankOf({ name, all }: Folded<unknown>, words: ReadonlyArray<string>, text: string): number | null {
  let sum = 0
  for (const word of words) {
    const fit = fitOf(name, word)
    if (fit === fits.elsewhere && !all.includes(word)) return null
    sum += fit
  }
  // Of two that have the same words, the one that begins with all of it as typed.
  return sum * 2 + (words.length > 1 && name.startsWith(text) ? 0 : 1)
}

function fitOf(name: string, word: string): number {
  const first = name.indexOf(word)
  if (first === -1) return fits.elsewhere
  if (first === 0) return fits.nameBegins
  for (let at = first; at !== -1; at = name.indexOf(word, at + 1))
    if (!isLetterOrDigit(name.charCodeAt(at - 1))) return fits.wordBegins
  return fits.inName
}

/** Of a UTF-16 unit of folded text. Asked thousands of times for a key press, and nearly always about ASCII. */
function isLetterOrDigit(unit: number): boolean {
  if (unit < 0x80) return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39)
  return /[\p{L}\p{N}\p{Cs}]/u.test(String.fromCharCode(unit))
}
