import { useState } from 'react'
import { TextField } from '../../components/ui/field.tsx'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { type AllowChoice, allowWords, grantWords, onceOnly, toDecision } from './allow-choice.ts'
import { AnswerActions, type AnswerProps } from './answer-actions.tsx'

const spans = [
  { value: 'once', label: 'this request only', meaning: 'It asks again next time' },
  { value: '15', label: '15 minutes', meaning: 'This asker, this host, these secrets' },
  { value: '60', label: '1 hour', meaning: 'This asker, this host, these secrets' },
  { value: '480', label: '8 hours', meaning: 'This asker, this host, these secrets' },
  { value: 'custom', label: 'another span…', meaning: 'Choose minutes and uses' },
] as const

/** The answers to a request: once, or with a grant for a while. */
export function PromptActions(answer: AnswerProps) {
  const [choice, setChoice] = useState<AllowChoice>(onceOnly)
  const checked = toDecision(choice)
  const decision = 'decision' in checked ? checked.decision : null
  return (
    <AnswerActions
      {...answer}
      spans={spans}
      span={choice.span}
      onSpan={(span) => setChoice({ ...choice, span })}
      allowWords={allowWords(choice)}
      allows={decision}
    >
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
            <HostileText text={grantWords(answer.approval, decision.grant, Date.now())} maxChars={500} />
          )}
        </p>
      )}
    </AnswerActions>
  )
}
