import type { Handlers } from '../router.ts'
import { person } from './askers.ts'
import type { Core } from './core.ts'

type ApprovalRoutes = 'approvals.list' | 'approvals.get' | 'approvals.decide' | 'grants.list' | 'grants.revoke'

/** Decisions enter here and nowhere else: the window's main frame, or the CLI with the vault password. */
export function approvalHandlers({ approvals, audit }: Core): Pick<Handlers, ApprovalRoutes> {
  return {
    'approvals.list': () => [...approvals.list()],
    'approvals.get': ({ id }) => approvals.get(id),
    'approvals.decide': ({ id, decision }, caller) => approvals.decide(id, decision, caller.kind),
    'grants.list': () => [...approvals.listGrants()],
    'grants.revoke': ({ id }, caller) =>
      audit.around({ kind: 'grant.revoke', asker: person(caller), target: id }, async () => {
        approvals.revokeGrant(id)
        return null
      }),
  }
}
