import { hashArgs, type Question } from '../../../src/main/approvals/question.ts'

/** The question with one part of what its answer is bound to changed. */
export function changeQuestion(base: Question, { kind, value }: { kind: string; value: unknown }): Question {
  const word = String(value)
  const { request } = base
  switch (kind) {
    case 'asker':
      return { ...base, asker: { ...base.asker, id: `x${word}` } }
    case 'args':
      return { ...base, argsHash: hashArgs({ changed: value }) }
    case 'url':
    case 'method':
      return { ...base, request: { ...request, [kind]: `x${word}` } }
    case 'header':
      return { ...base, request: { ...request, headers: [{ name: 'X', value: word }] } }
    case 'body':
      return { ...base, request: { ...request, body: { text: word, bytes: 1, truncated: false } } }
    case 'item':
      return { ...base, secrets: [{ itemId: `x${word}`, name: 'github', placement: 'header Authorization' }] }
    case 'placement':
      return { ...base, secrets: [{ itemId: 'itm_1', name: 'github', placement: `x${word}` }] }
    default:
      return { ...base, [kind]: `x${word}` }
  }
}
