import { Hourglass } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Scope } from '../../../../shared/models/api-key.ts'
import type { Approval, Decision } from '../../../../shared/models/approval.ts'
import { Problem } from '../../components/ui/problem.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { countdown } from '../../lib/format.ts'
import { useAction } from '../../lib/queries.ts'
import { isModalOpen, isTextField, isTyping, useKeys } from '../../lib/shortcuts.ts'
import { useNow } from '../../lib/use-now.ts'
import { visibleString } from '../../lib/visible-text.ts'
import { ConsentActions } from './consent-actions.tsx'
import { ConsentDetails } from './consent-details.tsx'
import { PromptActions } from './prompt-actions.tsx'
import { RequestDetails } from './request-details.tsx'
import { Sentence } from './sentence.tsx'
import { useArming } from './use-arming.ts'

/** The question: who wants what, exactly, and the answers. Mount it with the approval's id as its key. */
export function ApprovalPrompt({ approval, more }: { readonly approval: Approval; readonly more: number }) {
  const deny = useRef<HTMLButtonElement>(null)
  const card = useRef<HTMLElement>(null)
  // The prompt before, whose place this one takes, is still there now: the words to go with its denial may be on their way.
  const [interrupts] = useState(() => isTextField(document.activeElement))
  const inTime = useArming(approval.id, interrupts)
  const leftMs = approval.expiresAtMs - useNow()
  const decide = useAction('approvals.decide')
  const { consent } = approval
  const [chosen, setChosen] = useState<ReadonlyArray<Scope>>(() => consent?.scopes.map(({ scope }) => scope) ?? [])
  const armed = inTime && leftMs > 0 && !decide.isPending

  useEffect(() => {
    // Chosen from the rows below, it must not show its answers without who asks.
    card.current?.scrollIntoView({ block: 'start' })
    // Something modal keeps its focus; the prompt is still there when it closes.
    if (!isModalOpen()) (interrupts ? card : deny).current?.focus({ preventScroll: true })
  }, [interrupts])

  const answer = (decision: Decision) => {
    if (!armed) return
    decide.mutate(
      { id: approval.id, decision },
      { onSuccess: () => sayDone(doneWords(decision), visibleString(approval.asker.name, 60)) },
    )
  }

  useKeys((event) => {
    if (
      event.key.toLowerCase() !== 'd' ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      event.repeat ||
      isTyping(event)
    )
      return
    event.preventDefault()
    answer({ answer: 'deny', reason: '' })
  })

  return (
    <article
      ref={card}
      tabIndex={-1}
      aria-labelledby={`${approval.id}-sentence`}
      className="scroll-mt-5 rounded-xl border outline-none border-line bg-surface"
    >
      <div className="flex items-center gap-2 px-5 pt-4 text-13">
        <Hourglass size={14} aria-hidden className="text-wait" />
        <span role="timer" className="font-medium text-wait tabular-nums">
          {leftMs > 0 ? `waiting · expires in ${countdown(leftMs)}` : 'the time is over'}
        </span>
        {more > 0 && <span className="ml-auto text-ink-muted">{more} more waiting</span>}
      </div>
      <h2 id={`${approval.id}-sentence`} className="px-5 pt-1.5 pb-4 text-20 text-balance">
        <Sentence approval={approval} />
      </h2>
      <div className="px-5 pb-5">
        {consent === null ? (
          <RequestDetails approval={approval} />
        ) : (
          <ConsentDetails
            consent={consent}
            host={approval.request.host}
            risks={approval.risks}
            chosen={chosen}
            onChosen={setChosen}
          />
        )}
        {decide.error !== null && <Problem error={decide.error} className="mt-4" />}
      </div>
      <div className="sticky bottom-0 rounded-b-xl border-t border-line bg-surface px-5 py-3.5">
        {consent === null ? (
          <PromptActions approval={approval} armed={armed} denyRef={deny} onDecide={answer} />
        ) : (
          <ConsentActions approval={approval} chosen={chosen} armed={armed} denyRef={deny} onDecide={answer} />
        )}
      </div>
    </article>
  )
}

function doneWords(decision: Decision): string {
  if (decision.answer === 'deny') return 'Denied'
  if (decision.consent !== undefined) return 'Signed in'
  return decision.grant === undefined ? 'Allowed once' : 'Allowed, with a grant'
}
