import { AppError } from '../../shared/app-error.ts'
import { NewPolicy, type Policy } from '../../shared/models/policy.ts'
import { describeInvalid } from '../describe-invalid.ts'
import { nameOfFile, readTextFile } from './read-input.ts'

/** A policy file, parsed. Throws AppError invalid that names the first field that does not fit. */
export function readPolicyFile(file: string): Policy {
  let json: unknown
  try {
    json = JSON.parse(readTextFile(file))
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('invalid', `${nameOfFile(file)} is not JSON.`, {
      hint: 'Correct it and try again.',
      cause: error,
    })
  }
  const parsed = NewPolicy.safeParse(json)
  if (!parsed.success) throw describeInvalid(parsed.error, 'policy')
  return parsed.data
}
