import { expect, test } from 'vitest'
import { pairEntries } from '../../../src/renderer/src/features/audit/pair-entries.ts'
import { joinHead } from '../../../src/renderer/src/features/audit/use-audit-log.ts'
import { anEntry } from '../support/samples.ts'

const client = { kind: 'client', id: 'key_1' } as const
const opened = (index: number, op: string) =>
  anEntry({ index, op, phase: 'open', kind: 'tool.call', asker: client, tool: 'http_request' })
const closed = (index: number, op: string) =>
  anEntry({ index, op, phase: 'close', kind: 'tool.call', asker: client, outcome: 'ok', tookMs: 12 })

test('an opener and its closer are one line, where the opener stands, with what the closer knows', () => {
  const rows = pairEntries([closed(3, 'op_a'), anEntry({ index: 2 }), opened(1, 'op_a')])
  expect(rows.map(({ key }) => key)).toEqual(['entry-2', 'op-op_a'])
  expect(rows[1]).toMatchObject({ state: 'closed', facts: { tool: 'http_request', outcome: 'ok', tookMs: 12 } })
})

test('an act without an end says so', () => {
  expect(pairEntries([opened(5, 'op_b')])[0]).toMatchObject({ state: 'open', closer: null })
})

test('a closer whose opener is not loaded stands for itself and keeps its key when the opener comes', () => {
  const before = pairEntries([closed(9, 'op_c')])
  const after = pairEntries([closed(9, 'op_c'), opened(4, 'op_c')])
  expect(before[0]?.key).toBe(after[0]?.key)
  expect(after).toHaveLength(1)
})

test('many interleaved acts each find their own end', () => {
  const rows = pairEntries([closed(3, 'op_a'), closed(2, 'op_b'), opened(1, 'op_b'), opened(0, 'op_a')])
  expect(rows.map(({ opener, closer }) => [opener?.index, closer?.index])).toEqual([
    [1, 2],
    [0, 3],
  ])
})

test('new entries go before the known ones without doubling any', () => {
  const known = { entries: [anEntry({ index: 2 }), anEntry({ index: 1 })], nextBefore: 1 }
  const page = { entries: [anEntry({ index: 3 }), anEntry({ index: 2 })], nextBefore: 2 }
  expect(joinHead(known, page)).toMatchObject({ entries: [{ index: 3 }, { index: 2 }, { index: 1 }], nextBefore: 1 })
})

test('when more came than a page holds, the list starts anew instead of hiding a gap', () => {
  const known = { entries: [anEntry({ index: 2 })], nextBefore: null }
  const page = { entries: [anEntry({ index: 900 }), anEntry({ index: 899 })], nextBefore: 899 }
  expect(joinHead(known, page)).toBe(page)
})
