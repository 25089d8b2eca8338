import { hash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { KeySource, Scope } from '../../shared/models/api-key.ts'

/** The kind of vault record that holds an API key. */
export const keyRecordKind = 'api-key'

const Hash = z.string().regex(/^[0-9a-f]{64}$/)
const tokenForm = /^oc_sk_[0-9a-f]{48}$/
const prefixLength = 'oc_sk_'.length + 6

/** Where keys are kept. */
export type KeyRecords = {
  put(kind: string, id: string, value: unknown, clear?: Record<string, unknown>): void
  putAll(rows: ReadonlyArray<{ kind: string; id: string; value: unknown; clear?: Record<string, unknown> }>): void
  list(kind: string): ReadonlyArray<{ id: string; value: unknown }>
  listClear(kind: string): ReadonlyArray<{ id: string; clear: Record<string, unknown> }>
}

/** Readable while locked, so that a client learns "locked" and not "wrong key"; bound to the sealed part by the vault. */
export const ClearPart = z.object({
  hash: Hash,
  scopes: z.array(Scope),
  expiresAtMs: z.number().nullable(),
  revokedAtMs: z.number().nullable(),
  /** The key before the last rotation; kept when its time is over, so that its holder learns why it stopped. */
  previous: z.object({ hash: Hash, untilMs: z.number() }).nullable().default(null),
})
export type ClearPart = z.infer<typeof ClearPart>

/** Only readable while the vault is open. */
export const SealedPart = z.object({
  name: z.string(),
  prefix: z.string(),
  createdAtMs: z.number(),
  lastUsedAtMs: z.number().nullable(),
  source: KeySource.nullable().default(null),
  rotatedAtMs: z.number().nullable().default(null),
  previousPrefix: z.string().default(''),
})
export type SealedPart = z.infer<typeof SealedPart>

/** A new key of 192 random bits: `oc_sk_` and 48 hex digits. */
export function newToken(): string {
  return `oc_sk_${randomBytes(24).toString('hex')}`
}

export function looksLikeToken(text: string): boolean {
  return text.startsWith('oc_sk_')
}

export function isToken(text: string): boolean {
  return tokenForm.test(text)
}

/** What the window shows of a key, to tell keys apart: `oc_sk_1a2b3c`. */
export function prefixOf(token: string): string {
  return token.slice(0, prefixLength)
}

/** What is kept of a key (hex). A plain hash is enough for 192 random bits: there is nothing to guess. */
export function sha256(token: string): string {
  return hash('sha256', token, 'hex')
}
