import type { ZodError } from 'zod'
import { AppError } from '../shared/app-error.ts'

/** Turns a failed parse into words: the first problem and where it is. The value itself is never repeated. */
export function describeInvalid(error: ZodError, what = 'input'): AppError {
  const first = error.issues[0]
  const where = first?.path.length ? first.path.map(String).join('.') : what
  const more = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more)` : ''
  return new AppError('invalid', `${where}: ${first?.message ?? 'not valid'}${more}`, {
    hint: 'Correct it and try again.',
  })
}
