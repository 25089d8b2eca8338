/** What a search looks at of an entry: its name ranks above the rest. With an empty name all that is found keeps its order. */
export type SearchTexts = { readonly name: string; readonly more: ReadonlyArray<string> }

/**
 * Entries with their folded texts in one long text, held in memory only; drop it with them. One text, because looking through
 * it is one call for all the entries that do not have a word.
 */
export type SearchIndex<T> = {
  readonly entries: ReadonlyArray<T>
  /** Of each entry its name and then the rest, each ended by a line break, which no word holds. */
  readonly text: string
  /** Where in `text` each entry begins, and at the end where the last one ends. */
  readonly begins: Uint32Array
  /** Where in `text` the name of each entry ends. */
  readonly nameEnds: Uint32Array
}

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
const missing = 0xffff_ffff

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
  const begins = new Uint32Array(entries.length + 1)
  const nameEnds = new Uint32Array(entries.length)
  let end = 0
  const texts = entries.map((entry, at) => {
    const { name, more } = textsOf(entry)
    const folded = foldText(name)
    const text = [folded, ...more.map(foldText), ''].join('\n')
    nameEnds[at] = end + folded.length
    end += text.length
    begins[at + 1] = end
    return text
  })
  return { entries, text: texts.join(''), begins, nameEnds }
}

/**
 * The entries that have every typed word somewhere, in any order of the words. Names that begin with what was typed come first, then
 * names with a word that begins with it, names that have it inside, and the rest; entries of one rank keep their order. All
 * entries, in their order, when nothing was typed.
 */
export function search<T>(index: SearchIndex<T>, typed: string): ReadonlyArray<T> {
  const text = foldText(typed)
  if (text === '') return index.entries
  const words = [...new Set(text.split(' '))]
  const ranks = new Uint32Array(index.entries.length)
  for (const word of words) if (!addFits(ranks, index, word)) return []
  const found: Array<Array<T> | undefined> = []
  for (let at = 0; at < ranks.length; at++) {
    const sum = ranks[at] ?? missing
    if (sum === missing) continue
    // Of two that have the same words, the one that begins with all of it as typed.
    const rank = sum * 2 + (words.length > 1 && index.text.startsWith(text, index.begins[at]) ? 0 : 1)
    const same = (found[rank] ??= [])
    same.push(index.entries[at] as T)
  }
  return ([] as T[]).concat(...found.filter((same) => same !== undefined))
}

/** Adds how well the word fits to the rank of each entry; `missing` for those that do not have it. False: none is left. */
function addFits(ranks: Uint32Array, { text, begins, nameEnds }: SearchIndex<unknown>, word: string): boolean {
  let at = 0
  let isAnyLeft = false
  for (let hit = text.indexOf(word); hit !== -1; hit = text.indexOf(word, begins[at])) {
    for (; hit >= (begins[at + 1] ?? 0); at++) ranks[at] = missing
    if (ranks[at] !== missing) {
      ranks[at] = (ranks[at] ?? 0) + fitOf(text, word, hit, begins[at] ?? 0, nameEnds[at] ?? 0)
      isAnyLeft = true
    }
    at++
  }
  ranks.fill(missing, at)
  return isAnyLeft
}

/** How well a word fits that is first met at `hit` in an entry, whose name comes first. */
function fitOf(text: string, word: string, hit: number, nameBegin: number, nameEnd: number): number {
  if (hit >= nameEnd) return fits.elsewhere
  if (hit === nameBegin) return fits.nameBegins
  for (let at = hit; at !== -1 && at < nameEnd; at = text.indexOf(word, at + 1))
    if (!isLetterOrDigit(text.charCodeAt(at - 1))) return fits.wordBegins
  return fits.inName
}

/** Of a UTF-16 unit of folded text. Asked thousands of times for a key press, and nearly always about ASCII. */
function isLetterOrDigit(unit: number): boolean {
  if (unit < 0x80) return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39)
  return /[\p{L}\p{N}\p{Cs}]/u.test(String.fromCharCode(unit))
}
