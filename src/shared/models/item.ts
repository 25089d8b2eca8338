import { z } from 'zod'

/** The kinds of item a vault can hold. */
export const itemKinds = ['api-key', 'login'] as const
export const ItemKind = z.enum(itemKinds)
export type ItemKind = z.infer<typeof ItemKind>

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
  userName: z.string().max(500),
  secret: z.string().min(1, 'The secret is empty.').max(65_536, 'A secret has at most 65,536 characters.'),
  notes: z.string().max(100_000, 'Notes have at most 100,000 characters.'),
}

/** What a person gives to make an item. */
export const ItemInput = z.strictObject({
  ...itemFields,
  hosts: itemFields.hosts.default([]),
  userName: itemFields.userName.default(''),
  notes: itemFields.notes.default(''),
})
export type ItemInput = z.infer<typeof ItemInput>

/** The fields to change; what is absent stays. The kind of an item never changes. */
export const ItemPatch = z.strictObject({
  name: itemFields.name.optional(),
  hosts: itemFields.hosts.optional(),
  userName: itemFields.userName.optional(),
  secret: itemFields.secret.optional(),
  notes: itemFields.notes.optional(),
})
export type ItemPatch = z.infer<typeof ItemPatch>

/** What lists and search see of an item; sealed apart from its details. */
export const ItemOverview = z.object({
  id: z.string(),
  kind: ItemKind,
  name: z.string(),
  hosts: z.array(z.string()),
  userName: z.string(),
  revision: z.int().positive(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
})
export type ItemOverview = z.infer<typeof ItemOverview>

/** The parts of an item that are only opened when asked for, one at a time. */
export const SecretField = z.enum(['secret', 'notes'])
export type SecretField = z.infer<typeof SecretField>
