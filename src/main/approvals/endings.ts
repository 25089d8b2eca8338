import { AppError } from '../../shared/app-error.ts'
import type { Approval } from '../../shared/models/approval.ts'

export type Ending = Pick<Approval, 'state' | 'answer'> & Partial<Approval>

/** What an asker is told when its question ends without a decision. */
export const endings = {
  locked: 'The vault was locked before an answer.',
  closed: 'Clawkeep was closed before an answer.',
  changed: 'The request, the tool or the policy changed after the answer.',
  expired: 'Nobody answered in time.',
} as const

/** For an answer that comes too late. */
export function alreadyAnswered(state: Approval['state']): AppError {
  const expired = state === 'expired'
  const message = expired ? 'This question expired before the answer.' : 'This question was already answered.'
  return new AppError('conflict', message, { hint: 'The asker can ask again.' })
}
