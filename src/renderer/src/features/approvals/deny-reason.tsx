import type { Approval, Decision } from '../../../../shared/models/approval.ts'
import { Button } from '../../components/ui/button.tsx'
import { TextArea } from '../../components/ui/field.tsx'
import { HostileText } from '../../components/ui/hostile-text.tsx'

type DenyReasonProps = {
  readonly approval: Approval
  readonly armed: boolean
  readonly onDecide: (decision: Decision) => void
  readonly reason: string
  readonly onReason: (reason: string | null) => void
}

/** The words that go with a denial. Esc goes back. */
export function DenyReason({ approval, armed, reason, onReason, onDecide }: DenyReasonProps) {
  return (
    <div
      className="space-y-3"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.preventDefault()
        onReason(null)
      }}
    >
      <TextArea
        label="Your reason"
        hint={
          <>
            <HostileText text={approval.asker.name} maxChars={60} /> will read this. Say what it should do instead.
          </>
        }
        rows={2}
        maxLength={500}
        autoFocus
        value={reason}
        onChange={onReason}
      />
      <div className="flex gap-2">
        <Button
          variant="deny"
          size="lg"
          off={!armed}
          onClick={() => onDecide({ answer: 'deny', reason: reason.trim() })}
        >
          Deny
        </Button>
        <Button variant="ghost" size="lg" onClick={() => onReason(null)}>
          Back
        </Button>
      </div>
    </div>
  )
}
