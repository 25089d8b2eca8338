import fc from 'fast-check'
import { expect, test } from 'vitest'
import { callHash, hashArgs, questionDigest } from '../../../src/main/approvals/question.ts'
import { question } from '../../support/question.ts'
import { changeQuestion } from './change-question.ts'

const mine = (more = {}) => question('https://api.github.com/repos/ada/garden/issues', more)

const text = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }).map((value) => value.toWellFormed())
const change = fc.oneof(
  fc.record({ kind: fc.constant('asker' as const), value: text }),
  fc.record({ kind: fc.constant('tool' as const), value: text }),
  fc.record({ kind: fc.constant('definitionHash' as const), value: text }),
  fc.record({ kind: fc.constant('policyVersion' as const), value: text }),
  fc.record({ kind: fc.constant('args' as const), value: fc.jsonValue() }),
  fc.record({ kind: fc.constant('url' as const), value: text }),
  fc.record({ kind: fc.constant('method' as const), value: text }),
  fc.record({ kind: fc.constant('header' as const), value: text }),
  fc.record({ kind: fc.constant('body' as const), value: text }),
  fc.record({ kind: fc.constant('item' as const), value: text }),
  fc.record({ kind: fc.constant('placement' as const), value: text }),
)

test('any change of any part gives another digest and another call, and so does another expiry', () => {
  const base = mine()
  fc.assert(
    fc.property(change, fc.integer({ min: 1, max: 1e9 }), (what, laterMs) => {
      const other = changeQuestion(base, what)
      expect(questionDigest(other, 1000)).not.toBe(questionDigest(base, 1000))
      expect(callHash(other)).not.toBe(callHash(base))
      expect(questionDigest(base, 1000 + laterMs)).not.toBe(questionDigest(base, 1000))
    }),
  )
})

test('names and reasons are not the act: they may change', () => {
  const renamed = mine({ asker: { kind: 'client', id: 'key_test', name: 'New name' }, reason: 'In other words.' })
  expect(callHash(renamed)).toBe(callHash(mine()))
})

test('bytes count by their content', () => {
  expect(hashArgs({ body: Buffer.from('a') })).toBe(hashArgs({ body: new Uint8Array([97]) }))
  expect(hashArgs({ body: Buffer.from('a') })).not.toBe(hashArgs({ body: Buffer.from('b') }))
})

test('arguments without a JSON form are refused, not asked about', () => {
  expect(() => hashArgs({ text: '\ud800' })).toThrow(expect.objectContaining({ code: 'invalid' }))
  let deep: unknown = 1
  for (let depth = 0; depth < 100_000; depth++) deep = [deep]
  expect(() => hashArgs(deep)).toThrow(expect.objectContaining({ code: 'invalid' }))
})
