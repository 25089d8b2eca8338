import { z } from 'zod'

/** What a client may ask for at all. */
export const scopes = ['openclaw:read', 'openclaw:write', 'secrets:list', 'secrets:use'] as const
export const Scope = z.enum(scopes)
export type Scope = z.infer<typeof Scope>

export const ApiKeyInput = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'Give the client a name.')
    .max(100, 'A name has at most 100 characters.')
    .regex(/^[^\p{Cc}\p{Cf}]+$/u, 'A name cannot contain invisible characters.'),
  scopes: z.array(Scope).min(1, 'Choose at least one scope.'),
  /** Days until the key stops working; null: never. */
  expiresInDays: z.number().positive().max(3650).nullable().default(null),
})
export type ApiKeyInput = z.infer<typeof ApiKeyInput>

/** How a key came to be: made in the window or on the command line, read from a file, or made for a program that Connect set up. */
export const KeySource = z.enum(['window', 'cli', 'import', 'connect'])
export type KeySource = z.infer<typeof KeySource>

const hourMs = 3_600_000

/** How long an old key goes on working beside its replacement, unless the person says otherwise. */
export const defaultOverlapMs = hourMs

export const RotateInput = z.strictObject({
  id: z.string().min(1).max(100),
  /** 0: the old key stops at once. */
  overlapMs: z
    .int()
    .nonnegative()
    .max(30 * 24 * hourMs, 'The old key can go on for at most 30 days.')
    .default(defaultOverlapMs),
})
export type RotateInput = z.infer<typeof RotateInput>

/** What a file of keys holds, without the keys; nothing of it is imported while there are problems. */
export const KeyPreview = z.object({
  keys: z.array(
    z.object({
      line: z.int(),
      name: z.string(),
      prefix: z.string(),
      /** Null: the file does not say, so those that the person chooses. */
      scopes: z.array(Scope).nullable(),
      expiresAtMs: z.number().nullable(),
    }),
  ),
  /** By line, and never with what stands there. */
  problems: z.array(z.object({ line: z.int(), message: z.string() })),
})
export type KeyPreview = z.infer<typeof KeyPreview>

/** Scopes for the keys whose lines name none. */
const importScopes = z.array(Scope).min(1, 'Choose at least one scope.')

export const KeyImportInput = z.strictObject({
  text: z.string().max(1024 * 1024, 'The file is larger than 1 MiB.'),
  /** Null: each line must name its own. */
  scopes: importScopes.nullable(),
  /** Only looks. */
  dryRun: z.boolean(),
})
export type KeyImportInput = z.infer<typeof KeyImportInput>

export const KeyFileInput = z.strictObject({ scopes: importScopes })

/** A client's key as the window shows it; the key itself is shown once, when it is made, and only its SHA-256 is kept. */
export const ApiKey = z.object({
  id: z.string(),
  name: z.string(),
  /** The first characters, to tell keys apart: `oc_sk_1a2b3c`. */
  prefix: z.string(),
  scopes: z.array(Scope),
  state: z.enum(['active', 'expired', 'revoked']),
  createdAtMs: z.number(),
  expiresAtMs: z.number().nullable(),
  lastUsedAtMs: z.number().nullable(),
  revokedAtMs: z.number().nullable(),
  /** Null for keys of a version that did not note it. */
  source: KeySource.nullable(),
  rotatedAtMs: z.number().nullable(),
  /** The key before the last rotation, while it still works beside this one. */
  previous: z.object({ prefix: z.string(), untilMs: z.number() }).nullable(),
})
export type ApiKey = z.infer<typeof ApiKey>
