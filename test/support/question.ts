import { hashArgs, type Question } from '../../src/main/approvals/question.ts'

/** A question as a client's `http_request` asks it. */
export function question(url: string, more: Partial<Question> = {}): Question {
  const args = { method: 'POST', url }
  return {
    asker: { kind: 'client', id: 'key_test', name: 'Test client' },
    tool: 'http_request',
    definitionHash: 'd'.repeat(64),
    argsHash: hashArgs(args),
    policyVersion: 'p'.repeat(64),
    request: { method: 'POST', url, host: new URL(url).host, headers: [], body: null },
    secrets: [],
    reason: 'Because the test wants it.',
    risks: [],
    ...more,
  }
}
