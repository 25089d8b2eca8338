import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AuditKind } from '../../shared/models/audit.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { type Course, stopIfAborted } from '../vault/paced.ts'

/** What counts as use: a client or an assistant sent it, or the person looked at it or copied it. */
const uses: AuditKind[] = ['tool.call', 'egress.request', 'item.reveal', 'item.copy', 'item.code']
const pageEntries = 200

/** The items that were used since a moment; `isKnown` false: the log begins later than that. */
export type Use = { readonly used: ReadonlySet<string>; readonly isKnown: boolean }

/** Reads it out of the audit log, page by page. Throws AppError cancelled, audit_failed. */
export async function usedSince(
  audit: Pick<AuditLog, 'list'>,
  sinceMs: number,
  { signal, onProgress }: Course,
): Promise<Use> {
  const [first] = audit.list({ before: 1, limit: 1 }).entries
  const used = new Set<string>()
  if (first === undefined || first.atMs > sinceMs) return { used, isKnown: false }
  let done = 0
  let before: number | null = Number.MAX_SAFE_INTEGER
  while (before !== null) {
    const page = audit.list({ kinds: uses, fromMs: sinceMs, before, limit: pageEntries })
    for (const { itemIds = [], outcome } of page.entries) if (outcome === 'ok') for (const id of itemIds) used.add(id)
    done += page.entries.length
    onProgress?.(done, page.total)
    before = page.entries.length === 0 ? null : page.nextBefore
    await nextTurn()
    stopIfAborted(signal)
  }
  return { used, isKnown: true }
}
