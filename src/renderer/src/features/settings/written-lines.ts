import type { ZodType } from 'zod'

/** What stands in a box with one entry a line (or with commas). */
export function linesOf(text: string): ReadonlyArray<string> {
  return text
    .split(/[\n,]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** Each line checked by itself, so that what is wrong can be named; null when all fit. */
export function lineProblem(entry: ZodType, lines: ReadonlyArray<string>): string | null {
  for (const line of lines) {
    const { error } = entry.safeParse(line)
    if (error !== undefined) return `“${line}”: ${error.issues[0]?.message ?? 'This does not fit.'}`
  }
  return null
}
