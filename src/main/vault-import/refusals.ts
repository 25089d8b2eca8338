import { AppError } from '../../shared/app-error.ts'

/** The file asks for more work than an honest one: a derivation made to hang the program. */
export function tooCostly(): AppError {
  return new AppError('refused', 'Opening this file would cost more work than Clawkeep allows.', {
    hint: 'Save it with a cheaper key derivation in the program that made it.',
  })
}

/** The password of the file, not that of the vault. */
export function wrongFilePassword(state: 'needed' | 'wrong', alsoKeyFile = false): AppError {
  const what = alsoKeyFile ? 'password or key file' : 'password'
  return state === 'needed'
    ? new AppError('unauthorized', 'This file is encrypted.', { hint: `Give the ${what} of the file.` })
    : new AppError('unauthorized', `The ${what} does not open this file.`, {
        hint: `It is the one of the file, not of the vault. Type it again.${alsoKeyFile ? ' A file that is cut short may say the same.' : ''}`,
      })
}

/** An unexpected end of a parser of other people's making; its own text may hold values and is dropped. */
export function unreadable(what: string, cause?: unknown): AppError {
  return new AppError('invalid', `${what} cannot be read.`, {
    hint: 'It may be damaged, or of another form. Export it again.',
    ...(cause === undefined ? {} : { cause }),
  })
}
