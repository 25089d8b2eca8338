import type { StrengthLevel } from '../../components/ui/strength-bar.tsx'
import type { Strength } from '../../../../shared/strength.ts'

/** The least a new password must have; the main process holds the same line. */
export const minPasswordChars = 10

/**
 * Guesses (decimal logarithm) below which a password is weak, and from which it is strong. Each costs 64 MiB and about 0.1 s here:
 * 10^8 are four months of one computer, 10^12 are three years of a thousand.
 */
const guessesLog10 = { good: 8, strong: 12 }

/** Says how long a stolen vault file would withstand guessing. Advice, not a gate; `strength` null: not known yet. */
export function describeStrength(
  password: string,
  strength: Strength | null,
): { readonly level: StrengthLevel; readonly words: string } {
  const missing = minPasswordChars - [...password].length
  if (password === '') return { level: 0, words: `At least ${minPasswordChars} characters` }
  if (missing > 0) return { level: 0, words: `${missing} more ${missing === 1 ? 'character' : 'characters'}` }
  if (strength === null) return { level: 0, words: '' }
  const level = levelOf(strength)
  return { level, words: levelWords[level] }
}

const levelWords = ['', 'Weak: a few more words would make it strong', 'Good', 'Strong'] as const

/** 1 weak, 2 good, 3 strong. */
export function levelOf(strength: Strength): 1 | 2 | 3 {
  if (strength.guessesLog10 < guessesLog10.good) return 1
  return strength.guessesLog10 < guessesLog10.strong ? 2 : 3
}
