import type { ArgumentTest } from '../../shared/models/policy.ts'
import { matchesGlob } from './glob.ts'
import { hostFits } from './host-pattern.ts'
import { findByPointer } from './json-pointer.ts'

/**
 * Whether one argument passes one test. A missing argument passes only `absent`.
 * Throws when the test cannot be judged: a broken pointer, glob or pattern, or an argument of a type the test is not for,
 * such as a list.
 */
export function passesTest(test: ArgumentTest, args: unknown): boolean {
  const found = findByPointer(args, inLowerCase(test.path))
  if ('absent' in test) return !found.there
  if (!found.there) return false
  const { value } = found
  // Of a header that is sent twice, which one counts is the server's choice.
  if (Array.isArray(value)) throw new TypeError('Not one value')
  if ('equals' in test) return value === test.equals
  if ('in' in test) return test.in.some((entry) => entry === value)
  if ('prefix' in test) return textOf(value).startsWith(test.prefix)
  if ('glob' in test) return matchesGlob(test.glob, textOf(value))
  if ('host' in test) return hostFits(test.host, webAddress(textOf(value)), 'any-port')
  const [from, to] = test.range
  if (typeof value !== 'number' || Number.isNaN(value) || from > to) throw new TypeError('Not a number in a range')
  return value >= from && value <= to
}

/** Names of headers have no case (RFC 9110, 5.1): requests come here with lower-case ones, so a rule's are read as such. */
function inLowerCase(pointer: string): string {
  return pointer.replace(/^\/headers\/[^/]+/, (start) => start.toLowerCase())
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('Not a text')
  return value
}

function webAddress(text: string): URL {
  const url = new URL(text)
  if (url.hostname === '') throw new TypeError('An address without a host')
  return url
}
