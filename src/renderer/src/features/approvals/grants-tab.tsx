import { KeyRound, Stamp } from 'lucide-react'
import type { Grant } from '../../../../shared/models/approval.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Host } from '../../components/ui/host.tsx'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { Time } from '../../components/ui/time.tsx'
import { sayDone, sayProblem } from '../../components/ui/toasts.ts'
import { cn } from '../../lib/class-names.ts'
import { count, exactTime, roughDuration } from '../../lib/format.ts'
import { useAction, useItems } from '../../lib/queries.ts'
import { useNow } from '../../lib/use-now.ts'
import { visibleString } from '../../lib/visible-text.ts'
import { endedWords, isLive } from './grant-state.ts'

/** The standing answers: what may go without asking, for how long still, and the way to end it. */
export function GrantsTab({ grants }: { readonly grants: ReadonlyArray<Grant> }) {
  const nowMs = useNow()
  const live = grants.filter((grant) => isLive(grant, nowMs)).sort((a, b) => a.expiresAtMs - b.expiresAtMs)
  const ended = grants.filter((grant) => !isLive(grant, nowMs)).sort((a, b) => b.createdAtMs - a.createdAtMs)
  if (grants.length === 0) {
    return (
      <EmptyState icon={Stamp} title="No standing answers">
        When you allow something for an hour instead of once, the grant is listed here. You can revoke it before its
        time is over.
      </EmptyState>
    )
  }
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label="Grants"
      className="min-h-0 flex-1 overflow-y-auto outline-offset-[-2px]"
    >
      <div className="mx-auto max-w-225 space-y-5 px-6 py-5">
        {live.length === 0 ? (
          <p className="text-13 text-ink-muted">No grant is in force. Every use of a key is asked.</p>
        ) : (
          <GrantList label="In force" grants={live} nowMs={nowMs} />
        )}
        {ended.length > 0 && <GrantList label="Ended" grants={ended} nowMs={nowMs} />}
      </div>
    </div>
  )
}

function GrantList({
  label,
  grants,
  nowMs,
}: {
  readonly label: string
  readonly grants: ReadonlyArray<Grant>
  readonly nowMs: number
}) {
  return (
    <section>
      <h2 className="mb-2 text-13 font-medium text-ink-muted">{label}</h2>
      <ul className="overflow-hidden rounded-xl border border-line bg-surface">
        {grants.map((grant) => (
          <GrantRow key={grant.id} grant={grant} nowMs={nowMs} />
        ))}
      </ul>
    </section>
  )
}

function GrantRow({ grant, nowMs }: { readonly grant: Grant; readonly nowMs: number }) {
  const items = useItems().data ?? []
  const revoke = useAction('grants.revoke')
  const live = isLive(grant, nowMs)
  const names = grant.itemIds.map((id) => items.find((item) => item.id === id)?.name ?? 'a removed key')
  return (
    <li className="flex items-center gap-4 border-b border-line/60 px-5 py-3 text-13 last:border-b-0">
      <div className={cn('min-w-0 flex-1', !live && 'text-ink-muted')}>
        <p className="truncate">
          <HostileText text={grant.asker.name} maxChars={60} className="font-medium" /> may send requests to{' '}
          <Host host={grant.host} />
        </p>
        <p className="mt-0.5 flex items-center gap-1.5 truncate text-12 text-ink-muted">
          <KeyRound size={13} aria-hidden className="shrink-0" />
          <span className="truncate">
            {names.length === 0 ? 'without a key' : names.map((name) => visibleString(name, 60)).join(', ')}
          </span>
          <span className="shrink-0">
            · used {count(grant.usedCount, 'time')}
            {grant.usesLeft !== null && live && `, ${grant.usesLeft} left`}
          </span>
        </p>
      </div>
      {live ? (
        <>
          <span className="shrink-0 text-right tabular-nums" title={exactTime(grant.expiresAtMs)}>
            {roughDuration(grant.expiresAtMs - nowMs)} left
          </span>
          <Button
            size="sm"
            variant="deny"
            off={revoke.isPending}
            aria-label={`Revoke the grant of ${visibleString(grant.asker.name, 60)} for ${visibleString(grant.host, 100)}`}
            onClick={() =>
              revoke.mutate(
                { id: grant.id },
                { onSuccess: () => sayDone('Grant revoked', 'The next request asks again.'), onError: sayProblem },
              )
            }
          >
            Revoke
          </Button>
        </>
      ) : (
        <>
          <Badge tone="neutral">{endedWords(grant)}</Badge>
          <span className="w-20 shrink-0 text-right text-12 text-ink-muted">
            {/* When the last use was is not known. */}
            {(grant.revokedAtMs !== null || grant.usesLeft !== 0) && (
              <Time atMs={grant.revokedAtMs ?? grant.expiresAtMs} />
            )}
          </span>
        </>
      )}
    </li>
  )
}
