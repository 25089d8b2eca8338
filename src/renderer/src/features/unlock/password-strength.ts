export type Strength = { readonly level: 0 | 1 | 2 | 3; readonly words: string }

/** The least a new password must have; the main process holds the same line. */
export const minPasswordChars = 10

const common = /pass|qwert|asdf|1234|letmein|admin|welcome|clawkeep|abc/i

/**
 * Says roughly how long a stolen vault file would withstand guessing. It counts the kinds of characters and takes away
 * for repeats and for what everybody tries; it is advice, not a gate.
 */
export function passwordStrength(password: string): Strength {
  const length = [...password].length
  if (length < minPasswordChars) {
    const missing = minPasswordChars - length
    return { level: 0, words: `${missing} more ${missing === 1 ? 'character' : 'characters'}` }
  }
  const different = new Set(password.toLowerCase()).size
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u].filter((kind) => kind.test(password)).length
  const alphabet = [0, 26, 42, 60, 75][kinds] ?? 75
  const weight = Math.min(length, different * 2) - (common.test(password) ? 5 : 0)
  const bits = Math.max(0, weight) * Math.log2(Math.max(2, alphabet)) * 0.75
  if (bits < 40) return { level: 1, words: 'Weak: a few more words would make it strong' }
  if (bits < 60) return { level: 2, words: 'Good' }
  return { level: 3, words: 'Strong' }
}
