import type { Scope } from '../../shared/models/api-key.ts'
import { sha256 } from '../mcp/key-record.ts'
import { type Family, newAccessToken, newFamilyId, newRefreshToken } from './tokens.ts'

const dayMs = 86_400_000
/** A sign-in that nothing uses for so long ends by itself. */
const idleMs = 30 * dayMs
/** Ended ones are kept this long, to answer "revoked" and not "unknown". */
const keepEndedMs = dayMs
/** Access tokens kept of one family, expired ones included. */
const maxAccess = 8
/** Refresh tokens of one family that are good at once: requests of one client that refreshed at the same moment, each its own. */
const maxSiblings = 4

/** New tokens, in the clear for the one time that they are; the family holds their hashes. */
export type Issued = {
  readonly accessToken: string
  readonly refreshToken: string
  readonly scopes: ReadonlyArray<Scope>
  readonly expiresInS: number
}

type IssueOptions = { readonly scopes: ReadonlyArray<Scope>; readonly accessMinutes: number; readonly nowMs: number }

/** A family without tokens, as a consent begins it. */
export function newFamily(start: {
  scopes: ReadonlyArray<Scope>
  resource: string
  endsAtMs: number | null
  nowMs: number
}): Family {
  const { scopes, resource, endsAtMs, nowMs } = start
  return {
    id: newFamilyId(),
    scopes: [...scopes],
    resource,
    access: [],
    refreshHashes: [],
    createdAtMs: nowMs,
    refreshedAtMs: nowMs,
    endsAtMs,
    ended: false,
  }
}

/** The family with one pair of tokens more; `beside`: refresh tokens that stay good. */
export function issue(
  family: Family,
  beside: ReadonlyArray<string>,
  { scopes, accessMinutes, nowMs }: IssueOptions,
): { readonly family: Family; readonly issued: Issued } {
  const accessToken = newAccessToken()
  const refreshToken = newRefreshToken(family.id)
  const expiresAtMs = Math.min(nowMs + accessMinutes * 60_000, family.endsAtMs ?? Number.POSITIVE_INFINITY)
  const access = { hash: sha256(accessToken), scopes: [...scopes], expiresAtMs }
  return {
    family: {
      ...family,
      access: [...family.access, access].slice(-maxAccess),
      refreshHashes: [...beside, sha256(refreshToken)].slice(-maxSiblings),
      refreshedAtMs: nowMs,
    },
    issued: {
      accessToken,
      refreshToken,
      scopes,
      expiresInS: Math.max(1, Math.floor((expiresAtMs - nowMs) / 1000)),
    },
  }
}

/** When a family ends if nothing uses it. */
export function endOf(family: Family): number {
  return Math.min(family.endsAtMs ?? Number.POSITIVE_INFINITY, family.refreshedAtMs + idleMs)
}

export function isLive(family: Family, nowMs: number): boolean {
  return !family.ended && nowMs < endOf(family)
}

/** Without those that ended long ago. */
export function pruned(families: ReadonlyArray<Family>, nowMs: number): Family[] {
  return families.filter((family) => isLive(family, nowMs) || nowMs - family.refreshedAtMs < keepEndedMs)
}
