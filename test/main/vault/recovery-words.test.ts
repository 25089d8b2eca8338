import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newRecoveryWords, readRecoveryWords } from '../../../src/main/vault/recovery-words.ts'
import { codeOf } from '../../support/error-code.ts'
import { recoveryWordVectors } from './vectors.ts'

const words = 'abandon '.repeat(23) + 'art'

describe('recovery words', () => {
  it.each(recoveryWordVectors)('say the bits of the published vector %s', (hex, text) => {
    expect(readRecoveryWords(text).toString('hex')).toBe(hex)
  })

  it('are 24, new each time, and read back as the bits they were made from', () => {
    const [one, other] = [newRecoveryWords(), newRecoveryWords()]
    expect(one.words.split(' ')).toHaveLength(24)
    expect(one.words).not.toBe(other.words)
    expect(readRecoveryWords(one.words).equals(one.key)).toBe(true)
  })

  it.each([
    ['in capitals', words.toUpperCase()],
    ['on lines of their own', words.replaceAll(' ', '\r\n')],
    [
      'with numbers',
      words
        .split(' ')
        .map((word, at) => `${at + 1}. ${word}`)
        .join('\n'),
    ],
    [
      'with numbers close by',
      words
        .split(' ')
        .map((word, at) => `${at + 1}.${word}`)
        .join(' '),
    ],
    ['with commas and spaces around', `  ${words.replaceAll(' ', ', ')} \n`],
  ])('are read %s', (_how, typed) => {
    expect(readRecoveryWords(typed).toString('hex')).toBe('00'.repeat(32))
  })

  it.each([
    ['nothing', '', 'These are 0 words; there should be 24.'],
    ['one too few', words.replace('abandon ', ''), 'These are 23 words; there should be 24.'],
    ['one too many', `zoo ${words}`, 'These are 25 words; there should be 24.'],
    ['a word that is none', words.replace('art', 'xyzzy'), 'Word 24 is not one of the words that Clawkeep uses.'],
    [
      'a wrong word',
      words.replace('art', 'zoo'),
      'These words do not belong together: one is wrong, or two changed places.',
    ],
  ])('that are %s are refused with what is wrong, and never repeated', (_what, typed, message) => {
    expect(codeOf(() => readRecoveryWords(typed))).toBe('invalid')
    expect(() => readRecoveryWords(typed)).toThrow(message)
  })

  it('that are any text end in bits or in a refusal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (typed) => {
        expect(codeOf(() => readRecoveryWords(typed))).toBe('invalid')
      }),
    )
  })
})
