import { describe, expect, test } from 'vitest'
import {
  bitsOfPassword,
  bitsOfPhrase,
  type CharacterClass,
  characterClasses,
  generatePassword,
  generatePhrase,
  loadWords,
  type PasswordRecipe,
  type PhraseRecipe,
  randomBelow,
} from '../../src/shared/generate.ts'
import { codeOf } from '../support/error-code.ts'

const recipe = (more: Partial<PasswordRecipe> = {}): PasswordRecipe => ({
  length: 20,
  classes: characterClasses,
  withoutLookAlikes: false,
  ...more,
})
const phrase = (more: Partial<PhraseRecipe> = {}): PhraseRecipe => ({
  words: 6,
  separator: '-',
  capitals: false,
  digit: false,
  ...more,
})

/** Pearson's sum over equally likely bins; above the bound once in ten million runs (chi-square, that many degrees of freedom). */
function chiSquare(bins: ReadonlyArray<number>): number {
  const expected = bins.reduce((sum, count) => sum + count, 0) / bins.length
  return bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}
const bounds = new Map([
  [6, 45],
  [7, 47],
  [25, 84],
  [9, 52],
])

function count(bins: number, draws: number, draw: () => number): ReadonlyArray<number> {
  const counts = Array.from({ length: bins }, () => 0)
  for (let drawn = 0; drawn < draws; drawn += 1) {
    const bin = draw()
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts
}

describe('chance', () => {
  test('every number below the limit is equally likely', () => {
    for (const limit of [7, 10, 26])
      expect(chiSquare(count(limit, 20_000, () => randomBelow(limit)))).toBeLessThan(bounds.get(limit - 1) ?? 0)
  })

  test('what lies above the last whole multiple of the limit is drawn again', () => {
    // With a limit of ¾ of the range, a remainder would give every number below ¼ twice as often as the others.
    const limit = 3 * 2 ** 30
    const low = count(2, 20_000, () => (randomBelow(limit) < 2 ** 30 ? 1 : 0))[1] ?? 0
    expect(Math.abs(low - 20_000 / 3)).toBeLessThan(400)
  })

  test('no letter is likelier than another, and no place is where the needed digit goes', () => {
    const made = Array.from({ length: 3_000 }, () => generatePassword(recipe({ length: 8 })).value)
    const letters = [...made.join('').replace(/[^a-z]/g, '')].map((letter) => letter.charCodeAt(0) - 97)
    expect(chiSquare(count(26, letters.length, () => letters.pop() ?? 0))).toBeLessThan(bounds.get(25) ?? 0)
    const places = made.flatMap((value) => [...value].flatMap((character, at) => (/\d/.test(character) ? at : [])))
    expect(chiSquare(count(8, places.length, () => places.pop() ?? 0))).toBeLessThan(bounds.get(7) ?? 0)
  })

  test('no word of the list is likelier than another', async () => {
    const words = await loadWords()
    const places = new Map(words.map((word, at) => [word, at]))
    const tenths = count(10, 20_000, () => {
      const [word = ''] = generatePhrase(words, phrase({ words: 3 })).value.split('-')
      return Math.floor(((places.get(word) ?? -1) * 10) / words.length)
    })
    expect(chiSquare(tenths)).toBeLessThan(bounds.get(9) ?? 0)
  })
})

describe('a password', () => {
  test.each<[Partial<PasswordRecipe>, RegExp]>([
    [{ length: 8 }, /^.{8}$/],
    [{ length: 128 }, /^.{128}$/],
    [{ classes: ['digits'] }, /^\d{20}$/],
    [{ classes: ['lower', 'digits'], length: 8 }, /^(?=.*\d)(?=.*[a-z])[a-z\d]{8}$/],
    [{ length: 8 }, /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])(?=.*[^a-zA-Z\d]).{8}$/],
    [{ length: 128, withoutLookAlikes: true }, /^[^Il1Oo0]{128}$/],
    [{ classes: ['upper', 'upper'] }, /^[A-Z]{20}$/],
  ])('by %j always fits %s', (more, form) => {
    for (let round = 0; round < 100; round += 1) expect(generatePassword(recipe(more)).value).toMatch(form)
  })

  test.each<[Partial<PasswordRecipe>]>([
    [{ length: 7 }],
    [{ length: 129 }],
    [{ length: 8.5 }],
    [{ length: Number.NaN }],
    [{ classes: [] }],
  ])('is not made by %j', (more) => {
    expect(codeOf(() => generatePassword(recipe(more)))).toBe('invalid')
  })

  test.each<[ReadonlyArray<CharacterClass>, number, boolean, number]>([
    // log2(26^8)
    [['lower'], 8, false, 37.6035],
    // log2(10^10)
    [['digits'], 10, false, 33.2193],
    // log2(8^10): 0 and 1 are left out
    [['digits'], 10, true, 30],
    // log2(36^8 - 26^8 - 10^8) = log2(2,612,182,842,880)
    [['lower', 'digits'], 8, false, 41.2485],
    // log2(52^8 - 2 * 26^8) = log2(53,042,074,402,304)
    [['lower', 'upper'], 8, false, 45.5923],
    // log2(88^128) = 826.807; nearly every one of them has all classes
    [characterClasses, 128, false, 826.807],
  ])('of %j with %i characters, look-alikes left out: %j, has %f bits', (classes, length, withoutLookAlikes, bits) => {
    expect(bitsOfPassword({ classes, length, withoutLookAlikes })).toBeCloseTo(bits, 2)
  })
})

describe('a passphrase', () => {
  test('is made of the 7,776 words of the EFF, of which none begins with another', async () => {
    const words = await loadWords()
    expect(new Set(words).size).toBe(7776)
    expect(words.every((word) => /^[a-z]{3,9}$/.test(word))).toBe(true)
    const sorted = words.toSorted()
    expect(sorted.some((word, at) => sorted[at + 1]?.startsWith(word))).toBe(false)
  })

  test.each<[Partial<PhraseRecipe>, RegExp]>([
    [{ words: 3 }, /^[a-z]+-[a-z]+-[a-z]+$/],
    [{ words: 12, separator: ' ' }, /^([a-z]+ ){11}[a-z]+$/],
    [{ separator: '', capitals: true }, /^([A-Z][a-z]+){6}$/],
    [{ separator: '_', digit: true }, /^(?=[^\d]*\d[^\d]*$)[a-z\d]+(_[a-z\d]+){5}$/],
  ])('by %j fits %s', async (more, form) => {
    const words = await loadWords()
    for (let round = 0; round < 50; round += 1) expect(generatePhrase(words, phrase(more)).value).toMatch(form)
  })

  test.each<[Partial<PhraseRecipe>]>([
    [{ words: 2 }],
    [{ words: 13 }],
    [{ separator: 'a' }],
    [{ separator: '7' }],
    [{ separator: '----' }],
    [{ separator: '\n' }],
  ])('is not made by %j', (more) => {
    expect(codeOf(() => generatePhrase(['one', 'two'], phrase(more)))).toBe('invalid')
  })

  test('has 12.92 bits for each word, and those of the digit and its place', () => {
    expect(bitsOfPhrase(7776, phrase())).toBeCloseTo(77.5489, 3)
    expect(bitsOfPhrase(7776, phrase({ capitals: true, separator: '.' }))).toBeCloseTo(77.5489, 3)
    expect(bitsOfPhrase(7776, phrase({ digit: true }))).toBeCloseTo(77.5489 + Math.log2(60), 3)
  })
})
