import { z } from 'zod'

/**
 * The kinds of item a vault can hold. Files are attached to an item of any kind. In `secret`: the key of an `api-key`, the password of
 * a `login`, the private key of an `ssh-key`; a `note` is its notes, a `totp` its one-time codes.
 */
export const itemKinds = ['api-key', 'login', 'note', 'ssh-key', 'totp'] as const
export const ItemKind = z.enum(itemKinds)
export type ItemKind = z.infer<typeof ItemKind>

/** The kinds whose secret a request may carry as `{{secret:NAME}}`; why not the others: docs/decisions/0014-items-and-files.md. */
export const usableKinds: ReadonlyArray<ItemKind> = ['api-key', 'login']

/** A host an item's secret may be sent to: `api.github.com`, `*.example.com` or `localhost:8443`. Lower case, no scheme, no path. */
export const AllowedHost = z
  .string()
  .trim()
  .toLowerCase()
  .max(260)
  .regex(
    /^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:\d{1,5})?$/,
    'Write a host name such as api.github.com, without https:// and without a path.',
  )

const longestSecret = 65_536

/** Free text. Half a character and NUL do not come back from every file that a text is written into. */
const text = (longest: number, tooLong: string) =>
  z
    .string()
    .max(longest, tooLong)
    .refine(
      (value) => value.isWellFormed() && !value.includes('\0'),
      'It holds a character that cannot be kept, such as NUL.',
    )
const visible = /^[^\p{Cc}\p{Cf}]+$/u

/** The name of a field or a tag. */
const label = (what: string, longest: number) =>
  z
    .string()
    .trim()
    .min(1, `Give the ${what} a name.`)
    .max(longest, `The name of a ${what} has at most ${longest} characters.`)
    .regex(visible, `The name of a ${what} cannot contain invisible characters.`)

/** A field that the person added; a `hidden` one is only opened by revealing it. */
const FieldInput = z.strictObject({
  name: label('field', 100),
  hidden: z.boolean(),
  value: text(longestSecret, 'A field has at most 65,536 characters.'),
})

/**
 * One field of the new list of fields: with the `id` of a field that is there, and without a value, it keeps its value. What was
 * hidden stays hidden without one.
 */
const FieldPatch = z.strictObject({
  id: z.string().max(100).optional(),
  name: FieldInput.shape.name,
  hidden: FieldInput.shape.hidden,
  value: FieldInput.shape.value.optional(),
})
export type FieldPatch = z.infer<typeof FieldPatch>

/** Epoch milliseconds between 1970 and the year 9999. */
export const Moment = z
  .int()
  .min(0, 'Choose a date from 1970 on.')
  .max(253_402_300_799_999, 'Choose a date before the year 10000.')
const mostFields = 100

const itemFields = {
  kind: ItemKind,
  /** Also the NAME of `{{secret:NAME}}`: unique in the vault, no braces, no control characters. */
  name: z
    .string()
    .trim()
    .min(1, 'Give the item a name.')
    .max(200, 'A name has at most 200 characters.')
    .regex(/^[^{}\p{Cc}\p{Cf}]+$/u, 'A name cannot contain braces or invisible characters.'),
  hosts: z.array(AllowedHost).max(50),
  userName: text(500, 'A user name has at most 500 characters.'),
  secret: text(longestSecret, 'A secret has at most 65,536 characters.'),
  notes: text(100_000, 'Notes have at most 100,000 characters.'),
  /** An `otpauth://totp/…` address or a base32 seed; empty: none. */
  totp: z.string().trim().max(2_000, 'An otpauth address has at most 2,000 characters.'),
  fields: z.array(FieldInput).max(mostFields, 'An item has at most 100 fields of its own.'),
  tags: z
    .array(label('tag', 60))
    .max(50, 'An item has at most 50 tags.')
    .transform((tags) => [...new Set(tags.map((tag) => tag.normalize('NFC')))]),
  favourite: z.boolean(),
  /** When the secret stops working; null: never, or not known. */
  expiresAtMs: Moment.nullable(),
  /** When the person wants to be reminded to change it; null: never. */
  rotateByMs: Moment.nullable(),
}

/** What a person gives to make an item. An SSH key without a secret is generated. */
export const ItemInput = z
  .strictObject({
    ...itemFields,
    hosts: itemFields.hosts.default([]),
    userName: itemFields.userName.default(''),
    secret: itemFields.secret.default(''),
    notes: itemFields.notes.default(''),
    totp: itemFields.totp.default(''),
    fields: itemFields.fields.default([]),
    tags: itemFields.tags.default([]),
    favourite: itemFields.favourite.default(false),
    expiresAtMs: itemFields.expiresAtMs.default(null),
    rotateByMs: itemFields.rotateByMs.default(null),
  })
  .superRefine((item, context) => {
    const wrong = wrongForKind(item.kind, item)
    if (wrong !== null) context.addIssue({ code: 'custom', ...wrong })
  })
/** What is left out has its default. */
export type ItemInput = z.input<typeof ItemInput>
export type ParsedItemInput = z.output<typeof ItemInput>

/**
 * What of an item does not fit its kind; null: nothing. A login may lack a password: it is not known, or there is a passkey.
 */
export function wrongForKind(
  kind: ItemKind,
  { secret, totp }: { readonly secret: string; readonly totp: string },
): { path: Array<string>; message: string } | null {
  const secretIs = (message: string) => ({ path: ['secret'], message })
  const totpIs = (message: string) => ({ path: ['totp'], message })
  if (kind === 'api-key' && secret === '') return secretIs('The secret is empty.')
  if (kind === 'note' && secret !== '') return secretIs('A note has no secret: its text stands in the notes.')
  if (kind === 'totp' && secret !== '') return secretIs('One-time codes have no secret beside the otpauth address.')
  if (kind === 'totp' && totp === '') return totpIs('The otpauth address or the seed is missing.')
  if (totp !== '' && kind !== 'totp' && kind !== 'login')
    return totpIs('Only logins and items of one-time codes have an otpauth address.')
  return null
}

/** The fields to change; what is absent stays. The kind of an item never changes. */
export const ItemPatch = z.strictObject({
  name: itemFields.name.optional(),
  hosts: itemFields.hosts.optional(),
  userName: itemFields.userName.optional(),
  secret: itemFields.secret.optional(),
  notes: itemFields.notes.optional(),
  totp: itemFields.totp.optional(),
  /** All fields there will be, in order. */
  fields: z.array(FieldPatch).max(mostFields, 'An item has at most 100 fields of its own.').optional(),
  tags: itemFields.tags.optional(),
  favourite: itemFields.favourite.optional(),
  expiresAtMs: itemFields.expiresAtMs.optional(),
  rotateByMs: itemFields.rotateByMs.optional(),
})
export type ItemPatch = z.input<typeof ItemPatch>
export type ParsedItemPatch = z.output<typeof ItemPatch>

/** What the dates of an item ask for: it expired or is about to, it is time to change it or soon will be. */
export const itemDues = ['expired', 'expires-soon', 'rotate', 'rotate-soon'] as const
export const ItemDue = z.enum(itemDues)
export type ItemDue = z.infer<typeof ItemDue>

/** What lists and search see of an item; sealed apart from its details. */
export const ItemOverview = z.object({
  id: z.string(),
  kind: ItemKind,
  name: z.string(),
  hosts: z.array(z.string()),
  userName: z.string(),
  tags: z.array(z.string()),
  /** The names of the fields the person added. */
  fieldNames: z.array(z.string()),
  favourite: z.boolean(),
  hasTotp: z.boolean(),
  /** The line for `authorized_keys`, and `SHA256:…`; null: not an SSH key. */
  publicKey: z.string().nullable(),
  fingerprint: z.string().nullable(),
  expiresAtMs: z.number().nullable(),
  rotateByMs: z.number().nullable(),
  /** Follows from the dates and the clock; null: nothing to do. */
  due: ItemDue.nullable(),
  /** How many files are attached. */
  files: z.int(),
  revision: z.int().positive(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
})
export type ItemOverview = z.infer<typeof ItemOverview>

/** A sealed file that is attached to an item. */
export const AttachedFile = z.object({
  id: z.string(),
  name: z.string(),
  bytes: z.int(),
  addedAtMs: z.number(),
})
export type AttachedFile = z.infer<typeof AttachedFile>

/** One item as its own page shows it: the fields the person added (a hidden one without its value) and the files. */
export const ItemView = ItemOverview.extend({
  fields: z.array(z.object({ id: z.string(), name: z.string(), hidden: z.boolean(), value: z.string().nullable() })),
  fileList: z.array(AttachedFile),
  /** Which of these hold something; never what. */
  sealed: z.array(z.enum(['secret', 'notes'])),
  /** How many earlier versions are kept. */
  versions: z.int(),
})
export type ItemView = z.infer<typeof ItemView>

/** The parts of an item that are only opened when asked for, one at a time; `totp` is the seed, `field:ID` a field the person added. */
export const SecretField = z.union([
  z.enum(['secret', 'notes', 'totp']),
  z.templateLiteral(['field:', z.string().min(1).max(60)]),
])
export type SecretField = z.infer<typeof SecretField>

/** A one-time code (RFC 6238) and until when it is the one. */
export const TotpCode = z.object({
  code: z.string(),
  periodSeconds: z.int(),
  validUntilMs: z.number(),
  secondsLeft: z.int(),
})
export type TotpCode = z.infer<typeof TotpCode>

/** The parts of an item that its history keeps. */
export const versionParts = ['secret', 'notes', 'totp', 'fields', 'hosts', 'userName'] as const
export type VersionPart = (typeof versionParts)[number]

/** An earlier state of an item: what the version after it changed, and what of it can be revealed; never a sealed value. */
export const ItemVersion = z.object({
  revision: z.int().positive(),
  savedAtMs: z.number(),
  changed: z.array(z.enum(versionParts)),
  /** The names of the person's own fields that were changed, added or taken away. */
  changedFields: z.array(z.string()),
  hosts: z.array(z.string()),
  userName: z.string(),
  /** The sealed parts that are not empty; `name` of a field the person added, else null. */
  sealed: z.array(z.object({ field: SecretField, name: z.string().nullable() })),
})
export type ItemVersion = z.infer<typeof ItemVersion>

/** A file that is being sealed or written out now. */
export const FileJob = z.object({
  id: z.string(),
  itemId: z.string(),
  kind: z.enum(['attach', 'save']),
  name: z.string(),
  doneBytes: z.int(),
  totalBytes: z.int(),
})
export type FileJob = z.infer<typeof FileJob>

/** An item in the trash; it is erased when its time is over. */
export const TrashedItem = z.object({
  id: z.string(),
  kind: ItemKind,
  name: z.string(),
  trashedAtMs: z.number(),
  erasedAtMs: z.number(),
})
export type TrashedItem = z.infer<typeof TrashedItem>
