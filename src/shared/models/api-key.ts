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
})
export type ApiKey = z.infer<typeof ApiKey>
