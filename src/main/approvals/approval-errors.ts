import { AppError } from '../../shared/app-error.ts'

/** The expected failures around a question, each with what to do. */
export const approvalErrors = {
  locked: () =>
    new AppError('locked', 'The vault is locked.', { hint: 'Unlock Clawkeep in its window, then try again.' }),
  notFound: () => new AppError('not_found', 'There is no such question.', { hint: 'It may be too old to be kept.' }),
  tooMany: () =>
    new AppError('refused', 'Too many questions are waiting for an answer.', {
      hint: 'Wait until the person has answered some of them, then try again.',
    }),
  /** A call that came again for its question is not the one that was asked about. */
  otherCall: () =>
    new AppError('conflict', 'The call, the tool or the policy changed since the person was asked.', {
      hint: 'Make the call anew; the person is asked again.',
    }),
  spent: () =>
    new AppError('conflict', 'The answer to this question was used already, or is too old.', {
      hint: 'Make the call anew; the person is asked again.',
    }),
} as const
