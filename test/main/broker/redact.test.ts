import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longestForm, redact, redactionOf } from '../../../src/main/broker/redact.ts'
import { answerOf, keepBytesFor } from '../../../src/main/broker/answer.ts'

const mark = '[secret:github]'

const encodings: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  hex: (secret) => Buffer.from(secret).toString('hex'),
  'capital hex': (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  'percent-encoded': (secret) => encodeURIComponent(secret),
  'percent-encoded in small letters': (secret) =>
    encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
  'form-encoded': (secret) => new URLSearchParams({ '': secret }).toString().slice(1),
  'every byte percent-encoded': (secret) =>
    [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  json: (secret) => JSON.stringify(secret).slice(1, -1),
  'json in ASCII, as Python writes it': (secret) =>
    JSON.stringify(secret)
      .slice(1, -1)
      .replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'json with \\/, as PHP writes it': (secret) => JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'),
  'json in json in json': (secret) => [1, 2, 3].reduce((text) => JSON.stringify(text).slice(1, -1), secret),
  'html-escaped': (secret) =>
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
}

const secretText = fc
  .string({ minLength: 6, maxLength: 60, unit: 'grapheme' })
  .filter((text) => text.isWellFormed() && text.trim().length > 5)
const around = fc.string({ maxLength: 20, unit: fc.constantFrom('.', ';', ',', ' ', '\n', '|') })

test.each(Object.keys(encodings))('finds the secret %s, whatever it is and wherever it stands', (encoding) => {
  const encode = encodings[encoding] ?? String
  fc.assert(
    fc.property(secretText, around, around, (secret, before, after) => {
      const written = encode(secret)
      const clean = redact(Buffer.from(before + written + after), [redactionOf('github', secret)]).toString()
      expect(clean).toContain(mark)
      expect(clean).not.toContain(written)
    }),
  )
})

test.each(Object.keys(encodings))('finds it %s as it stands in a JSON body, when that is repeated', (encoding) => {
  const secret = 'a"b\\c/d+e&f%g=hé'
  const written = JSON.stringify(secret).slice(1, -1)
  // Two of the three levels are left for whoever repeats it.
  const repeated = (encodings[encoding] ?? String)(encoding.startsWith('json in json') ? secret : written)
  const clean = redact(Buffer.from(`{${repeated}}`), [redactionOf('github', secret, written)]).toString()
  expect(clean).toBe(`{${mark}}`)
})

test('finds the secret inside any base64, with whatever stands before and after it', () => {
  fc.assert(
    fc.property(
      secretText,
      fc.uint8Array({ maxLength: 9 }),
      fc.uint8Array({ maxLength: 9 }),
      fc.boolean(),
      (secret, before, after, url) => {
        const bytes = Buffer.concat([before, Buffer.from(secret), after])
        const text = bytes.toString(url ? 'base64url' : 'base64')
        const clean = redact(Buffer.from(`"${text}"`), [redactionOf('github', secret)]).toString()
        expect(clean).toContain(mark)
        // What is left beside the mark decodes to nothing of the secret but at most bits of its ends.
        const [left = '', right = ''] = clean.slice(1, -1).split(mark)
        expect(Buffer.from(left, 'base64').length).toBeLessThanOrEqual(before.length)
        expect(right.length).toBeLessThanOrEqual(Math.ceil((after.length * 4) / 3) + 2)
      },
    ),
  )
})

test('a short secret is only removed as it is', () => {
  expect(redact(Buffer.from('pin 123, hex 313233'), [redactionOf('pin', '123')]).toString()).toBe(
    'pin [secret:pin], hex 313233',
  )
})

test('secrets that overlap or repeat leave nothing of either', () => {
  const both = [redactionOf('a', 'abcdef'), redactionOf('b', 'defghi')]
  expect(redact(Buffer.from('xabcdefghix'), both).toString()).toBe('x[secret:a]x')
  expect(redact(Buffer.from('abcdefabcdef.'), both).toString()).not.toContain('abc')
})

test('bytes that are no text pass unharmed', () => {
  const bytes = Buffer.from([0, 255, 254, 128, 10, 13])
  expect(redact(bytes, [redactionOf('github', 'secret-token')])).toEqual(bytes)
})

test('a secret across the end of what is kept is not cut into a readable half', () => {
  const secret = 'tok_0123456789abcdef'
  const redactions = [redactionOf('github', secret)]
  const limit = 1_048_576
  expect(keepBytesFor(redactions)).toBe(limit + longestForm(redactions))
  for (const overlap of [1, 5, secret.length - 1]) {
    const body = Buffer.from('.'.repeat(limit - overlap) + secret + '.'.repeat(200)).subarray(
      0,
      keepBytesFor(redactions),
    )
    const answer = answerOf({ status: 200, headers: [], body, cut: true }, redactions)
    expect(answer.truncated).toBe(true)
    expect(answer.body.length).toBeLessThanOrEqual(limit)
    expect(mark.startsWith(answer.body.toString().replace(/^\.*/, ''))).toBe(true)
  }
})

test('redactions that shrink the body do not let a cut secret slip in behind them', () => {
  const secret = 's'.repeat(1000)
  const redactions = [redactionOf('s', secret)]
  const body = Buffer.from(`${secret}.`.repeat(1100)).subarray(0, keepBytesFor(redactions))
  const answer = answerOf({ status: 200, headers: [], body, cut: true }, redactions)
  expect(answer.body.toString().replaceAll('[secret:s]', '').replaceAll('.', '')).toBe('')
})

test('an answer that is all marks stays bounded', () => {
  const redactions = [redactionOf('n'.repeat(200), 'a')]
  const answer = answerOf({ status: 200, headers: [], body: Buffer.from('a.'.repeat(524_288)), cut: false }, redactions)
  expect(answer.body.length).toBeLessThanOrEqual(1_048_576)
  expect(answer.truncated).toBe(true)
})
