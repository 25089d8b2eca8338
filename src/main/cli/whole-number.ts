import { AppError } from '../../shared/app-error.ts'

/** Reads a number of an option. Throws AppError invalid that names the option. */
export function parseWholeNumber(text: string, option: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new AppError('invalid', `“${text}” is not a whole number.`, {
    hint: `${option} takes one, such as ${option} 10.`,
  })
}
