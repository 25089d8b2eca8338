import { expect, test } from 'vitest'
import { parseDurationMs } from '../../../src/main/cli/duration.ts'
import { moment, plain, table } from '../../../src/main/cli/table.ts'

test.each([
  ['30s', 30_000],
  ['15m', 900_000],
  ['1h', 3_600_000],
  ['30d', 2_592_000_000],
])('%s is read as a length of time', (text, expectedMs) => {
  expect(parseDurationMs(text)).toBe(expectedMs)
})

test.each(['', '0m', '1', 'h', '1.5h', '-1h', '1w', '99999999d', '1h '])('“%s” is refused with a hint', (text) => {
  expect(() => parseDurationMs(text)).toThrow(/not a length of time/)
})

test('an escape sequence in a name cannot move the cursor of the terminal', () => {
  expect(plain('a\u001b[2Jb\u202ec')).toBe('a?[2Jb?c')
  expect(table(['name'], [['\u001b]0;x\u0007']])).not.toMatch(/[\u001b\u0007]/)
})

test('a time that is none, from a file that was changed, keeps no list from being shown', () => {
  expect(moment(9e15)).toBe('Invalid Date')
  expect(moment(null)).toBe('never')
  expect(moment(1_700_000_000_000)).toBe(new Date(1_700_000_000_000).toLocaleString())
})

test('a table may have more rows than a call has room for arguments', () => {
  const rows = Array.from({ length: 300_000 }, (_, at) => [String(at)])
  expect(table(['n'], rows).split('\n')).toHaveLength(300_001)
})
