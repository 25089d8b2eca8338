import type { Approval } from '../../../../shared/models/approval.ts'

/** A piece of the sentence; `asker` and `secret` are names somebody else has chosen, to be shown as such. */
export type SentencePart = { readonly kind: 'words' | 'asker' | 'secret' | 'host'; readonly text: string }

/** The question in one sentence that a tired person understands: “Claude Desktop wants to send a request with your secret “GitHub token””. */
export function approvalSentence(
  approval: Pick<Approval, 'asker' | 'tool' | 'secrets' | 'request'>,
): ReadonlyArray<SentencePart> {
  const { asker, secrets, request } = approval
  const start: ReadonlyArray<SentencePart> =
    asker.kind === 'assistant'
      ? [words('Your assistant '), { kind: 'asker', text: asker.name }]
      : [{ kind: 'asker', text: asker.name }]
  if (approval.tool === 'sign_in') return [...start, words(' wants to sign in to Clawkeep')]
  const names = [...new Set(secrets.map((secret) => secret.name))]
  const verb = words(` wants to ${actOf(approval.tool)}`)
  if (names.length === 0) {
    const joint = isRequest(approval.tool) ? ' to ' : ' at '
    return [...start, verb, words(joint), { kind: 'host', text: request.host }]
  }
  return [
    ...start,
    verb,
    words(names.length === 1 ? ' with your secret ' : ` with ${names.length} of your secrets: `),
    ...listed(names),
  ]
}

/** The sentence as one string, for a label or a search. */
export function sentenceText(parts: ReadonlyArray<SentencePart>): string {
  return parts.map((part) => (part.kind === 'secret' ? `“${part.text}”` : part.text)).join('')
}

function actOf(tool: string): string {
  return isRequest(tool) ? 'send a request' : `use ${tool}`
}

function listed(names: ReadonlyArray<string>): ReadonlyArray<SentencePart> {
  return names.flatMap((name, position) => {
    const secret: SentencePart = { kind: 'secret', text: name }
    if (position === 0) return [secret]
    return [words(position === names.length - 1 ? ' and ' : ', '), secret]
  })
}

function words(text: string): SentencePart {
  return { kind: 'words', text }
}

function isRequest(tool: string): boolean {
  return tool === 'http_request' || tool === 'egress'
}
