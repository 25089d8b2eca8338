import { type RefObject, useState } from 'react'
import type { Scope } from '../../../../shared/models/api-key.ts'
import type { Approval, Decision } from '../../../../shared/models/approval.ts'
import { Button } from '../../components/ui/button.tsx'
import { Select } from '../../components/ui/select.tsx'
import { count } from '../../lib/format.ts'
import { DenyReason } from './deny-reason.tsx'

type ConsentActionsProps = {
  readonly approval: Approval
  readonly chosen: ReadonlyArray<Scope>
  /** False while nothing may be decided: it has just appeared, is being answered, or its time is over. */
  readonly armed: boolean
  readonly denyRef: RefObject<HTMLButtonElement | null>
  readonly onDecide: (decision: Decision) => void
}

const spans = [
  { value: '1', label: '1 day', meaning: 'Then it has to ask again' },
  { value: '7', label: '7 days', meaning: 'Then it has to ask again' },
  { value: '30', label: '30 days', meaning: 'Then it has to ask again' },
  { value: '90', label: '90 days', meaning: 'Then it has to ask again' },
  { value: 'open', label: 'until I revoke it', meaning: 'Or it is not used for 30 days' },
] as const

/** The answers to a sign-in. Deny is first and safe; Enter never allows, wherever the focus is. */
export function ConsentActions({ approval, chosen, armed, denyRef, onDecide }: ConsentActionsProps) {
  const [span, setSpan] = useState<(typeof spans)[number]['value']>('30')
  const [reason, setReason] = useState<string | null>(null)
  if (reason !== null) {
    return <DenyReason approval={approval} armed={armed} reason={reason} onReason={setReason} onDecide={onDecide} />
  }
  const forDays = span === 'open' ? null : Number(span)
  return (
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
        <Select label="Allow for" className="h-9 w-40" value={span} onChange={setSpan} choices={spans} />
        <Button
          variant="primary"
          size="lg"
          off={!armed || chosen.length === 0}
          onKeyDown={(event) => {
            // A reflex on Enter must not let anything in; Space and a click are deliberate.
            if (event.key === 'Enter') event.preventDefault()
          }}
          onClick={() => onDecide({ answer: 'allow', consent: { scopes: [...chosen], forDays } })}
        >
          {chosen.length === 0 ? 'Nothing to allow' : `Allow ${count(chosen.length, 'scope')}`}
        </Button>
      </div>
    </div>
  )
}
