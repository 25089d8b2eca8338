import type { Approval, Decision } from '../../../../shared/models/approval.ts'
import { calendarDate, shortTime } from '../../lib/format.ts'

/** How much an “allow” allows. Numbers are what was typed, so they may be nonsense until they are checked. */
export type AllowChoice = {
  readonly span: 'once' | '15' | '60' | '480' | 'custom'
  readonly minutes: string
  readonly uses: string
}

export const onceOnly: AllowChoice = { span: 'once', minutes: '30', uses: '' }

const maxMinutes = 1440
const maxUses = 1000

type Checked = { readonly decision: Extract<Decision, { answer: 'allow' }> } | { readonly problem: string }

/** Turns the choice into the decision to send, or says what is wrong with it. */
export function toDecision(choice: AllowChoice): Checked {
  if (choice.span === 'once') return { decision: { answer: 'allow' } }
  const forMinutes = choice.span === 'custom' ? Number(choice.minutes) : Number(choice.span)
  if (!Number.isInteger(forMinutes) || forMinutes < 1 || forMinutes > maxMinutes) {
    return { problem: 'Write whole minutes, from 1 to 1440 (a day).' }
  }
  const uses = choice.span === 'custom' && choice.uses.trim() !== '' ? Number(choice.uses) : null
  if (uses !== null && (!Number.isInteger(uses) || uses < 1 || uses > maxUses)) {
    return { problem: 'Write how many times, from 1 to 1000, or leave it empty.' }
  }
  return { decision: { answer: 'allow', grant: { forMinutes, uses } } }
}

/** The words on the button: how much it allows. */
export function allowWords(choice: AllowChoice): string {
  const checked = toDecision(choice)
  if ('problem' in checked || checked.decision.grant === undefined)
    return choice.span === 'once' ? 'Allow once' : 'Allow'
  return `Allow for ${spanWords(checked.decision.grant.forMinutes)}`
}

/** What a grant will let through, in one sentence, so that nobody allows more than they mean. */
export function grantWords(
  approval: Approval,
  grant: { readonly forMinutes: number; readonly uses?: number | null | undefined },
  nowMs: number,
): string {
  const names = [...new Set(approval.secrets.map((secret) => `“${secret.name}”`))].join(', ')
  const limit = grant.uses == null ? '' : grant.uses === 1 ? ', once more' : `, ${grant.uses} more times`
  const secrets = names === '' ? 'without a secret' : `with ${names}`
  return `Until ${momentWords(nowMs + grant.forMinutes * 60_000, nowMs)}, ${approval.asker.name} may send any request to ${approval.request.host} ${secrets} without asking${limit}. You can revoke it under Grants.`
}

/** The time alone only means today. */
function momentWords(atMs: number, nowMs: number): string {
  const day = calendarDate(atMs, nowMs)
  return day === calendarDate(nowMs, nowMs) ? shortTime(atMs) : `${day}, ${shortTime(atMs)}`
}

function spanWords(minutes: number): string {
  if (minutes === 60) return '1 hour'
  if (minutes % 60 === 0) return `${minutes / 60} hours`
  return minutes === 1 ? '1 minute' : `${minutes} minutes`
}
