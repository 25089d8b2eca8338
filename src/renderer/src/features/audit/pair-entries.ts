import type { AuditEntry } from '../../../../shared/models/audit.ts'

/** One line of the view: an act with its opener and its closer, or a single event. */
export type AuditRow = {
  /** Stays the same when the closer comes. */
  readonly key: string
  /** All facts; those of the closer win, because it knows how it ended. */
  readonly facts: AuditEntry
  readonly opener: AuditEntry | null
  readonly closer: AuditEntry | null
  /** `open`: begun, and no end is known (yet). */
  readonly state: 'event' | 'open' | 'closed'
  readonly atMs: number
}

/**
 * Joins openers and closers by their `op` into rows, newest first. A row stands where its opener stands; a closer whose
 * opener is not loaded (yet) stands for itself. `entries` are newest first, as the log gives them.
 */
export function pairEntries(entries: ReadonlyArray<AuditEntry>): ReadonlyArray<AuditRow> {
  const closers = new Map<string, AuditEntry>()
  const openers = new Set<string>()
  for (const entry of entries) {
    if (entry.op === undefined) continue
    if (entry.phase === 'close') closers.set(entry.op, entry)
    if (entry.phase === 'open') openers.add(entry.op)
  }
  return entries.flatMap((entry): ReadonlyArray<AuditRow> => {
    const { op } = entry
    if (entry.phase === 'open') {
      const closer = op === undefined ? null : (closers.get(op) ?? null)
      return [rowOf(entry, closer)]
    }
    if (entry.phase === 'close') return op !== undefined && openers.has(op) ? [] : [rowOf(null, entry)]
    return [{ key: `entry-${entry.index}`, facts: entry, opener: null, closer: null, state: 'event', atMs: entry.atMs }]
  })
}

function rowOf(opener: AuditEntry | null, closer: AuditEntry | null): AuditRow {
  const first = opener ?? closer
  if (first === null) throw new Error('A row has an opener or a closer')
  return {
    key: first.op === undefined ? `entry-${first.index}` : `op-${first.op}`,
    facts: { ...first, ...opener, ...closer },
    opener,
    closer,
    state: closer === null ? 'open' : 'closed',
    atMs: first.atMs,
  }
}
