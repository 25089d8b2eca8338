import { AppError } from '../../shared/app-error.ts'

export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** The way to an entry: the objects by name, the entry's own name last. */
export type EntryPath = ReadonlyArray<string>

/** Where in a text something stands: [from, to). */
export type Span = { readonly from: number; readonly to: number }

/** How one kind of settings text is read and changed; every change leaves all other characters as they are. */
export type TextFormat = {
  /** The whole as values. Throws AppError invalid that names line and column. */
  readonly read: (text: string) => unknown
  /** Where the entry stands, as one or more spans; none: it is not there. */
  readonly find: (text: string, path: EntryPath) => ReadonlyArray<Span>
  /** Throws AppError refused when it cannot be done in this text. */
  readonly set: (text: string, path: EntryPath, value: Json) => string
  readonly remove: (text: string, path: EntryPath) => string
  /** The text, line by line as before, with every text value and comment made unreadable but those of the entry `shown`. */
  readonly veil: (text: string, shown: EntryPath | null) => string
}

/** What is put in the place of a value that is not to be seen. */
export const veiled = '…'

/** A text that does not parse. Its words are not repeated: they may be somebody's secret. */
export function unreadable(text: string, offset: number, what: string): AppError {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/)
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
  return new AppError('invalid', `The settings cannot be read: ${what} at ${place}.`, {
    hint: 'Correct the file, or let its own program do it. Clawkeep has left it as it is.',
  })
}

/** A text that Clawkeep will not change because it could not do it without touching something else. */
export function unchangeable(why: string): AppError {
  return new AppError('refused', `Clawkeep cannot change these settings safely: ${why}.`, {
    hint: 'Nothing was changed. Put the entry in by hand with the snippet.',
  })
}

/** The line end that the text uses. */
export function lineEnd(text: string): string {
  return /\r\n|\n/.exec(text)?.[0] ?? '\n'
}

/** Replaces spans by texts; the spans do not overlap, and what is put in at one place keeps its order. */
export function splice(text: string, changes: ReadonlyArray<Span & { readonly by: string }>): string {
  let result = text
  for (const { from, to, by } of changes.toReversed().toSorted((a, b) => b.from - a.from))
    result = result.slice(0, from) + by + result.slice(to)
  return result
}

/** What is at the path in read values; undefined when it or anything on the way is missing. */
export function valueAt(root: unknown, path: EntryPath): unknown {
  let value = root
  for (const name of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
      return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

/** Whether a value of our own entry may be seen: where programs keep credentials, only a key of ours, which is cut short. */
export function mayShow(pathInEntry: ReadonlyArray<string | number>, value: string): boolean {
  const secretPlace = pathInEntry.some((name) =>
    /^(env|headers|http_headers)$|key|token|secret|passw|auth/i.test(`${name}`),
  )
  return !secretPlace || ourKey.test(value)
}

const ourKey = /^(Bearer )?oc_sk_([0-9a-f]+|•+)$/
/** Stands for a key that is not made yet. */
export const maskedKey = 'oc_sk_••••••'

const keyForm = /oc_sk_([0-9a-f]{6})[0-9a-f]*/g

/** Keys of Clawkeep cut to the part that tells them apart: `oc_sk_1a2b3c…`. */
export function withoutKeys(text: string): string {
  return text.replace(keyForm, `oc_sk_$1${veiled}`)
}
