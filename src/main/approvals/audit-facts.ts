import type { Approval } from '../../shared/models/approval.ts'
import type { AuditFacts } from '../audit/audit-log.ts'

const maxItemIds = 50
const maxHostChars = 300

/** What the log keeps of a question: ids, host and method, nothing of its text. */
export function askFacts(approval: Approval): AuditFacts {
  return { kind: 'approval.ask', asker: { kind: approval.asker.kind, id: approval.asker.id }, ...about(approval) }
}

/** What the log keeps of an answer; expiry and cancelling are the core's own. */
export function answerFacts(
  approval: Approval,
  by: 'window' | 'cli' | 'system',
  decision: NonNullable<AuditFacts['decision']>,
): AuditFacts {
  const asker = by === 'system' ? { kind: 'system' as const, id: 'core' } : { kind: 'person' as const, id: by }
  return { kind: 'approval.decide', asker, decision, ...about(approval) }
}

function about(approval: Approval): Pick<AuditFacts, 'tool' | 'target' | 'host' | 'method' | 'itemIds'> {
  const itemIds = [...new Set(approval.secrets.map((use) => use.itemId))].slice(0, maxItemIds)
  return {
    tool: approval.tool,
    target: approval.id,
    host: approval.request.host.slice(0, maxHostChars),
    method: approval.request.method,
    ...(itemIds.length === 0 ? {} : { itemIds }),
  }
}
