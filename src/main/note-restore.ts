import type { Asker } from '../shared/models/asker.ts'
import type { AuditLog } from './audit/audit-log.ts'

/** Writes down a restore that was done before there could be a core: over a vault file that could not be opened. */
export function noteRestore(audit: Pick<AuditLog, 'event'>, asker: Asker | undefined): void {
  // A log that cannot be written is shown as such.
  if (asker !== undefined) audit.event({ kind: 'vault.restore', asker, outcome: 'ok' }).catch(() => undefined)
}
