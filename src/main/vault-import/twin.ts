import type { ItemKind, ItemOverview, ParsedItemInput } from '../../shared/models/item.ts'
import { newContent, type Details } from '../vault/item-content.ts'

/** An item of the vault with its values. */
export type Held = { readonly overview: ItemOverview; readonly details: Details }

const secretWords: Readonly<Record<ItemKind, string>> = {
  login: 'another password',
  'api-key': 'another key',
  'ssh-key': 'another key, or the key in another form',
  note: 'another secret',
  totp: 'another secret',
}

/**
 * What an entry has that the item of its name lacks, as words without values; empty: nothing of it would be lost with the file.
 * What only the item has does not count, and neither does whether it is a favourite.
 */
export function missingIn(held: Held, input: ParsedItemInput): ReadonlyArray<string> {
  const { details, overview } = held
  const wanted = newContent(input, 0).details
  const lacks = (value: string, there: string): boolean => value !== '' && value !== there
  const among = (values: ReadonlyArray<string>, there: ReadonlyArray<string>): boolean =>
    values.every((value) => there.includes(value))
  const date = (ms: number | null, there: number | null): boolean => ms === null || ms === there
  const written = ({ fields }: Details) => fields.map(({ name, value }) => JSON.stringify([name, value]))
  return [
    ...(lacks(wanted.secret, details.secret) ? [secretWords[input.kind]] : []),
    ...(lacks(wanted.totp, details.totp) ? ['other one-time codes'] : []),
    ...(lacks(wanted.notes, details.notes) ? ['other notes'] : []),
    ...(among(written(wanted), written(details)) ? [] : ['other fields']),
    ...(among(input.hosts, overview.hosts) ? [] : ['other hosts']),
    ...(among(input.tags, overview.tags) ? [] : ['other tags']),
    ...(date(input.expiresAtMs, overview.expiresAtMs) && date(input.rotateByMs, overview.rotateByMs)
      ? []
      : ['other dates']),
  ]
}
