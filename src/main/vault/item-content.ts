import { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import {
  ItemKind,
  versionParts,
  wrongForKind,
  type FieldPatch,
  type ParsedItemInput,
  type ParsedItemPatch,
  type SecretField,
  type VersionPart,
} from '../../shared/models/item.ts'
import { newId } from '../ids.ts'
import { generateSshKey, readSshKey } from './ssh-key.ts'
import { readTotp } from './totp.ts'

/** The sealed part that lists and search see. What has a default came with a later version than the first. */
export const Overview = z.object({
  kind: ItemKind,
  name: z.string(),
  hosts: z.array(z.string()),
  userName: z.string(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
  tags: z.array(z.string()).default([]),
  fieldNames: z.array(z.string()).default([]),
  /** Since when the secret is what it is; null: from before this was noted, so only that it is as old as the last change. */
  secretSinceMs: z.number().nullable().default(null),
  favourite: z.boolean().default(false),
  hasTotp: z.boolean().default(false),
  publicKey: z.string().nullable().default(null),
  fingerprint: z.string().nullable().default(null),
  expiresAtMs: z.number().nullable().default(null),
  rotateByMs: z.number().nullable().default(null),
  /** When it was put into the trash; null: it is not there. */
  trashedAtMs: z.number().nullable().default(null),
})
export type Overview = z.infer<typeof Overview>

const Field = z.object({ id: z.string(), name: z.string(), hidden: z.boolean(), value: z.string() })

/** The sealed part that is only opened when asked for. */
export const Details = z.object({
  secret: z.string(),
  notes: z.string(),
  totp: z.string().default(''),
  fields: z.array(Field).default([]),
})
export type Details = z.infer<typeof Details>

/** All of an item. */
export type Content = { readonly overview: Overview; readonly details: Details }

/** Throws AppError invalid with the first thing that is not as it must be. */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw new AppError('invalid', result.error.issues[0]?.message ?? 'A field is not as it must be.', {
    hint: 'Correct it and try again.',
  })
}

/** The content of a new item. Throws AppError invalid for an otpauth address or an SSH key that is none. */
export function newContent(input: ParsedItemInput, nowMs: number): Content {
  const { secret, notes, totp, fields, ...rest } = input
  const key = keyOf(rest, rest.kind === 'ssh-key' && secret === '' ? generateSshKey() : secret)
  return {
    overview: {
      ...rest,
      name: rest.name.normalize('NFC'),
      fieldNames: fields.map((field) => field.name),
      secretSinceMs: nowMs,
      hasTotp: totp !== '',
      publicKey: key.publicKey,
      fingerprint: key.fingerprint,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      trashedAtMs: null,
    },
    details: {
      secret: key.privateKey,
      notes,
      totp: totp === '' ? '' : readTotp(totp),
      fields: fields.map((field) => ({ id: newId('fld'), ...field })),
    },
  }
}

/** The content after a change. Throws AppError invalid when it does not fit the kind any more, or names a field that is not there. */
export function changedContent({ overview, details }: Content, patch: ParsedItemPatch, nowMs: number): Content {
  const { secret, notes, totp, fields } = patch
  const seed = totp === undefined ? details.totp : totp === '' ? '' : readTotp(totp)
  const next: Overview = {
    ...overview,
    name: (patch.name ?? overview.name).normalize('NFC'),
    hosts: patch.hosts ?? overview.hosts,
    userName: patch.userName ?? overview.userName,
    tags: patch.tags ?? overview.tags,
    favourite: patch.favourite ?? overview.favourite,
    expiresAtMs: patch.expiresAtMs === undefined ? overview.expiresAtMs : patch.expiresAtMs,
    rotateByMs: patch.rotateByMs === undefined ? overview.rotateByMs : patch.rotateByMs,
    hasTotp: seed !== '',
    updatedAtMs: nowMs,
  }
  const key = secret === undefined ? null : keyOf(next, secret)
  const wrong = wrongForKind(next.kind, { secret: key?.privateKey ?? details.secret, totp: seed })
  if (wrong !== null) throw new AppError('invalid', wrong.message, { hint: 'Correct it and try again.' })
  const newFields = fields === undefined ? details.fields : changedFields(details.fields, fields)
  const newSecret = key?.privateKey ?? details.secret
  return {
    overview: {
      ...next,
      fieldNames: newFields.map((field) => field.name),
      ...(newSecret !== details.secret && { secretSinceMs: nowMs }),
      ...(key !== null && { publicKey: key.publicKey, fingerprint: key.fingerprint }),
    },
    details: { secret: newSecret, notes: notes ?? details.notes, totp: seed, fields: newFields },
  }
}

/** An earlier content, under the name, the tags and the dates that the item has now. */
export function restoredContent({ overview: now }: Content, earlier: Content, nowMs: number): Content {
  const { hosts, userName, fieldNames, hasTotp, publicKey, fingerprint, secretSinceMs } = earlier.overview
  return {
    // The secret is as old as it was then: to restore it makes it no newer.
    overview: {
      ...now,
      hosts,
      userName,
      fieldNames,
      hasTotp,
      publicKey,
      fingerprint,
      secretSinceMs,
      updatedAtMs: nowMs,
    },
    details: earlier.details,
  }
}

/** What the second of two contents has changed of what the history keeps. Names, tags and dates are not part of it. */
export function changedParts(before: Content, after: Content): ReadonlyArray<VersionPart> {
  return versionParts.filter((part) => JSON.stringify(partOf(before, part)) !== JSON.stringify(partOf(after, part)))
}

/** The names of the person's own fields that differ between two contents, those that are in one alone included. */
export function changedFieldNames(before: Content, after: Content): ReadonlyArray<string> {
  const written = ({ details }: Content) => new Map(details.fields.map((field) => [field.id, field]))
  const [old, now] = [written(before), written(after)]
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter(
    (id) => JSON.stringify(old.get(id)) !== JSON.stringify(now.get(id)),
  )
  return [...new Set(changed.map((id) => (now.get(id) ?? old.get(id))?.name ?? ''))]
}

/** The sealed parts that hold something, in the order they are shown in. */
export function sealedParts({ details }: Content): ReadonlyArray<{ field: SecretField; name: string | null }> {
  const own = (['secret', 'totp', 'notes'] as const).filter((part) => details[part] !== '')
  return [
    ...own.map((field) => ({ field, name: null })),
    ...details.fields.flatMap(({ id, name, value }) => (value === '' ? [] : [{ field: `field:${id}` as const, name }])),
  ]
}

/** Whether sealing the details anew can be spared. */
export function sameDetails(before: Details, after: Details): boolean {
  return JSON.stringify(before) === JSON.stringify(after)
}

/** One sealed part in the clear. Throws AppError not_found for a field that the item does not have. */
export function partToReveal(details: Details, part: SecretField): string {
  if (part === 'secret' || part === 'notes' || part === 'totp') return details[part]
  const field = details.fields.find(({ id }) => `field:${id}` === part)
  if (field === undefined) throw noField()
  return field.value
}

function partOf({ overview, details }: Content, part: VersionPart): unknown {
  return part === 'hosts' || part === 'userName' ? overview[part] : details[part]
}

function changedFields(before: Details['fields'], patch: ReadonlyArray<FieldPatch>): Details['fields'] {
  const left = new Map(before.map((field) => [field.id, field]))
  return patch.map(({ id, name, hidden, value }) => {
    const known = id === undefined ? undefined : left.get(id)
    if (id !== undefined && known === undefined) throw noField()
    if (known !== undefined) left.delete(known.id)
    // Or whoever may not reveal it would only have to say that it is not hidden any more.
    if (known?.hidden === true && !hidden && value === undefined)
      throw new AppError('invalid', 'A hidden field is not shown without its value.', {
        hint: 'Reveal the field first and give its value again.',
      })
    return { id: known?.id ?? newId('fld'), name, hidden, value: value ?? known?.value ?? '' }
  })
}

function noField(): AppError {
  return new AppError('not_found', 'The item has no such field.', { hint: 'It may have been removed.' })
}

/** The secret of an item as it is kept, with the public part of an SSH key. */
function keyOf({ kind, name, userName }: Pick<Overview, 'kind' | 'name' | 'userName'>, secret: string) {
  return kind === 'ssh-key'
    ? readSshKey(secret, userName === '' ? name : userName)
    : { privateKey: secret, publicKey: null, fingerprint: null }
}
