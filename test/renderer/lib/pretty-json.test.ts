import fc from 'fast-check'
import { expect, test } from 'vitest'
import { prettyJson } from '../../../src/renderer/src/lib/pretty-json.ts'

test('a short object stays on one line', () => {
  expect(prettyJson('{"title":"Water the tomatoes","labels":["garden"]}')).toBe(
    '{ "title": "Water the tomatoes", "labels": ["garden"] }',
  )
})

test('a long one is indented, its short parts stay whole', () => {
  const long = JSON.stringify({ a: 'x'.repeat(60), b: { c: 1, d: [] }, e: {} })
  expect(prettyJson(long)).toBe(`{\n  "a": "${'x'.repeat(60)}",\n  "b": { "c": 1, "d": [] },\n  "e": {}\n}`)
})

test('a doubled name is shown twice: what is sent is what is shown', () => {
  expect(prettyJson('{"amount":1,"amount":1000000}')).toBe('{ "amount": 1, "amount": 1000000 }')
})

test('a number keeps its digits', () => {
  expect(prettyJson('[1.0,1e3,12345678901234567890]')).toBe('[1.0, 1e3, 12345678901234567890]')
})

test('what is not an object or array is left to be shown as text', () => {
  for (const text of ['', 'hello', '"a string"', '42', '{broken', 'a=1&b=2']) expect(prettyJson(text)).toBeNull()
})

test('nothing but white space between tokens ever changes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())), (value) => {
      const sent = JSON.stringify(value)
      const tokens = (text: string) => text.match(/"(?:[^"\\]|\\.)*"|[^\s"]/g)
      const shown = prettyJson(sent)
      expect(shown).not.toBeNull()
      expect(tokens(shown ?? '')).toEqual(tokens(sent))
    }),
  )
})
