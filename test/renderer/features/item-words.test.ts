import { expect, test } from 'vitest'
import { grouped } from '../../../src/renderer/src/features/keys/code-fact.tsx'
import { dueWords } from '../../../src/renderer/src/features/keys/due-badge.tsx'
import { fitsFilter, usefulFilter } from '../../../src/renderer/src/features/keys/filter-items.ts'
import { otpauthNames } from '../../../src/renderer/src/features/keys/otpauth-names.ts'
import { anItem } from '../support/samples.ts'

test.each([
  ['otpauth://totp/Bank:ada%40example.com?secret=A&issuer=Bank', { issuer: 'Bank', account: 'ada@example.com' }],
  ['otpauth://totp/Bank:%20ada?secret=A', { issuer: 'Bank', account: 'ada' }],
  ['otpauth://totp/ada?secret=A&issuer=The%20Bank', { issuer: 'The Bank', account: 'ada' }],
  ['otpauth://totp/?secret=A', { issuer: '', account: '' }],
  // A name may not be one that the vault refuses, nor what is not seen.
  ['otpauth://totp/x?issuer=%7B%7Bsecret%3A%E2%80%AEx%7D%7D', { issuer: 'secret:x', account: 'x' }],
  ['otpauth://totp/%E0%A4%A?secret=A', { issuer: '', account: '' }],
  ['otpauth://hotp/Bank:ada?secret=A&counter=1', null],
  ['GEZDGNBVGY3TQOJQ', null],
])('whose codes they are is read from %s', (address, names) => {
  expect(otpauthNames(address)).toEqual(names)
})

test.each([
  ['123456', '123 456'],
  ['1234567', '1234 567'],
  ['12345678', '1234 5678'],
])('the code %s is read as %s', (code, words) => {
  expect(grouped(code)).toBe(words)
})

test('what is due says by how much, and after long by its date', () => {
  const now = new Date(2027, 4, 10, 12).getTime()
  const on = (month: number, day: number) => new Date(2027, month, day).getTime()
  const words = (more: Parameters<typeof anItem>[0]) => dueWords(anItem(more), now)
  expect(words({ due: null, expiresAtMs: on(11, 1) })).toBeNull()
  expect(words({ due: 'expires-soon', expiresAtMs: on(4, 15) })).toBe('Expires in 5 days')
  expect(words({ due: 'expired', expiresAtMs: on(4, 9) })).toBe('Expired yesterday')
  expect(words({ due: 'expired', expiresAtMs: on(0, 2) })).toBe('Expired 2 Jan')
  expect(words({ due: 'rotate', rotateByMs: on(4, 1) })).toBe('Rotate by passed')
  expect(words({ due: 'rotate-soon', rotateByMs: on(4, 11) })).toBe('Rotate tomorrow')
})

test('a filter that fits nothing any more is let go, so that no list is empty for a reason nobody sees', () => {
  const items = [anItem({ tags: ['home'] }), anItem({ id: 'itm_b', kind: 'note', favourite: true })]
  expect(usefulFilter({ show: 'favourites', tag: 'home' }, items)).toEqual({ show: 'favourites', tag: 'home' })
  expect(usefulFilter({ show: 'due', tag: 'gone' }, items)).toEqual({ show: 'all', tag: null })
  expect(items.map((item) => fitsFilter(item, { show: 'note', tag: null }))).toEqual([false, true])
})
