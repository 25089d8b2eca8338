import { type ReactNode, type RefObject, useState } from 'react'
import type { Approval, Decision } from '../../../../shared/models/approval.ts'
import { Button } from '../../components/ui/button.tsx'
import { type Choice, Select } from '../../components/ui/select.tsx'
import { DenyReason } from './deny-reason.tsx'

/** What each kind of question is given to be answered. */
export type AnswerProps = {
  readonly approval: Approval
  /** False while nothing may be decided: it has just appeared, is being answered, or its time is over. */
  readonly armed: boolean
  readonly denyRef: RefObject<HTMLButtonElement | null>
  readonly onDecide: (decision: Decision) => void
}

type AnswerActionsProps<T extends string> = AnswerProps & {
  /** What “Allow for” offers. */
  readonly spans: ReadonlyArray<Choice<T>>
  readonly span: T
  readonly onSpan: (span: T) => void
  readonly allowWords: string
  /** What Allow decides; null while what was chosen cannot be allowed. */
  readonly allows: Decision | null
  /** Stands above the buttons: what the chosen span still needs or means. */
  readonly children?: ReactNode
}

/** The answers to a question. Deny is first and safe; Enter never allows, wherever the focus is. */
export function AnswerActions<T extends string>(props: AnswerActionsProps<T>) {
  const { approval, armed, denyRef, onDecide, spans, span, onSpan, allowWords, allows, children } = props
  const [reason, setReason] = useState<string | null>(null)
  if (reason !== null) {
    return <DenyReason approval={approval} armed={armed} reason={reason} onReason={setReason} onDecide={onDecide} />
  }
  return (
    <div className="space-y-3">
      {children}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          ref={denyRef}
          variant="deny"
          size="lg"
          className="outline-offset-2 outline-accent focus:outline-2"
          off={!armed}
          onClick={() => onDecide({ answer: 'deny', reason: '' })}
        >
          Deny
        </Button>
        <Button variant="ghost" size="lg" off={!armed} onClick={() => setReason('')}>
          Deny with reason…
        </Button>
        <div className="ml-auto flex items-center gap-2">
          <span className="text-13 text-ink-muted" aria-hidden>
            Allow for
          </span>
          <Select label="Allow for" className="h-9 w-42" value={span} onChange={onSpan} choices={spans} />
          <Button
            variant="primary"
            size="lg"
            off={!armed || allows === null}
            onKeyDown={(event) => {
              // A reflex on Enter must not let anything through; Space and a click are deliberate.
              if (event.key === 'Enter') event.preventDefault()
            }}
            onClick={() => allows !== null && onDecide(allows)}
          >
            {allowWords}
          </Button>
        </div>
      </div>
    </div>
  )
}
