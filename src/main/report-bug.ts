/**
 * Writes an unexpected error to standard error without its text: the message of a library's error may hold a value that
 * was being handled, its name and the places in our code do not.
 */
export function reportBug(where: string, error: unknown): void {
  const name = error instanceof Error ? error.name : typeof error
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : []
  process.stderr.write(`clawkeep: unexpected ${name} in ${where}\n${frames.slice(0, 12).join('\n')}\n`)
}
