import { AuditEntry } from '../../shared/models/audit.ts'
import type { AuditStore } from './audit-store.ts'
import type { AuditFacts } from './facts.ts'
import { recordedFinding, type Finding } from './walk.ts'

/** The entry a check leaves: all fits, or what does not. The next signature makes it permanent. */
export function joinFacts(finding: Finding | null): AuditFacts {
  const facts = { kind: 'log.join', asker: { kind: 'system', id: 'core' } } as const
  if (finding === null) return { ...facts, outcome: 'ok' }
  return { ...facts, outcome: 'failed', code: finding.code, target: String(finding.index) }
}

/** The breaks that were written down before. */
export function recordedBreaks(store: AuditStore): ReadonlyArray<Finding> {
  return breakEntries(store).map((entry) => recordedFinding(entry))
}

/** The finding, or null when the log says it already: a break is written down once. */
export function unrecorded(store: AuditStore, finding: Finding | null): Finding | null {
  const isKnown = breakEntries(store).some(
    (entry) => entry.code === finding?.code && entry.target === String(finding?.index),
  )
  return isKnown ? null : finding
}

function breakEntries(store: AuditStore): ReadonlyArray<AuditEntry> {
  return store.breaks().flatMap(({ json }) => readEntry(json) ?? [])
}

/** The entry a row holds; null when it is not one, which only a change from outside can do. */
export function readEntry(json: string): AuditEntry | null {
  try {
    return AuditEntry.parse(JSON.parse(json))
  } catch {
    return null
  }
}
