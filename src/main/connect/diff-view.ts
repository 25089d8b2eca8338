import { createTwoFilesPatch } from 'diff'
import type { EntryPath, TextFormat } from './settings-text.ts'

const contextLines = 3

/**
 * The change as a unified diff that may be shown: the values of everything but Clawkeep's own entry are hidden, and so are
 * keys. `own` says on which side the entry is Clawkeep's. Empty when nothing changes.
 */
export function diffOf(options: {
  readonly format: TextFormat
  readonly path: EntryPath
  readonly file: string
  readonly before: string | null
  readonly after: string | null
  readonly own: { readonly before: boolean; readonly after: boolean }
}): string {
  const { format, path, file, before, after, own } = options
  if (before === after) return ''
  const side = (text: string | null, shown: boolean): string =>
    text === null ? '' : format.veil(text, shown ? path : null)
  const patch = createTwoFilesPatch(
    before === null ? '/dev/null' : file,
    after === null ? '/dev/null' : file,
    side(before, own.before),
    side(after, own.after),
    undefined,
    undefined,
    { context: contextLines, stripTrailingCr: true },
  )
  return patch.replace(/^(Index:.*\n)?=+\n/, '')
}
