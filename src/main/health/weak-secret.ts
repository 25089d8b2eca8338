import type { ItemKind } from '../../shared/models/item.ts'
import type { Strength } from '../../shared/strength.ts'

/**
 * The score of zxcvbn from which a secret is strong enough. People choose the password of a login: below 10^8 guesses it is weak. A key
 * comes from its service: only what anybody would try (below 10^6) was made by hand. The rest is not for guessing.
 */
const strongFrom: Partial<Readonly<Record<ItemKind, Strength['score']>>> = { login: 3, 'api-key': 2 }

/** Shorter is weak whatever it is: zxcvbn counts ten guesses for a character that it cannot explain. */
const shortest: Partial<Readonly<Record<ItemKind, number>>> = { login: 8, 'api-key': 6 }

const random = { chars: 16, different: 12, turns: 8 }

/** Whether the secret of an item of this kind is judged by how it could be guessed. */
export function isGuessable(kind: ItemKind): boolean {
  return strongFrom[kind] !== undefined
}

/** Weak or not, where a glance is enough; null: zxcvbn must judge. */
export function weakAtAGlance(kind: ItemKind, secret: string): boolean | null {
  if (secret.length < (shortest[kind] ?? 0)) return true
  return looksRandom(secret) ? false : null
}

/** Whether a score makes the secret of an item of this kind a weak one. */
export function isWeak(kind: ItemKind, score: Strength['score']): boolean {
  return score < (strongFrom[kind] ?? 0)
}

/**
 * True for what a generator makes: long, of many different characters that change between small, capital, digit and symbol all the
 * time. What people write, also with digits for letters, does not do that, and needs no zxcvbn to be told apart.
 */
function looksRandom(secret: string): boolean {
  if (secret.length < random.chars) return false
  const start = secret.slice(0, 4 * random.chars)
  if (new Set(start.toLowerCase()).size < random.different) return false
  let turns = 0
  for (let at = 1; at < start.length; at += 1) if (classOf(start, at) !== classOf(start, at - 1)) turns += 1
  return turns >= random.turns
}

function classOf(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if (unit >= 0x61 && unit <= 0x7a) return 1
  if (unit >= 0x41 && unit <= 0x5a) return 2
  return unit >= 0x30 && unit <= 0x39 ? 3 : 4
}
