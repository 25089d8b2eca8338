/** Rows as aligned columns for a terminal; control characters of hostile names are shown as `?`. */
export function table(headers: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string {
  const lines = [headers, ...rows].map((row) => row.map(plain))
  const widths = headers.map((_, column) =>
    lines.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0),
  )
  return lines
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Text that cannot move the cursor or hide itself: an escape sequence in a name must not rewrite the terminal. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '?')
}

/** The same for text of several lines. */
export function plainLines(text: string): string {
  return text.split('\n').map(plain).join('\n')
}

let madeFormat: Intl.DateTimeFormat | undefined

/** As `Date.toLocaleString` has it, which makes a new format for each date; made when the first date is shown, it takes 15 ms. */
function localFormat(): Intl.DateTimeFormat {
  return (madeFormat ??= new Intl.DateTimeFormat(undefined, {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }))
}

/** A moment in the reader's own zone, or `never`; a number that is no date, from a file that was changed, is said to be none. */
export function moment(atMs: number | null): string {
  if (atMs === null) return 'never'
  const date = new Date(atMs)
  return Number.isNaN(date.getTime()) ? String(date) : localFormat().format(date)
}
