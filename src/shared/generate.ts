import { AppError } from './app-error.ts'

export const passwordLengths = { min: 8, max: 128, usual: 20 } as const
export const phraseWords = { min: 3, max: 12, usual: 6 } as const

/** The classes of characters; symbols are those that shells, CSV and addresses leave alone most. */
const classes = {
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  symbols: '!#$%&()*+-./:;<=>?@[]^_{}~',
} as const
export type CharacterClass = keyof typeof classes
export const characterClasses = Object.keys(classes) as ReadonlyArray<CharacterClass>
/** What is mistaken for another character when it is read or typed. */
const lookAlikes = /[Il1Oo0]/g

/** `length` characters with at least one of each class. */
export type PasswordRecipe = {
  readonly length: number
  readonly classes: ReadonlyArray<CharacterClass>
  readonly withoutLookAlikes: boolean
}

/** Words of the list, with a capital each, and a digit behind one of them, if wanted. */
export type PhraseRecipe = {
  readonly words: number
  /** Up to three characters, neither letters nor digits; may be empty: no word of the list begins with another. */
  readonly separator: string
  readonly capitals: boolean
  readonly digit: boolean
}

export type Generated = {
  readonly value: string
  /** The binary logarithm of how many values are equally likely. */
  readonly bits: number
}

/** Makes a password; every one that fits the recipe is equally likely. Throws AppError invalid. */
export function generatePassword(recipe: PasswordRecipe): Generated {
  const alphabets = alphabetsOf(recipe)
  const all = alphabets.join('')
  for (;;) {
    const value = Array.from({ length: recipe.length }, () => all.charAt(randomBelow(all.length))).join('')
    // All is drawn again: to put the missing class into a place would make some passwords likelier than others.
    if (alphabets.every((alphabet) => [...alphabet].some((character) => value.includes(character))))
      return { value, bits: bitsOfPassword(recipe) }
  }
}

/** The bits of a password by this recipe: how many there are that have each class, by inclusion and exclusion. */
export function bitsOfPassword(recipe: PasswordRecipe): number {
  const alphabets = alphabetsOf(recipe)
  let count = 0n
  for (let left = 0; left < 1 << alphabets.length; left += 1) {
    const kept = alphabets.filter((_, at) => (left & (1 << at)) === 0)
    const sign = (alphabets.length - kept.length) % 2 === 0 ? 1n : -1n
    count += sign * BigInt(kept.join('').length) ** BigInt(recipe.length)
  }
  return log2(count)
}

/** Makes a passphrase of words from a list of different words. Throws AppError invalid. */
export function generatePhrase(list: ReadonlyArray<string>, recipe: PhraseRecipe): Generated {
  checkPhrase(recipe)
  const words = Array.from({ length: recipe.words }, () => list[randomBelow(list.length)] ?? '')
  if (recipe.capitals) words.forEach((word, at) => (words[at] = word.charAt(0).toUpperCase() + word.slice(1)))
  if (recipe.digit) words[randomBelow(words.length)] += String(randomBelow(10))
  return { value: words.join(recipe.separator), bits: bitsOfPhrase(list.length, recipe) }
}

/** The bits of a passphrase by this recipe, from a list of so many words. */
export function bitsOfPhrase(listed: number, { words, digit }: Pick<PhraseRecipe, 'words' | 'digit'>): number {
  return words * Math.log2(listed) + (digit ? Math.log2(10 * words) : 0)
}

/** The 7,776 words of the EFF's long list (12.9 bits each); loaded when it is needed. */
export async function loadWords(): Promise<ReadonlyArray<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return dictionary['diceware-common'].map(String)
}

/** A whole number from 0 up to `limit`, without bias: what lies above the last whole multiple of `limit` is drawn again. */
export function randomBelow(limit: number): number {
  const range = 2 ** 32
  const fair = range - (range % limit)
  const drawn = new Uint32Array(1)
  for (;;) {
    globalThis.crypto.getRandomValues(drawn)
    const [number = range] = drawn
    if (number < fair) return number % limit
  }
}

function alphabetsOf({ length, classes: wanted, withoutLookAlikes }: PasswordRecipe): ReadonlyArray<string> {
  const { min, max } = passwordLengths
  if (!Number.isInteger(length) || length < min || length > max)
    throw invalid(`A password has ${min} to ${max} characters.`)
  if (wanted.length === 0) throw invalid('A password needs at least one kind of character.')
  return [...new Set(wanted)].map((name) => (withoutLookAlikes ? classes[name].replace(lookAlikes, '') : classes[name]))
}

function checkPhrase({ words, separator }: PhraseRecipe): void {
  const { min, max } = phraseWords
  if (!Number.isInteger(words) || words < min || words > max) throw invalid(`A passphrase has ${min} to ${max} words.`)
  // A letter or digit between the words would make different choices look the same.
  if (separator.length > 3 || /[\p{L}\p{N}\p{C}]/u.test(separator))
    throw invalid('The separator has at most three characters, none of them a letter or a digit.')
}

function log2(count: bigint): number {
  const digits = count.toString(2)
  return digits.length - 53 > 0
    ? Math.log2(Number.parseInt(digits.slice(0, 53), 2)) + digits.length - 53
    : Math.log2(Number(count))
}

function invalid(message: string): AppError {
  return new AppError('invalid', message, { hint: 'Change it and try again.' })
}
