import { ArrowRight, FileWarning, Hourglass, MonitorX, ShieldAlert } from 'lucide-react'
import { Link } from 'wouter'
import type { Status } from '../../../shared/models/status.ts'
import { buttonClass } from '../components/ui/button.tsx'
import { WordsBanner } from './words-banner.tsx'
import { count } from '../lib/format.ts'

/** What must be seen on every page: an audit log that cannot be written, a vault of which not everything opens, a way in that was lost or may be, and questions that wait on another page. */
export function Banners({ status, location }: { readonly status: Status; readonly location: string }) {
  const waitsElsewhere = status.pendingApprovals > 0 && !location.startsWith('/approvals')
  return (
    <>
      {status.auditProblem !== null && (
        <div role="alert" className="flex gap-2.5 border-b border-line bg-danger-soft px-6 py-2.5 text-13">
          <ShieldAlert size={16} className="mt-0.5 shrink-0 text-danger" aria-hidden />
          <p className="selectable wrap-anywhere">
            <strong className="font-medium">The audit log cannot be written, so nothing sensitive runs.</strong>{' '}
            <span className="text-ink-muted">{status.auditProblem}</span>
          </p>
        </div>
      )}
      {status.vaultProblem !== null && (
        <div role="alert" className="flex items-start gap-2.5 border-b border-line bg-danger-soft px-6 py-2 text-13">
          <FileWarning size={16} className="mt-1 shrink-0 text-danger" aria-hidden />
          <p className="selectable flex-1 py-0.5 wrap-anywhere">
            <strong className="font-medium">Not everything in the vault is as it should be.</strong>{' '}
            <span className="text-ink-muted">
              {status.vaultProblem.message} {status.vaultProblem.hint}
            </span>
          </p>
          {!location.startsWith('/settings') && (
            <Link href="/settings/vault" className={buttonClass('ghost', 'sm', 'text-ink')}>
              Open Settings
              <ArrowRight size={14} aria-hidden />
            </Link>
          )}
        </div>
      )}
      {status.quickUnlock === 'lost' && !location.startsWith('/settings') && (
        <div role="status" className="flex items-center gap-2.5 border-b border-line bg-wait-soft px-6 py-1.5 text-13">
          <MonitorX size={15} className="shrink-0 text-wait" aria-hidden />
          <p className="flex-1 font-medium">Quick unlock does not work any more on this computer.</p>
          <Link href="/settings/lock" className={buttonClass('ghost', 'sm', 'text-ink')}>
            Remove or set up again
            <ArrowRight size={14} aria-hidden />
          </Link>
        </div>
      )}
      {status.wordsUnconfirmed && !location.startsWith('/settings') && <WordsBanner />}
      {waitsElsewhere && (
        <div role="status" className="flex items-center gap-2.5 border-b border-line bg-wait-soft px-6 py-1.5 text-13">
          <Hourglass size={15} className="shrink-0 text-wait" aria-hidden />
          <p className="flex-1 font-medium">
            {count(status.pendingApprovals, 'question waits', 'questions wait')} for your answer.
          </p>
          <Link href="/approvals" className={buttonClass('ghost', 'sm', 'text-ink')}>
            Review
            <ArrowRight size={14} aria-hidden />
          </Link>
        </div>
      )}
    </>
  )
}
