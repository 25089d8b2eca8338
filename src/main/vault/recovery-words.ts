import { randomFillSync } from 'node:crypto'
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { AppError } from '../../shared/app-error.ts'

const wordCount = 24
const keyBytes = 32
const known = new Set(wordlist)

/** 256 random bits and the 24 words that say them (BIP 39, English; the last word checks the others). The caller overwrites `key`. */
export function newRecoveryWords(): { readonly words: string; readonly key: Buffer } {
  const key = randomFillSync(Buffer.alloc(keyBytes))
  return { words: entropyToMnemonic(key, wordlist), key }
}

/**
 * The 256 bits of typed words, in memory the caller overwrites. Case, line ends, commas and the numbers of a printed list do not
 * matter. Throws AppError invalid that names the place of what is wrong, never a word that was typed.
 */
export function readRecoveryWords(text: string): Buffer {
  const words = text
    .normalize('NFKD')
    .toLowerCase()
    .split(/[\s,;]+/)
    .map((word) => word.replace(/^\d{1,2}[.):]?/, ''))
    .filter((word) => word !== '')
  if (words.length !== wordCount) {
    throw new AppError('invalid', `These are ${words.length} words; there should be ${wordCount}.`, {
      hint: 'Type all of them, in their order, with spaces between.',
    })
  }
  const unknown = words.findIndex((word) => !known.has(word))
  if (unknown !== -1) {
    throw new AppError('invalid', `Word ${unknown + 1} is not one of the words that Clawkeep uses.`, {
      hint: 'Compare it with what you wrote down.',
    })
  }
  try {
    return Buffer.from(mnemonicToEntropy(words.join(' '), wordlist))
  } catch {
    throw new AppError('invalid', 'These words do not belong together: one is wrong, or two changed places.', {
      hint: 'Compare each with what you wrote down.',
    })
  }
}
