import { type RefObject, useState } from 'react'
import type { Approval, Decision } from '../../../../shared/models/approval.ts'
import { Button } from '../../components/ui/button.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { Select } from '../../components/ui/select.tsx'
import { type AllowChoice, allowWords, grantWords, onceOnly, toDecision } from './allow-choice.ts'
import { DenyReason } from './deny-reason.tsx'

type PromptActionsProps = {
  readonly approval: Approval
  /** False while nothing may be decided: it has just appeared, is being answered, or its time is over. */
  readonly armed: boolean
  readonly denyRef: RefObject<HTMLButtonElement | null>
  readonly onDecide: (decision: Decision) => void
}

const spans = [
  { value: 'once', label: 'this request only', meaning: 'It asks again next time' },
  { value: '15', label: '15 minutes', meaning: 'This asker, this host, these secrets' },
  { value: '60', label: '1 hour', meaning: 'This asker, this host, these secrets' },
  { value: '480', label: '8 hours', meaning: 'This asker, this host, these secrets' },
  { value: 'custom', label: 'another span…', meaning: 'Choose minutes and uses' },
] as const

/** The answers to a question. Deny is first and safe; Enter never allows, wherever the focus is. */
export function PromptActions({ approval, armed, denyRef, onDecide }: PromptActionsProps) {
  const [choice, setChoice] = useState<AllowChoice>(onceOnly)
  const [reason, setReason] = useState<string | null>(null)
  if (reason !== null) {
    return <DenyReason approval={approval} armed={armed} reason={reason} onReason={setReason} onDecide={onDecide} />
  }
  const checked = toDecision(choice)
  const decision = 'decision' in checked ? checked.decision : null
  return (
    <div className="space-y-3">
      {choice.span === 'custom' && (
        <div className="flex flex-wrap justify-end gap-3">
          <TextField
            label="Minutes"
            type="number"
            min={1}
            max={1440}
            value={choice.minutes}
            onChange={(minutes) => setChoice({ ...choice, minutes })}
            className="w-28"
          />
          <TextField
            label="Uses"
            optional
            type="number"
            min={1}
            max={1000}
            placeholder="no limit"
            value={choice.uses}
            onChange={(uses) => setChoice({ ...choice, uses })}
            className="w-32"
          />
        </div>
      )}
      {choice.span !== 'once' && (
        <p role="status" className="text-right text-12 text-ink-muted text-pretty">
          {decision?.grant === undefined ? (
            <span className="font-medium text-danger">{'problem' in checked && checked.problem}</span>
          ) : (
            <HostileText text={grantWords(approval, decision.grant, Date.now())} maxChars={500} />
          )}
        </p>
      )}
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
          <Select
            label="Allow for"
            className="h-9 w-42"
            value={choice.span}
            onChange={(span) => setChoice({ ...choice, span })}
            choices={spans}
          />
          <Button
            variant="primary"
            size="lg"
            off={!armed || decision === null}
            onKeyDown={(event) => {
              // A reflex on Enter must not let anything out; Space and a click are deliberate.
              if (event.key === 'Enter') event.preventDefault()
            }}
            onClick={() => decision !== null && onDecide(decision)}
          >
            {allowWords(choice)}
          </Button>
        </div>
      </div>
    </div>
  )
}
