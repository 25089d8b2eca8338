import { Ban } from 'lucide-react'
import { useState } from 'react'
import type { SignIn } from '../../../../shared/models/sign-in.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { ConfirmDialog } from '../../components/ui/confirm-dialog.tsx'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { Time } from '../../components/ui/time.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { Detail, Fact } from '../../layout/list-detail.tsx'
import { useAction } from '../../lib/queries.ts'
import { visibleString } from '../../lib/visible-text.ts'
import { keyLooks } from './key-state.ts'
import { ScopeList } from './scope-list.tsx'

const nameMaxChars = 100
const idMaxChars = 300

const whyRevoked: Readonly<Record<NonNullable<SignIn['revokedBecause']>, string>> = {
  person: 'By you.',
  client: 'By the program itself.',
  reuse:
    'A token came back that had been used before: somebody may have copied it. Sign in again only if you trust the program.',
}

/** One program that signed in: what it may ask, where its answer went, and the way to sign it out. */
export function SignInDetail({ signIn, onClose }: { readonly signIn: SignIn; readonly onClose: () => void }) {
  const [asking, setAsking] = useState(false)
  const revoke = useAction('signIns.revoke')
  const { word, icon, tone } = keyLooks[signIn.state]
  return (
    <Detail
      title={<HostileText text={signIn.name} maxChars={nameMaxChars} />}
      subtitle={
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
      }
      onClose={onClose}
      {...(signIn.state === 'active'
        ? {
            actions: (
              <Button variant="deny" className="ml-auto" onClick={() => setAsking(true)}>
                <Ban size={14} aria-hidden />
                Revoke sign-in…
              </Button>
            ),
          }
        : {})}
    >
      <dl>
        {signIn.revokedAtMs !== null && (
          <Fact name="Revoked">
            <Time atMs={signIn.revokedAtMs} />
            {signIn.revokedBecause !== null && (
              <p className="text-12 text-ink-muted">{whyRevoked[signIn.revokedBecause]}</p>
            )}
          </Fact>
        )}
        <Fact name="May">
          <ScopeList scopes={signIn.scopes} />
        </Fact>
        <Fact name="Program">
          <HostileText text={signIn.clientId} maxChars={idMaxChars} className="font-mono text-13" />
          <p className="text-12 text-ink-muted">
            {signIn.identity === 'document'
              ? 'The address that says what it is called.'
              : 'It registered itself; its name is its own word.'}
          </p>
        </Fact>
        <Fact name="Id">
          <code className="font-mono text-13 wrap-anywhere">{signIn.id}</code>
          <p className="text-12 text-ink-muted">A rule that allows this program names it by this id.</p>
        </Fact>
        <Fact name="Answers went to">
          <HostileText text={signIn.redirectHost} maxChars={nameMaxChars} className="font-mono text-13" />
        </Fact>
        <Fact name="Last used">{signIn.lastUsedAtMs === null ? 'Never' : <Time atMs={signIn.lastUsedAtMs} />}</Fact>
        <Fact name="Signed in">
          <Time atMs={signIn.createdAtMs} />
        </Fact>
        <Fact name={signIn.state === 'expired' ? 'Expired' : 'Expires'}>
          {signIn.endsAtMs === null ? 'Never' : <Time atMs={signIn.endsAtMs} />}
          <p className="text-12 text-ink-muted">Or when it was not used for 30 days.</p>
        </Fact>
      </dl>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Revoke the sign-in of “${visibleString(signIn.name, 60)}”?`}
        action="Revoke sign-in"
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() =>
          revoke.mutate(
            { id: signIn.id },
            {
              onSuccess: () => {
                setAsking(false)
                sayDone('Sign-in revoked', visibleString(signIn.name, 60))
              },
            },
          )
        }
      >
        <p>
          The program is cut off at once, also in a call that is open now. It can ask to sign in again, and you decide
          then.
        </p>
      </ConfirmDialog>
    </Detail>
  )
}
