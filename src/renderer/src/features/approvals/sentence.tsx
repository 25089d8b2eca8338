import type { Approval } from '../../../../shared/models/approval.ts'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { Host } from '../../components/ui/host.tsx'
import { approvalSentence } from './approval-sentence.ts'

const nameMaxChars = 60

/** The question as one sentence. */
export function Sentence({
  approval,
}: {
  readonly approval: Pick<Approval, 'asker' | 'tool' | 'secrets' | 'request'>
}) {
  return approvalSentence(approval).map((part, position) => {
    // The parts of one sentence never change their places.
    const key = position
    if (part.kind === 'words') return <span key={key}>{part.text}</span>
    if (part.kind === 'host') return <Host key={key} host={part.text} className="text-[0.92em]" />
    if (part.kind === 'asker')
      return <HostileText key={key} text={part.text} maxChars={nameMaxChars} className="font-semibold" />
    return (
      <span key={key}>
        “<HostileText text={part.text} maxChars={nameMaxChars} className="font-semibold" />”
      </span>
    )
  })
}
