import fc from 'fast-check'
import { expect, test } from 'vitest'
import { prettyJson } from '../../../src/renderer/src/lib/pretty-json.ts'

const roomChars = 20_000

test('a short object stays on one line', () => {
  expect(prettyJson('{"title":"Water the tomatoes","labels":["garden"]}', roomChars)).toBe(
    '{ "title": "Water the tomatoes", "labels": ["garden"] }',
  )
})

test('a long one is indented, its short parts stay whole', () => {
  const long = JSON.stringify({ a: 'x'.repeat(60), b: { c: 1, d: [] }, e: {} })
  expect(prettyJson(long, roomChars)).toBe(`{\n  "a": "${'x'.repeat(60)}",\n  "b": { "c": 1, "d": [] },\n  "e": {}\n}`)
})

test('a doubled name is shown twice: what is sent is what is shown', () => {
  expect(prettyJson('{"amount":1,"amount":1000000}', roomChars)).toBe('{ "amount": 1, "amount": 1000000 }')
})

test('a number keeps its digits', () => {
  expect(prettyJson('[1.0,1e3,12345678901234567890]', roomChars)).toBe('[1.0, 1e3, 12345678901234567890]')
})

test('what is not an object or array is left to be shown as text', () => {
  for (const text of ['', 'hello', '"a string"', '42', '{broken', 'a=1&b=2'])
    expect(prettyJson(text, roomChars)).toBeNull()
})

test('nothing but white space between tokens ever changes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())), (value) => {
      const sent = JSON.stringify(value)
      const tokens = (text: string) => text.match(/"(?:[^"\\]|\\.)*"|[^\s"]/g)
      const shown = prettyJson(sent, roomChars)
      expect(shown).not.toBeNull()
      expect(tokens(shown ?? '')).toEqual(tokens(sent))
    }),
  )
})

test('indenting stops where there is no more room, however deep a small body goes', () => {
  const deep = '['.repeat(8_192) + ']'.repeat(8_192)
  const beganMs = performance.now()
  expect(prettyJson(deep, roomChars)).toBeNull()
  // All of it would be 134 million characters, which take seconds.
  expect(performance.now() - beganMs).toBeLessThan(500)
})

test('what just fits is indented, one character less of room leaves it as it was sent', () => {
  const long = JSON.stringify({ a: 'x'.repeat(60), b: 'y'.repeat(60) })
  const indented = prettyJson(long, roomChars) ?? ''
  expect(prettyJson(long, indented.length)).toBe(indented)
  expect(prettyJson(long, indented.length - 1)).toBeNull()
})
