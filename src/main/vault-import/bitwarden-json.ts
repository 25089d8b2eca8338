import { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import { type FoundEntry, type FoundField, foundEntry, type LeftOut, type Parsed } from './found-entry.ts'
import { listOf, Text, Time, Yes } from './loose.ts'

const Export = z.object({
  items: z.array(z.unknown()),
  folders: listOf(z.object({ id: Text, name: Text })),
  collections: listOf(z.object({ id: Text, name: Text })),
})

const Item = z.looseObject({
  id: Text,
  type: z.number(),
  name: Text,
  notes: Text,
  favorite: Yes,
  folderId: Text,
  collectionIds: listOf(Text),
  fields: listOf(z.object({ name: Text, value: Text, type: z.number().catch(0) })),
  login: z
    .object({
      uris: listOf(z.object({ uri: Text })),
      username: Text,
      password: Text,
      totp: Text,
      fido2Credentials: listOf(z.unknown()),
    })
    .nullish(),
  card: z.record(z.string(), z.unknown()).nullish(),
  identity: z.record(z.string(), z.unknown()).nullish(),
  sshKey: z.object({ privateKey: Text, publicKey: Text, keyFingerprint: Text }).nullish(),
  passwordHistory: listOf(z.unknown()),
  creationDate: Time,
  revisionDate: Time,
  deletedDate: z.unknown().optional(),
})
type Item = z.infer<typeof Item>

const types = { login: 1, note: 2, card: 3, identity: 4, sshKey: 5 } as const
const hiddenField = 1
const linkedField = 3
/** What nobody should read over a shoulder; the rest of a card or an identity is shown. */
const concealedNames = new Set(['number', 'code', 'ssn', 'passportNumber', 'licenseNumber'])

/** Files that belong to items of the export with the id; only the export as a zip has them. */
export type FilesOf = (id: string) => FoundEntry['attachments']

/**
 * Reads the unencrypted JSON export of Bitwarden, of a person or an organization
 * (https://bitwarden.com/help/condition-bitwarden-import/). Throws AppError invalid.
 */
export function readBitwarden(json: unknown, filesOf: FilesOf = () => []): Parsed {
  const found = Export.safeParse(json)
  if (!found.success)
    throw new AppError('invalid', 'This JSON is not an export of Bitwarden.', { hint: 'Choose the form it has.' })
  const folders = new Map([...found.data.folders, ...found.data.collections].map(({ id, name }) => [id, name]))
  const entries: FoundEntry[] = []
  const leftOut: LeftOut[] = []
  for (const [index, raw] of found.data.items.entries()) {
    const at = index + 1
    const item = Item.safeParse(raw)
    if (!item.success) leftOut.push({ at, name: '', why: 'It is not readable.' })
    else if (item.data.deletedDate != null) leftOut.push({ at, name: item.data.name, why: 'It is in the trash.' })
    else entries.push(toEntry(at, item.data, folders, filesOf))
  }
  return { format: 'bitwarden-json', entries, leftOut }
}

function toEntry(at: number, item: Item, folders: ReadonlyMap<string, string>, filesOf: FilesOf): FoundEntry {
  const { login, sshKey } = item
  const { parts, hasMore } = unknownParts(item)
  const folder = folders.get(item.folderId !== '' ? item.folderId : (item.collectionIds[0] ?? ''))
  const more = item.collectionIds.slice(1).flatMap((id) => folders.get(id) ?? [])
  const shared = {
    at,
    name: item.name,
    notes: item.notes,
    favourite: item.favorite,
    folder: (folder ?? '').split('/').join(' / '),
    tags: more,
    createdAtMs: item.creationDate,
    updatedAtMs: item.revisionDate,
    attachments: filesOf(item.id),
    fields: [...partsOf(item), ...parts, ...ownFields(item)],
    warnings: [
      ...warningsOf(item),
      ...(hasMore ? ['It has a part that is not known, and that does not come along.'] : []),
    ],
  }
  if (item.type === types.login && login != null)
    return foundEntry({
      ...shared,
      kind: 'login',
      addresses: login.uris.map(({ uri }) => uri),
      userName: login.username,
      secret: login.password,
      totp: login.totp,
    })
  if (item.type === types.sshKey && sshKey != null)
    return foundEntry({ ...shared, kind: 'ssh-key', secret: sshKey.privateKey })
  return foundEntry({ ...shared, kind: 'note' })
}

function ownFields({ fields }: Item): ReadonlyArray<FoundField> {
  return fields
    .filter(({ type }) => type !== linkedField)
    .map(({ name, value, type }) => ({ name, value, concealed: type === hiddenField }))
}

/** A card or an identity becomes a note with fields. */
function partsOf({ card, identity }: Item): ReadonlyArray<FoundField> {
  return [card, identity].flatMap((part) =>
    Object.entries(part ?? {}).flatMap(([name, value]) => {
      const text = Text.safeParse(value)
      return text.success && text.data !== '' ? [{ name, value: text.data, concealed: concealedNames.has(name) }] : []
    }),
  )
}

/** Newer kinds of item have a part of their own, as a card has; what is secret in it is not known. */
function unknownParts(item: Item): { readonly parts: ReadonlyArray<FoundField>; readonly hasMore: boolean } {
  const parts: FoundField[] = []
  let hasMore = false
  for (const [key, part] of Object.entries(item)) {
    if (Object.hasOwn(Item.shape, key) || key === 'attachments' || typeof part !== 'object' || part === null) continue
    for (const [name, value] of Object.entries(part)) {
      const text = Array.isArray(part) ? null : Text.safeParse(value)
      if (text?.success !== true) hasMore = true
      else if (text.data !== '') parts.push({ name, value: text.data, concealed: true })
    }
  }
  return { parts, hasMore }
}

function warningsOf({ login, fields, passwordHistory }: Item): ReadonlyArray<string> {
  return [
    ...((login?.fido2Credentials.length ?? 0) > 0 ? ['Its passkey does not come along.'] : []),
    ...(fields.some(({ type }) => type === linkedField) ? ['A linked field does not come along.'] : []),
    ...(passwordHistory.length > 0 ? ['Its earlier passwords do not come along.'] : []),
  ]
}
