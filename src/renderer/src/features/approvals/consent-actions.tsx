import { useState } from 'react'
import type { Scope } from '../../../../shared/models/api-key.ts'
import { count } from '../../lib/format.ts'
import { AnswerActions, type AnswerProps } from './answer-actions.tsx'

const spans = [
  { value: '1', label: '1 day', meaning: 'Then it has to ask again' },
  { value: '7', label: '7 days', meaning: 'Then it has to ask again' },
  { value: '30', label: '30 days', meaning: 'Then it has to ask again' },
  { value: '90', label: '90 days', meaning: 'Then it has to ask again' },
  { value: 'open', label: 'until I revoke it', meaning: 'Or it is not used for 30 days' },
] as const

/** The answers to a sign-in: with which scopes, and until when. */
export function ConsentActions({ chosen, ...answer }: AnswerProps & { readonly chosen: ReadonlyArray<Scope> }) {
  const [span, setSpan] = useState<(typeof spans)[number]['value']>('30')
  const consent = { scopes: [...chosen], forDays: span === 'open' ? null : Number(span) }
  return (
    <AnswerActions
      {...answer}
      spans={spans}
      span={span}
      onSpan={setSpan}
      allowWords={chosen.length === 0 ? 'Nothing to allow' : `Allow ${count(chosen.length, 'scope')}`}
      allows={chosen.length === 0 ? null : { answer: 'allow', consent }}
    />
  )
}
