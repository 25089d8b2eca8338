import { expect, test } from 'vitest'
import { loadJudge } from '../../src/shared/strength.ts'

const judge = await loadJudge()

test.each([
  ['password', 0],
  ['P@ssw0rd!', 1],
  ['hunter2', 1],
  ['qwertyuiop[]', 1],
  ['Summer2024!', 2],
  ['aaaaaaaaaaaaaaaaaaaaaaaaaaaa', 0],
  ['correct horse battery staple', 4],
  ['kP9$vL2!xQ7z', 4],
  // Names of what every object has.
  ['constructor', 1],
  ['__proto__', 3],
  ['', 0],
])('%j has the score %i', (password, score) => {
  expect(judge(password).score).toBe(score)
})

test('what the guesser knows makes a password weaker', () => {
  expect(judge('zwitschermaschine', ['zwitschermaschine']).score).toBe(0)
  expect(judge('zwitschermaschine').score).toBeGreaterThan(2)
})

test('only the beginning of a long one is judged, so that it takes no longer', () => {
  const long = 'kP9$vL2!xQ7z'.repeat(5_000)
  expect(judge(long).guessesLog10).toBe(judge(long.slice(0, 40)).guessesLog10)
})
