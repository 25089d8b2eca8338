import type { ArgumentTest } from '../../shared/models/policy.ts'
import { matchesGlob } from './glob.ts'
import { hostFits } from './host-pattern.ts'
import { findByPointer } from './json-pointer.ts'

/**
 * Whether one argument passes one test. A missing argument passes only `absent`.
 * Throws when the test cannot be judged: a broken pointer, glob or pattern, or an argument of a type the test is not for.
 */
export function passesTest(test: ArgumentTest, args: unknown): boolean {
  const found = findByPointer(args, test.path)
  if ('absent' in test) return !found.there
  if (!found.there) return false
  const { value } = found
  if ('equals' in test) return value === test.equals
  if ('in' in test) return test.in.some((entry) => entry === value)
  if ('prefix' in test) return textOf(value).startsWith(test.prefix)
  if ('glob' in test) return matchesGlob(test.glob, textOf(value))
  if ('host' in test) return hostFits(test.host, webAddress(textOf(value)), 'any-port')
  const [from, to] = test.range
  if (typeof value !== 'number' || Number.isNaN(value) || from > to) throw new TypeError('Not a number in a range')
  return value >= from && value <= to
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
