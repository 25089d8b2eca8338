import { CsvError, parse } from 'csv-parse/sync'
import { AppError } from '../../shared/app-error.ts'
import { longestHeading } from '../../shared/models/import.ts'
import { caps } from './caps.ts'
import { unreadable } from './refusals.ts'

/** A row with the line it begins on, from 1. */
export type CsvRow = { readonly line: number; readonly cells: ReadonlyArray<string> }

/**
 * The header and the rows of a CSV (RFC 4180; comma, semicolon or tab, or what Excel's first line `sep=,` says). Throws AppError too_large, invalid, without a word of the text.
 */
export function readCsvRows(text: string): {
  readonly header: ReadonlyArray<string>
  readonly rows: ReadonlyArray<CsvRow>
} {
  const mark = markOf(text)
  const body = mark === null ? text : text.slice(mark.length)
  const [head, ...rows] = readRecords(body, mark?.delimiter ?? delimiterOf(body), mark === null ? 1 : 2)
  if (head === undefined) throw new AppError('invalid', 'The file is empty.')
  const header = head.cells.map((cell) => cell.trim().slice(0, longestHeading))
  if (header.length > caps.columns)
    throw new AppError('too_large', `This CSV has more than ${caps.columns} columns.`, { hint: 'No export has.' })
  return { header, rows }
}

/** The line that Excel writes and reads in front of a header, to say what stands between cells. */
export function markOf(text: string): { readonly length: number; readonly delimiter: string } | null {
  const found = /^("?)sep=([^\w\r\n"])\1\r?\n/i.exec(text)
  return found?.[2] === undefined ? null : { length: found[0].length, delimiter: found[2] }
}

/** All rows with something in them: a spreadsheet writes rows of nothing but commas below those of a person. */
function readRecords(text: string, delimiter: string, firstLine: number): ReadonlyArray<CsvRow> {
  const rows: CsvRow[] = []
  let line = firstLine
  try {
    parse(text, {
      delimiter,
      relax_column_count: true,
      max_record_size: caps.csvRecordChars,
      on_record: (cells: ReadonlyArray<string>) => {
        // One row more than may be is enough to see that there are too many.
        if (rows.length < caps.entries + 2 && cells.some((cell) => cell.trim() !== '')) rows.push({ line, cells })
        line += 1 + cells.reduce((breaks, cell) => breaks + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0)
        return null
      },
    })
    return rows
  } catch (error) {
    if (!(error instanceof CsvError)) throw unreadable('This CSV')
    const line = typeof error['lines'] === 'number' ? ` The trouble is before line ${error['lines'] + 1}.` : ''
    throw new AppError('invalid', `This CSV has a quote that is not closed, or a cell that has no end.${line}`, {
      hint: 'Export it again, and do not save it with another program in between.',
    })
  }
}

/** Whichever stands most often in the header, outside quotes. */
function delimiterOf(text: string): string {
  const header = (/^[^\r\n]*/.exec(text)?.[0] ?? '').slice(0, caps.csvRecordChars).replaceAll(/"[^"]*"/g, '')
  const count = (sign: string): number => header.split(sign).length - 1
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best))
}
