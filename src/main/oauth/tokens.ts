import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Scope } from '../../shared/models/api-key.ts'
import { SignIn } from '../../shared/models/sign-in.ts'

/** The kind of vault record that holds a program's sign-in. */
export const signInRecordKind = 'oauth-sign-in'

const accessForm = /^oc_at_[0-9a-f]{48}$/
const refreshForm = /^oc_rt_([0-9a-f]{32})[0-9a-f]{48}$/
const Hash = z.string().regex(/^[0-9a-f]{64}$/)

/** All tokens that stem from one consent; a refresh token that comes back after its use ends all of them. */
export const Family = z.object({
  /** Stands in each refresh token, so that a used one still says where it belongs. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  scopes: z.array(Scope),
  /** The address of this server that the tokens are for (RFC 8707). */
  resource: z.string(),
  /** Newest last. */
  access: z.array(z.object({ hash: Hash, scopes: z.array(Scope), expiresAtMs: z.number() })),
  refreshHashes: z.array(Hash),
  createdAtMs: z.number(),
  refreshedAtMs: z.number(),
  endsAtMs: z.number().nullable(),
  ended: z.boolean(),
})
export type Family = z.infer<typeof Family>

/** Readable while locked, so that a client learns "locked" and not "wrong token"; bound to the sealed part by the vault. */
export const ClearSignIn = z.object({
  families: z.array(Family),
  revokedAtMs: z.number().nullable(),
  revokedBecause: SignIn.shape.revokedBecause,
})
export type ClearSignIn = z.infer<typeof ClearSignIn>

/** Only readable while the vault is open. */
export const SealedSignIn = SignIn.pick({ name: true, clientId: true, identity: true, redirectHost: true }).extend({
  createdAtMs: z.number(),
  lastUsedAtMs: z.number().nullable(),
})
export type SealedSignIn = z.infer<typeof SealedSignIn>

export function newAccessToken(): string {
  return `oc_at_${randomBytes(24).toString('hex')}`
}

export function newFamilyId(): string {
  return randomBytes(16).toString('hex')
}

/** 128 bits that name the family, 192 that prove it. */
export function newRefreshToken(familyId: string): string {
  return `oc_rt_${familyId}${randomBytes(24).toString('hex')}`
}

export function isAccessToken(text: string): boolean {
  return accessForm.test(text)
}

/** The family that a refresh token says it is of, or null when it is no refresh token. */
export function familyOf(text: string): string | null {
  return refreshForm.exec(text)?.[1] ?? null
}
