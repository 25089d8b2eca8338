import { Ban, RefreshCw } from 'lucide-react'
import { useState } from 'react'
import type { ApiKey } from '../../../../shared/models/api-key.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { ConfirmDialog } from '../../components/ui/confirm-dialog.tsx'
import { Time } from '../../components/ui/time.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { Detail, Fact } from '../../layout/list-detail.tsx'
import { countdown, exactTime } from '../../lib/format.ts'
import { useAction } from '../../lib/queries.ts'
import { useNow } from '../../lib/use-now.ts'
import { keyLooks, keySourceWords } from './key-state.ts'
import { RotateDialog } from './rotate-dialog.tsx'
import { ScopeList } from './scope-list.tsx'

/** One client: what it may ask, when it last did, and the way to take its key back. */
export function ClientDetail({ apiKey, onClose }: { readonly apiKey: ApiKey; readonly onClose: () => void }) {
  const [asking, setAsking] = useState(false)
  const [rotating, setRotating] = useState(false)
  const nowMs = useNow()
  const oldUntilMs = apiKey.previous?.untilMs ?? 0
  const revoke = useAction('keys.revoke')
  const { word, icon, tone } = keyLooks[apiKey.state]
  return (
    <Detail
      title={apiKey.name}
      subtitle={
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
      }
      onClose={onClose}
      {...(apiKey.state === 'active'
        ? {
            actions: (
              <>
                <Button onClick={() => setRotating(true)}>
                  <RefreshCw size={14} aria-hidden />
                  New key…
                </Button>
                <Button variant="deny" className="ml-auto" onClick={() => setAsking(true)}>
                  <Ban size={14} aria-hidden />
                  Revoke key…
                </Button>
              </>
            ),
          }
        : {})}
    >
      <dl>
        <Fact name="May">
          <ScopeList scopes={apiKey.scopes} />
        </Fact>
        <Fact name="Key">
          <code className="font-mono text-13">{apiKey.prefix}…</code>
          <p className="text-12 text-ink-muted">
            Shown whole only when it was made. Clawkeep keeps just its fingerprint.
          </p>
        </Fact>
        {apiKey.previous !== null && nowMs < oldUntilMs && (
          <Fact name="Old key">
            <code className="font-mono text-13">{apiKey.previous.prefix}…</code>
            <p className="text-12 text-ink-muted">
              Still works for <span className="tabular-nums">{countdown(oldUntilMs - nowMs)}</span>, until{' '}
              {exactTime(oldUntilMs)}. Revoking ends both.
            </p>
          </Fact>
        )}
        <Fact name="Last used">{apiKey.lastUsedAtMs === null ? 'Never' : <Time atMs={apiKey.lastUsedAtMs} />}</Fact>
        <Fact name="Made">
          <Time atMs={apiKey.createdAtMs} />
          {apiKey.source !== null && <p className="text-12 text-ink-muted">{keySourceWords[apiKey.source]}</p>}
        </Fact>
        {apiKey.rotatedAtMs !== null && (
          <Fact name="Replaced">
            <Time atMs={apiKey.rotatedAtMs} />
          </Fact>
        )}
        <Fact name={apiKey.state === 'expired' ? 'Expired' : 'Expires'}>
          {apiKey.expiresAtMs === null ? 'Never' : <Time atMs={apiKey.expiresAtMs} />}
        </Fact>
        {apiKey.revokedAtMs !== null && (
          <Fact name="Revoked">
            <Time atMs={apiKey.revokedAtMs} />
          </Fact>
        )}
      </dl>
      {rotating && <RotateDialog apiKey={apiKey} onClose={() => setRotating(false)} />}
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Revoke the key of “${apiKey.name}”?`}
        action="Revoke key"
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() =>
          revoke.mutate(
            { id: apiKey.id },
            {
              onSuccess: () => {
                setAsking(false)
                sayDone('Key revoked', apiKey.name)
              },
            },
          )
        }
      >
        <p>
          The program is cut off at once, also in a session that is open now. The key cannot be made valid again;
          connect it anew if you change your mind.
        </p>
      </ConfirmDialog>
    </Detail>
  )
}
