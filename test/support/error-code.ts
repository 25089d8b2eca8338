import { AppError, type ErrorCode } from '../../src/shared/app-error.ts'

/** The code of the AppError that `run` throws; `none` when it throws nothing. Any other error is thrown on. */
export function codeOf(run: () => unknown): ErrorCode | 'none' {
  try {
    run()
    return 'none'
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

/** The code of the AppError that a promise rejects with; `none` when it resolves. Any other error is thrown on. */
export async function codeOfPromise(promise: Promise<unknown>): Promise<ErrorCode | 'none'> {
  try {
    await promise
    return 'none'
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}
