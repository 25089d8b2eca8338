import { type Command, InvalidArgumentError } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import { dayToMs } from '../../../shared/calendar-day.ts'
import { type FieldPatch, ItemKind, itemKinds, type ItemView } from '../../../shared/models/item.ts'
import { readSecretFile, readTextFile } from '../read-input.ts'
import { sameName } from './find-item.ts'

/** What can be given of an item on the command line; secrets come from files, because other programs see the arguments. */
export type ItemOptions = {
  readonly name?: string
  readonly host?: ReadonlyArray<string>
  readonly userName?: string
  readonly valueFile?: string
  readonly notesFile?: string
  readonly totpFile?: string
  readonly field?: ReadonlyArray<{ readonly name: string; readonly value: string }>
  readonly hiddenField?: ReadonlyArray<{ readonly name: string; readonly file: string }>
  readonly dropField?: ReadonlyArray<string>
  readonly tag?: ReadonlyArray<string>
  readonly favourite?: boolean
  readonly expires?: Day
  readonly rotateBy?: Day
}

/** The options that `item add` and `item edit` have in common. */
export function withFields(command: Command): Command {
  return command
    .option('--host <host...>', 'host the secret may be sent to, such as api.github.com')
    .option('--user-name <name>', 'user name, account, or the comment of an SSH key')
    .option(
      '--value-file <file>',
      'file that holds the secret: a key, a password, a private SSH key; - for standard input',
    )
    .option('--notes-file <file>', 'file that holds the notes, which are the text of a note; - for standard input')
    .option('--totp-file <file>', 'file that holds an otpauth:// address or a base32 seed; - for standard input')
    .option('--field <name=value>', 'field of your own, shown as it is; can be given again', readField, [])
    .option('--hidden-field <name=file>', 'hidden field, its value from a file; can be given again', readHidden, [])
    .option('--tag <tag...>', 'tags, all there will be; "" for none')
    .option('--favourite', 'mark as a favourite')
    .option('--expires <date>', 'when the secret stops working, such as 2027-01-31; never to take it away', readDate)
    .option('--rotate-by <date>', 'when to be reminded to change it; never to take it away', readDate)
}

/** What was given, as the core takes it; what was not given is absent. */
export function givenFields(options: ItemOptions) {
  const { host, userName, valueFile, notesFile, totpFile, tag, favourite, expires, rotateBy } = options
  return {
    ...(host !== undefined && { hosts: [...host] }),
    ...(userName !== undefined && { userName }),
    ...(valueFile !== undefined && { secret: readSecretFile(valueFile) }),
    ...(notesFile !== undefined && { notes: readTextFile(notesFile) }),
    ...(totpFile !== undefined && { totp: readSecretFile(totpFile) }),
    ...(tag !== undefined && { tags: tag.filter((one) => one !== '') }),
    ...(favourite !== undefined && { favourite }),
    ...(expires !== undefined && { expiresAtMs: expires.atMs }),
    ...(rotateBy !== undefined && { rotateByMs: rotateBy.atMs }),
  }
}

/** The fields of the person's own that were given, for a new item. */
export function ownFields({ field = [], hiddenField = [] }: ItemOptions) {
  return [
    ...field.map(({ name, value }) => ({ name, hidden: false, value })),
    ...hiddenField.map(({ name, file }) => ({ name, hidden: true, value: readSecretFile(file) })),
  ]
}

/** The list of fields after an edit: those `given` replace those of the same name, the rest but the `dropped` keeps its values. */
export function editedFields(
  item: ItemView,
  given: ReturnType<typeof ownFields>,
  dropped: ReadonlyArray<string>,
): Array<FieldPatch> {
  const missing = dropped.find((name) => !item.fields.some((field) => sameName(field.name, name)))
  if (missing !== undefined)
    throw new AppError('not_found', 'The item has no field of this name.', { hint: 'See `clawkeep item show`.' })
  const changed = new Map(given.map((field) => [field.name.normalize('NFC'), field]))
  const kept = item.fields.flatMap(({ id, name, hidden }): Array<FieldPatch> => {
    const now = changed.get(name.normalize('NFC'))
    changed.delete(name.normalize('NFC'))
    if (dropped.some((one) => sameName(one, name)) && now === undefined) return []
    return [{ id, ...(now ?? { name, hidden }) }]
  })
  return [...kept, ...changed.values()]
}

/** Throws AppError invalid naming the kinds there are. */
export function readKind(text: string): ItemKind {
  const kind = ItemKind.safeParse(text)
  if (kind.success) return kind.data
  throw new AppError('invalid', `“${text}” is not a kind.`, { hint: `The kinds are ${itemKinds.join(', ')}.` })
}

/** A day as it is kept; null for `never`. Wrapped: commander takes a bare null for no value. */
type Day = { readonly atMs: number | null }

function readDate(text: string): Day {
  if (text === 'never') return { atMs: null }
  const atMs = dayToMs(text)
  if (atMs !== null) return { atMs }
  throw new InvalidArgumentError('Write a date such as 2027-01-31, or never.')
}

function readField(text: string, before: ReadonlyArray<{ name: string; value: string }>) {
  const [name, value] = pair(text)
  return [...before, { name, value }]
}

function readHidden(text: string, before: ReadonlyArray<{ name: string; file: string }>) {
  const [name, file] = pair(text)
  return [...before, { name, file }]
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('Write NAME=…')
  return [text.slice(0, at), text.slice(at + 1)]
}
