import type { ApiKey, Scope } from '../../shared/models/api-key.ts'
import type { ClearPart, SealedPart } from './key-record.ts'
import type { Client } from './token-verifier.ts'

/** A key to be kept, with the key itself: from now on only its hash stays. */
export type NewKey = {
  readonly token: string
  readonly name: string
  readonly scopes: ReadonlyArray<Scope>
  readonly expiresAtMs: number | null
}

/** A key in memory; `sealed` is null while the vault is locked. */
export type KeyEntry = {
  readonly id: string
  clear: ClearPart
  sealed: SealedPart | null
  client: Client
  lastUsedAtMs: number | null
}

/** Whether a key still works, and if not why. */
export function keyState({ revokedAtMs, expiresAtMs }: ClearPart, nowMs: number): ApiKey['state'] {
  if (revokedAtMs !== null) return 'revoked'
  return expiresAtMs !== null && nowMs >= expiresAtMs ? 'expired' : 'active'
}

/** A key as the person sees it. */
export function viewOfKey({ id, clear, sealed, lastUsedAtMs }: KeyEntry, nowMs: number): ApiKey {
  const { scopes, expiresAtMs, revokedAtMs, previous } = clear
  const state = keyState(clear, nowMs)
  const overlaps = previous !== null && nowMs < previous.untilMs && state === 'active'
  return {
    id,
    name: sealed?.name ?? '',
    prefix: sealed?.prefix ?? '',
    scopes,
    state,
    createdAtMs: sealed?.createdAtMs ?? 0,
    expiresAtMs,
    lastUsedAtMs,
    revokedAtMs,
    source: sealed?.source ?? null,
    rotatedAtMs: sealed?.rotatedAtMs ?? null,
    previous: overlaps ? { prefix: sealed?.previousPrefix ?? '', untilMs: previous.untilMs } : null,
  }
}
