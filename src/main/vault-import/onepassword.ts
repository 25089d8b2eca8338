import { z } from 'zod'
import {
  type FoundEntry,
  type FoundField,
  type FoundFile,
  type FoundKind,
  foundEntry,
  type LeftOut,
  type Parsed,
} from './found-entry.ts'
import { decodeText } from './decode-text.ts'
import { listOf, Text, Time } from './loose.ts'
import { fieldOf } from './onepassword-field.ts'
import { parseJson } from './parse-json.ts'
import { unreadable } from './refusals.ts'

const FileAttributes = z.object({ fileName: Text, documentId: Text })

const Item = z.object({
  favIndex: z.number().catch(0),
  createdAt: Time,
  updatedAt: Time,
  state: Text,
  trashed: z.unknown().optional(),
  categoryUuid: Text,
  overview: z.object({
    title: Text,
    url: Text,
    urls: listOf(z.object({ url: Text })),
    tags: listOf(Text),
  }),
  details: z.object({
    loginFields: listOf(z.object({ value: Text, name: Text, id: Text, fieldType: Text, designation: Text })),
    notesPlain: Text,
    sections: listOf(
      z.object({
        title: Text,
        fields: listOf(z.object({ title: Text, id: Text, value: z.record(z.string(), z.unknown()).nullish() })),
      }),
    ),
    passwordHistory: listOf(z.unknown()),
    documentAttributes: FileAttributes.nullish(),
    password: Text,
  }),
})
type Item = z.infer<typeof Item>

const Export = z.object({
  accounts: z.array(
    z.object({
      vaults: listOf(z.object({ attrs: z.object({ name: Text }), items: listOf(z.unknown()) })),
    }),
  ),
})

/** https://support.1password.com/1pux-format/: the categories that are more than a note with fields. */
const kinds: ReadonlyMap<string, FoundKind> = new Map([
  ['001', 'login'],
  ['005', 'login'],
  ['110', 'login'],
  ['102', 'login'],
  ['109', 'login'],
  ['111', 'login'],
  ['112', 'api-key'],
  ['114', 'ssh-key'],
])

/**
 * Reads the files of a 1PUX export (https://support.1password.com/1pux-format/): `export.data` and `files/ID__NAME`.
 * Throws AppError invalid.
 */
export function readOnePassword(files: ReadonlyMap<string, Uint8Array>): Parsed {
  const data = files.get('export.data')
  const found = Export.safeParse(data === undefined ? null : parseJson(decodeText(data)))
  if (!found.success) throw unreadable('This export of 1Password')
  const entries: FoundEntry[] = []
  const leftOut: LeftOut[] = []
  const byDocument = documentsOf(files)
  let at = 0
  for (const vault of found.data.accounts.flatMap(({ vaults }) => vaults)) {
    for (const raw of vault.items) {
      at += 1
      // Before version 3 an item stood in an object of its own.
      const item = Item.safeParse((raw as { item?: unknown } | null)?.item ?? raw)
      if (!item.success) leftOut.push({ at, name: '', why: 'It is not readable.' })
      else if (item.data.trashed === true || item.data.state === 'trashed')
        leftOut.push({ at, name: item.data.overview.title, why: 'It is in the trash.' })
      else entries.push(toEntry(at, item.data, vault.attrs.name, byDocument))
    }
  }
  return { format: '1password-1pux', entries, leftOut }
}

/** Files by the id of their document: `files/ID__NAME`. */
function documentsOf(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  return new Map(
    [...files].flatMap(([path, bytes]) => {
      const id = /^files\/([^/]+?)__/.exec(path)?.[1]
      return id === undefined ? [] : [[id, bytes] as const]
    }),
  )
}

function toEntry(at: number, item: Item, vault: string, files: ReadonlyMap<string, Uint8Array>): FoundEntry {
  const { overview, details } = item
  const kind = kinds.get(item.categoryUuid) ?? 'note'
  const parts = details.sections.flatMap((section) =>
    section.fields.flatMap(({ title, id, value }) => fieldOf(title !== '' ? title : id, id, value ?? {})),
  )
  const taken = new Set<unknown>()
  // The parts of other categories that are what a login has of its own: 112 has `credential`, 110 and 102 `username` and `password`.
  const part = (...ids: ReadonlyArray<string>): string => {
    const found = parts.find((field) => ids.includes(field.id) && field.kind === 'text' && field.value !== '')
    if (found === undefined) return ''
    taken.add(found)
    return found.value
  }
  const login = (designation: string): string => {
    const found = details.loginFields.find((field) => field.designation === designation && field.value !== '')
    taken.add(found)
    return found?.value ?? ''
  }
  const totp = parts.find((field) => field.kind === 'totp')
  const sshKey = kind === 'ssh-key' ? parts.find((field) => field.kind === 'ssh-key') : undefined
  const secret =
    kind === 'ssh-key'
      ? (sshKey?.value ?? '')
      : kind === 'note'
        ? ''
        : login('password') || details.password || part('password', 'credential', 'pop_password')
  const userName = kind === 'note' ? '' : login('username') || part('username', 'pop_username')
  const wanted = parts.filter(
    (field) => field !== totp && field !== sshKey && !taken.has(field) && field.kind !== 'file',
  )
  const { attachments, missing } = attachmentsOf(item, parts, files)
  return foundEntry({
    at,
    name: overview.title,
    kind,
    addresses: [...new Set([overview.url, ...overview.urls.map(({ url }) => url)])].filter((url) => url !== ''),
    userName,
    secret,
    totp: totp?.value ?? '',
    notes: details.notesPlain,
    tags: overview.tags,
    favourite: item.favIndex > 0,
    folder: vault,
    createdAtMs: item.createdAt,
    updatedAtMs: item.updatedAt,
    fields: [
      ...details.loginFields.flatMap((field): ReadonlyArray<FoundField> =>
        // What a page had as a button or a box to tick says nothing.
        taken.has(field) || field.value === '' || /^[BCI]$/.test(field.fieldType)
          ? []
          : [
              {
                name: field.name || field.id || field.designation,
                value: field.value,
                concealed: field.fieldType === 'P' || field.designation === 'password',
              },
            ],
      ),
      ...(details.password === '' || details.password === secret
        ? []
        : [{ name: 'password', value: details.password, concealed: true }]),
      ...wanted.map(({ name, value, concealed }) => ({ name, value, concealed })),
    ],
    attachments,
    remarks: item.state === 'archived' ? ['It was in the archive.'] : [],
    warnings: [
      ...(details.passwordHistory.length > 0 ? ['Its earlier passwords do not come along.'] : []),
      ...(missing > 0 ? [`${missing === 1 ? 'A file is' : `${missing} files are`} not in the export.`] : []),
    ],
  })
}

function attachmentsOf(
  { details }: Item,
  parts: ReadonlyArray<{ readonly kind: string; readonly name: string; readonly value: string }>,
  files: ReadonlyMap<string, Uint8Array>,
): { readonly attachments: ReadonlyArray<FoundFile>; readonly missing: number } {
  const document = details.documentAttributes
  const named = [
    ...(document == null ? [] : [{ name: document.fileName, id: document.documentId }]),
    ...parts.flatMap((part) => (part.kind === 'file' ? [{ name: part.name, id: part.value }] : [])),
  ]
  const attachments = named.flatMap(({ name, id }): ReadonlyArray<FoundFile> => {
    const bytes = files.get(id)
    return bytes === undefined ? [] : [{ name, bytes }]
  })
  return { attachments, missing: named.length - attachments.length }
}
