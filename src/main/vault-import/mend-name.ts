const longestName = 200

/**
 * A name that the vault allows (`{{secret:NAME}}` must hold it): without braces and invisible characters, at most 200 characters,
 * not empty. `fallback` stands for one of which nothing is left.
 */
export function mendName(name: string, fallback: string): string {
  const mended = visible(name).replaceAll('{', '(').replaceAll('}', ')')
  return cut(mended, longestName).trim() || fallback
}

/** Whether `mendName` cuts something off. */
export function isNameCut(name: string): boolean {
  return isLonger(visible(name), longestName)
}

/** Gives names that nobody has yet: a name itself, or with ` (2)`, ` (3)`…; counts on where it stopped, so that many of one name cost no more. */
export class FreeNames {
  readonly #isTaken: (name: string) => boolean
  readonly #given = new Set<string>()
  readonly #next = new Map<string, number>()

  constructor(isTaken: (name: string) => boolean) {
    this.#isTaken = isTaken
  }

  take(name: string): string {
    for (let number = this.#next.get(name) ?? 1; ; number += 1) {
      const suffix = number === 1 ? '' : ` (${number})`
      const candidate = `${cut(name, longestName - suffix.length).trimEnd()}${suffix}`
      if (this.#given.has(candidate) || this.#isTaken(candidate)) continue
      this.#next.set(name, number + 1)
      this.#given.add(candidate)
      return candidate
    }
  }

  /** A name that is freed by what it is taken for; false when it was given before. */
  takeOver(name: string): boolean {
    if (this.#given.has(name)) return false
    this.#given.add(name)
    return true
  }
}

/** Whether a text has more characters than so many, counted as the model does: code points, not UTF-16 units. */
export function isLonger(text: string, length: number): boolean {
  return text.length > length && (text.length > length * 2 || [...text].length > length)
}

/** At most so many characters. */
function cut(text: string, length: number): string {
  return isLonger(text, length) ? [...text.slice(0, length * 2)].slice(0, length).join('') : text
}

/** The name of a field or a tag: without invisible characters, at most so long; '' when nothing is left. */
export function mendLabel(text: string, length: number): string {
  return cut(visible(text), length).trim()
}

/** Whether `mendLabel` cuts something off. */
export function isLabelCut(text: string, length: number): boolean {
  return isLonger(visible(text), length)
}

/** NFC comes last: an invisible character may stand between a letter and its accent. */
function visible(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll(/[\p{Cf}\p{Cs}]/gu, '')
    .normalize('NFC')
    .trim()
}
