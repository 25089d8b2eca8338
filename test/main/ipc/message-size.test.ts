import { describe, expect, test } from 'vitest'
import { isPlainAndSmall, maxRequestChars } from '../../../src/main/ipc/message-size.ts'

function nested(depth: number): unknown {
  let value: unknown = 'x'
  for (let level = 0; level < depth; level += 1) value = { value }
  return value
}

function cyclic(): unknown {
  const value: Record<string, unknown> = {}
  value['self'] = value
  return value
}

describe('the size of a request', () => {
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['an item', { name: 'GitHub token', allowedHosts: ['api.github.com'], notes: 'x'.repeat(10_000) }],
    ['text of exactly the limit', 'x'.repeat(maxRequestChars)],
  ])('%s passes', (_name, input) => {
    expect(isPlainAndSmall(input)).toBe(true)
  })

  test.each([
    ['text over the limit', 'x'.repeat(maxRequestChars + 1)],
    ['many texts that are over the limit together', Array.from({ length: 1100 }, () => 'x'.repeat(1000))],
    [
      'long property names',
      Object.fromEntries(Array.from({ length: 1100 }, (_, index) => [`${index}`.padStart(1000, 'x'), 1])),
    ],
    ['a hundred thousand values', Array.from({ length: 100_000 }, () => 0)],
    ['a million values', Array.from({ length: 1_000_000 })],
    ['deep nesting', nested(100)],
    ['a cycle', cyclic()],
    ['a Map', new Map([['a', 1]])],
    ['bytes', new Uint8Array(10)],
    ['a date', new Date(0)],
    ['a bigint', 1n],
    ['a function', () => 1],
    ['an object without the plain prototype', Object.create({ a: 1 })],
  ])('%s is refused', (_name, input) => {
    expect(isPlainAndSmall(input)).toBe(false)
  })
})
