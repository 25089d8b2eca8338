import { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import { type FoundEntry, foundEntry, type LeftOut, type Parsed } from './found-entry.ts'
import { listOf, Text, Time, Yes } from './loose.ts'
import { contentOf, fieldOf, ProtonField } from './proton-content.ts'
import { unreadable } from './refusals.ts'

/** The apps an item is filled in; an address of one is written as Android does. */
const Apps = z.object({ android: z.object({ allowedApps: listOf(z.object({ packageName: Text })) }).nullish() })

const Item = z.object({
  data: z.object({
    type: Text,
    metadata: z.object({ name: Text, note: Text }),
    extraFields: listOf(ProtonField),
    platformSpecific: Apps.nullish(),
    content: z
      .object({
        itemEmail: Text,
        itemUsername: Text,
        /** Before version 1.20. */
        username: Text,
        password: Text,
        urls: listOf(Text),
        autofillUrls: listOf(z.object({ url: Text })),
        totpUri: Text,
        passkeys: listOf(z.unknown()),
        privateKey: Text,
      })
      .loose(),
  }),
  state: z.unknown().optional(),
  aliasEmail: Text,
  pinned: Yes,
  createTime: Time,
  modifyTime: Time,
  files: listOf(Text),
})
type Item = z.infer<typeof Item>

const trashed = 2
/** What of the content has a place of its own in an item. */
const placed: ReadonlySet<string> = new Set([
  'itemEmail',
  'itemUsername',
  'username',
  'urls',
  'autofillUrls',
  'totpUri',
  'passkeys',
  'privateKey',
])
const placedOfLogin: ReadonlySet<string> = new Set([...placed, 'password'])

/** `version` and `vaults` as its own reader asks for; https://github.com/ProtonMail/WebClients, packages/pass/lib/export/types.ts. */
export function isProton(json: unknown): boolean {
  return typeof json === 'object' && json !== null && Object.hasOwn(json, 'vaults')
}

/** Reads the JSON export of Proton Pass; `files` are those of its zip, by name. Throws AppError refused, invalid. */
export function readProton(json: unknown, files: ReadonlyMap<string, Uint8Array> = new Map()): Parsed {
  const found = z.object({ encrypted: Yes, vaults: z.object({}).loose() }).safeParse(json)
  if (!found.success) throw unreadable('This export of Proton Pass')
  if (found.data.encrypted) throw protonIsPgp()
  const entries: FoundEntry[] = []
  const leftOut: LeftOut[] = []
  let at = 0
  for (const raw of Object.values(found.data.vaults)) {
    const vault = z.object({ name: Text, items: listOf(z.unknown()) }).safeParse(raw)
    if (!vault.success) throw unreadable('A vault of this export of Proton Pass')
    for (const rawItem of vault.data.items) {
      at += 1
      const item = Item.safeParse(rawItem)
      if (!item.success) leftOut.push({ at, name: '', why: 'It is not readable.' })
      else if (item.data.state === trashed)
        leftOut.push({ at, name: item.data.data.metadata.name, why: 'It is in the trash.' })
      else entries.push(toEntry(at, item.data, vault.data.name, files))
    }
  }
  return { format: 'proton-json', entries, leftOut }
}

/** Proton Pass encrypts its export with PGP, which is not opened here. */
export function protonIsPgp(): AppError {
  return new AppError('refused', 'This export of Proton Pass is encrypted with PGP.', {
    hint: 'Export it without encryption (ZIP), import it, and let Clawkeep shred the file.',
  })
}

function toEntry(at: number, item: Item, folder: string, files: ReadonlyMap<string, Uint8Array>): FoundEntry {
  const { content, metadata, extraFields, type, platformSpecific } = item.data
  const { parts, own: ofLists, hasMore } = contentOf(content, type === 'login' ? placedOfLogin : placed)
  const own = [...extraFields, ...ofLists]
  const extraTotp = own.find((field) => field.type === 'totp' && content.totpUri === '')
  const apps = platformSpecific?.android?.allowedApps ?? []
  const attachments = item.files.flatMap((name) => {
    const bytes = files.get(name)
    return bytes === undefined ? [] : [{ name, bytes }]
  })
  const missing = item.files.length - attachments.length
  const [first, ...others] = [
    { name: 'user name', value: content.itemUsername },
    { name: 'email', value: content.itemEmail },
    { name: 'username', value: content.username },
    { name: 'alias', value: item.aliasEmail },
  ].filter(({ value }) => value !== '')
  return foundEntry({
    at,
    name: metadata.name,
    kind: type === 'login' ? 'login' : type === 'sshKey' ? 'ssh-key' : 'note',
    addresses: [
      ...new Set([...content.urls, ...content.autofillUrls.map(({ url }) => url)]),
      ...apps.map(({ packageName }) => `androidapp://${packageName}`),
    ],
    userName: first?.value ?? '',
    secret: type === 'sshKey' ? content.privateKey : type === 'login' ? content.password : '',
    totp: content.totpUri || extraTotp?.data.totpUri || '',
    notes: metadata.note,
    favourite: item.pinned,
    folder,
    createdAtMs: item.createTime,
    updatedAtMs: item.modifyTime,
    fields: [
      ...others.map(({ name, value }) => ({ name, value, concealed: false })),
      ...parts,
      ...own.filter((field) => field !== extraTotp).flatMap(fieldOf),
    ],
    attachments,
    warnings: [
      ...(hasMore ? ['It has a part that is not known, and that does not come along.'] : []),
      ...(content.passkeys.length > 0 ? ['Its passkey does not come along.'] : []),
      ...(missing > 0 ? [`${missing === 1 ? 'A file is' : `${missing} files are`} not in the export.`] : []),
    ],
  })
}
