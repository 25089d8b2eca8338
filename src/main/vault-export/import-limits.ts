import { AppError } from '../../shared/app-error.ts'
import { caps } from '../vault-import/caps.ts'

/** What an export comes to, as far as it is known; bytes are those of the finished file. */
type Size = {
  readonly items?: number
  readonly files?: number
  /** Of the text of all items, or of what is surely in it. */
  readonly textBytes?: number
  readonly fileBytes?: number
}

/**
 * Refuses an export that our own import would not take again: one that is found out when it is needed is none. Throws AppError
 * too_large.
 */
export function checkImportable({ items = 0, files = 0, textBytes = 0, fileBytes = 0 }: Size): void {
  if (items > caps.entries) throw tooLarge(`There are more than ${count(caps.entries)} items.`)
  // The text of the items is a file of the zip as well.
  if (files >= caps.zipFiles) throw tooLarge(`There are more than ${count(caps.zipFiles - 1)} attached files.`)
  if (textBytes > caps.textBytes) throw tooLarge(`The items come to more than ${mebibytes(caps.textBytes)} of text.`)
  if (fileBytes > caps.fileBytes)
    throw tooLarge(`The items and their files come to more than ${mebibytes(caps.fileBytes)}.`)
}

/** The same for one item in a CSV; `cells` without the quotes around them. */
export function checkCsvRecord(name: string, cells: ReadonlyArray<string>): void {
  // The reader counts partly characters and partly bytes, which are never fewer.
  const bytes = cells.reduce((sum, cell) => sum + Buffer.byteLength(cell), 0)
  if (bytes <= caps.csvRecordChars) return
  throw new AppError('too_large', `“${name}” is larger than a line of a CSV may be.`, {
    hint: 'Choose another form, or make a backup: it has no such limit.',
  })
}

function tooLarge(message: string): AppError {
  return new AppError('too_large', message, {
    hint: 'An import would not take it. Make a backup instead: it has no such limit.',
  })
}

function count(number: number): string {
  return number.toLocaleString('en')
}

function mebibytes(bytes: number): string {
  return `${bytes / 1024 / 1024} MiB`
}
