import { BadgeCheck, OctagonAlert, X } from 'lucide-react'
import type { AuditVerdict } from '../../../../shared/models/audit.ts'
import { buttonClass } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { cn } from '../../lib/class-names.ts'
import { count } from '../../lib/format.ts'

/** The verdict on the log: whole, or where it is not. */
export function VerdictStrip({ verdict, onClose }: { readonly verdict: AuditVerdict; readonly onClose: () => void }) {
  const { ok, entries, checkpoints, firstBad, message, fingerprint } = verdict
  const Icon = ok ? BadgeCheck : OctagonAlert
  return (
    <div
      role={ok ? 'status' : 'alert'}
      className={cn(
        'flex items-start gap-3 border-b border-line px-6 py-3 text-13',
        ok ? 'bg-ok-soft' : 'bg-danger-soft',
      )}
    >
      <Icon size={18} aria-hidden className={cn('mt-px shrink-0', ok ? 'text-ok' : 'text-danger')} />
      <div className="selectable min-w-0 flex-1">
        <p className="font-medium wrap-anywhere">{message}</p>
        <p className="text-ink-muted">
          {ok
            ? `${count(checkpoints, 'signed checkpoint')} in ${count(entries, 'entry', 'entries')}, each checked.`
            : `The first entry that does not fit is number ${firstBad ?? 'unknown'} of ${entries}. Keep a copy of audit.db before you do anything else.`}
        </p>
        {fingerprint !== null && (
          <p className="flex items-center gap-1 text-ink-muted">
            Signing key <code className="font-mono text-12 text-ink">{fingerprint}</code>
            <CopyButton label="Copy the fingerprint of the signing key" text={fingerprint} className="-my-1.5" />
          </p>
        )}
      </div>
      <button
        type="button"
        aria-label="Close the verdict"
        onClick={onClose}
        className={buttonClass('ghost', 'icon', '-my-1')}
      >
        <X size={16} aria-hidden />
      </button>
    </div>
  )
}
