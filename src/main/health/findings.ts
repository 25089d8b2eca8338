import { type Finding, type ItemHealth, oldAfterDays, unusedAfterDays } from '../../shared/models/health.ts'
import { usableKinds } from '../../shared/models/item.ts'
import type { HeldItem } from '../vault/item-index.ts'
import type { JudgedItem } from './judge-secrets.ts'
import type { Use } from './last-use.ts'

const dayMs = 24 * 60 * 60_000

type Known = {
  /** By hash, how often it was seen. */
  readonly breaches: ReadonlyMap<string, number>
  readonly use: Use
  readonly nowMs: number
}

/** Puts together what is not well with each item; those with nothing are left out. */
export function findingsOf(judged: ReadonlyArray<JudgedItem>, known: Known): ReadonlyArray<ItemHealth> {
  const groups = sameSecrets(judged)
  return judged.flatMap((item) => {
    const findings = [...secretFindings(item, groups, known), ...ageFindings(item.overview, item.mark !== null, known)]
    const { id, name, kind, revision } = item.overview
    return findings.length === 0 ? [] : { id, name, kind, revision, findings }
  })
}

function secretFindings(
  { mark, hash, isWeak, isDamaged }: JudgedItem,
  groups: ReadonlyMap<string, { readonly group: number; readonly items: number }>,
  { breaches }: Known,
): ReadonlyArray<Finding> {
  const count = hash === null ? undefined : breaches.get(hash)
  const same = mark === null ? undefined : groups.get(mark)
  return [
    ...(isDamaged ? [{ what: 'damaged' } as const] : []),
    ...(count === undefined ? [] : [{ what: 'breached', count } as const]),
    ...(isWeak ? [{ what: 'weak' } as const] : []),
    ...(same === undefined ? [] : [{ what: 'reused', ...same } as const]),
  ]
}

function ageFindings(overview: HeldItem, hasSecret: boolean, { use, nowMs }: Known): ReadonlyArray<Finding> {
  const { id, kind, due, expiresAtMs, rotateByMs, createdAtMs, updatedAtMs } = overview
  const atMs = due === 'expired' || due === 'expires-soon' ? expiresAtMs : rotateByMs
  // Of an item from before this was noted it is only known that its secret is at least as old as its last change.
  const sinceMs = overview.secretSinceMs ?? updatedAtMs
  const isOld = hasSecret && nowMs - sinceMs > oldAfterDays * dayMs
  // An import keeps the day on which another program made the item: it was here to be used only later.
  const hereSinceMs = Math.max(createdAtMs, sinceMs)
  const isUnused =
    hasSecret &&
    usableKinds.includes(kind) &&
    use.isKnown &&
    !use.used.has(id) &&
    nowMs - hereSinceMs > unusedAfterDays * dayMs
  return [
    ...(due === null || atMs === null ? [] : [{ what: 'due', due, atMs } as const]),
    ...(isOld ? [{ what: 'old', sinceMs } as const] : []),
    ...(isUnused ? [{ what: 'unused', days: unusedAfterDays } as const] : []),
  ]
}

/** By mark, the secrets that stand in more than one item, numbered from 1. */
function sameSecrets(judged: ReadonlyArray<JudgedItem>): ReadonlyMap<string, { group: number; items: number }> {
  const counts = new Map<string, number>()
  for (const { mark } of judged) if (mark !== null) counts.set(mark, (counts.get(mark) ?? 0) + 1)
  const shared = [...counts].filter(([, items]) => items > 1)
  return new Map(shared.map(([mark, items], at) => [mark, { group: at + 1, items }]))
}
