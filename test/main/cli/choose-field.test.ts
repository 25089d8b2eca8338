import { expect, test } from 'vitest'
import { chooseField, revealedValue, type Revealable } from '../../../src/main/cli/commands/choose-field.ts'
import { codeOf } from '../../support/error-code.ts'

const own = [
  { field: 'field:fld_1', name: 'secret' },
  { field: 'field:fld_2', name: 'Pín' },
  { field: 'field:fld_3', name: 'id' },
] as const
const withBoth: Revealable = { usual: ['secret', 'notes'], own }
const onlyOwn: Revealable = { usual: [], own }

test.each([
  ['the usual part', 'notes', withBoth, 'notes'],
  ['the secret, when nothing is named', undefined, withBoth, 'secret'],
  ['an own field called like a part the item does not have', 'secret', onlyOwn, 'field:fld_1'],
  ['the same when nothing is named', undefined, onlyOwn, 'field:fld_1'],
  ['a part that is empty, when nothing else is called so', 'totp', onlyOwn, 'totp'],
  ['the usual part beside an own field of its name', 'part:secret', withBoth, 'secret'],
  ['the own field beside a part of its name', 'field:fld_1', withBoth, 'field:fld_1'],
  ['an own field, its accents written apart', 'Pín'.normalize('NFD'), withBoth, 'field:fld_2'],
] as const)('--field finds %s', (_what, given, item, field) => {
  expect(chooseField(given, item).field).toBe(field)
})

test('where a part and an own field have one name, both ways to name them are told', () => {
  expect(() => chooseField('secret', withBoth)).toThrow(
    expect.objectContaining({ code: 'conflict', hint: 'Use --field part:secret or --field field:fld_1.' }) as Error,
  )
  expect(codeOf(() => chooseField('colour', withBoth))).toBe('not_found')
  expect(codeOf(() => chooseField('field:fld_9', withBoth))).toBe('not_found')
})

test('a revealed value takes the place of nothing else, whatever its field is called', () => {
  expect(revealedValue(chooseField('notes', withBoth), 'x')).toEqual({ notes: 'x' })
  expect(revealedValue(chooseField('id', withBoth), 'x')).toEqual({ revealed: { name: 'id', value: 'x' } })
  expect(revealedValue(chooseField('secret', onlyOwn), 'x')).toEqual({ revealed: { name: 'secret', value: 'x' } })
})
