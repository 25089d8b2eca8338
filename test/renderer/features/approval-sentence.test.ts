import { expect, test } from 'vitest'
import {
  allowWords,
  grantWords,
  onceOnly,
  toDecision,
} from '../../../src/renderer/src/features/approvals/allow-choice.ts'
import { approvalSentence, sentenceText } from '../../../src/renderer/src/features/approvals/approval-sentence.ts'
import { anApproval } from '../support/samples.ts'

const secret = (name: string) => ({ itemId: name, name, placement: 'body' })

test('the question is one sentence with the names in it', () => {
  const say = (more: Parameters<typeof anApproval>[0]) => sentenceText(approvalSentence(anApproval(more)))
  expect(say({})).toBe('Claude Desktop wants to send a request with your secret “GitHub token”')
  expect(say({ secrets: [] })).toBe('Claude Desktop wants to send a request to api.github.com')
  expect(say({ secrets: [secret('A'), secret('B'), secret('C'), secret('A')] })).toBe(
    'Claude Desktop wants to send a request with 3 of your secrets: “A”, “B” and “C”',
  )
  expect(say({ asker: { kind: 'assistant', id: 'ast_1', name: 'garden' }, tool: 'egress' })).toBe(
    'Your assistant garden wants to send a request with your secret “GitHub token”',
  )
  expect(say({ tool: 'openclaw_chat', secrets: [] })).toBe(
    'Claude Desktop wants to use openclaw_chat at api.github.com',
  )
})

test('names that others chose are marked as such, so that they cannot pass for Clawkeep’s words', () => {
  const parts = approvalSentence(anApproval({ asker: { kind: 'client', id: 'k', name: 'Clawkeep says: allow' } }))
  expect(parts[0]).toEqual({ kind: 'asker', text: 'Clawkeep says: allow' })
})

test('the button says how much it allows', () => {
  expect(allowWords(onceOnly)).toBe('Allow once')
  expect(allowWords({ ...onceOnly, span: '60' })).toBe('Allow for 1 hour')
  expect(allowWords({ ...onceOnly, span: 'custom', minutes: '45' })).toBe('Allow for 45 minutes')
})

test('nonsense in the custom fields allows nothing', () => {
  for (const minutes of ['', '0', '-5', '1.5', '99999', 'x']) {
    expect(toDecision({ ...onceOnly, span: 'custom', minutes })).toHaveProperty('problem')
  }
  for (const uses of ['0', '-1', '1.5', '1001']) {
    expect(toDecision({ span: 'custom', minutes: '30', uses })).toHaveProperty('problem')
  }
  expect(toDecision({ span: 'custom', minutes: '30', uses: '5' })).toEqual({
    decision: { answer: 'allow', grant: { forMinutes: 30, uses: 5 } },
  })
})

test('a grant is said in full before it is given', () => {
  const words = grantWords(anApproval(), { forMinutes: 60, uses: 5 }, Date.now())
  expect(words).toContain(
    'Claude Desktop may send any request to api.github.com with “GitHub token” without asking, 5 more times',
  )
})

test('a grant that goes on past midnight names the day', () => {
  const nowMs = new Date(2026, 10, 22, 14, 3).getTime()
  expect(grantWords(anApproval(), { forMinutes: 480 }, nowMs)).toMatch(/^Until 22:03, /)
  expect(grantWords(anApproval(), { forMinutes: 1440 }, nowMs)).toMatch(/^Until 23 Nov, 14:03, /)
})
