import type { Grant } from '../../../../shared/models/approval.ts'

/** Whether a grant still answers. */
export function isLive(grant: Grant, nowMs: number): boolean {
  return grant.revokedAtMs === null && grant.expiresAtMs > nowMs && grant.usesLeft !== 0
}

/** Why a grant no longer answers, in a word or two. */
export function endedWords(grant: Grant): string {
  if (grant.revokedAtMs !== null) return 'Revoked'
  return grant.usesLeft === 0 ? 'Used up' : 'Over'
}
