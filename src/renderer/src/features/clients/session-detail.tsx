import { Unplug } from 'lucide-react'
import { useState } from 'react'
import type { Session } from '../../../../shared/models/session.ts'
import { Button } from '../../components/ui/button.tsx'
import { ConfirmDialog } from '../../components/ui/confirm-dialog.tsx'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { Time } from '../../components/ui/time.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { Detail, Fact } from '../../layout/list-detail.tsx'
import { useAction } from '../../lib/queries.ts'
import { visibleString } from '../../lib/visible-text.ts'
import { holderOf, nameMaxChars, versionMaxChars } from './session-words.ts'

/** One connected program: who it says it is, what it did, and the way to disconnect it. */
export function SessionDetail({ session, onClose }: { readonly session: Session; readonly onClose: () => void }) {
  const [asking, setAsking] = useState(false)
  const end = useAction('sessions.end')
  const { id, clientId, clientName, program, era, revision, sinceMs, calls, lastTool, lastCallMs } = session
  const name = program === null ? 'this program' : `“${visibleString(program.name, nameMaxChars)}”`
  return (
    <Detail
      title={
        program === null ? 'A program without a name' : <HostileText text={program.name} maxChars={nameMaxChars} />
      }
      subtitle={`Came with ${holderOf(session)}`}
      onClose={onClose}
      actions={
        <Button variant="deny" className="ml-auto" onClick={() => setAsking(true)}>
          <Unplug size={14} aria-hidden />
          Disconnect…
        </Button>
      }
    >
      <dl>
        <Fact name="Connected">
          <Time atMs={sinceMs} />
        </Fact>
        <Fact name="Calls">
          <span className="tabular-nums">{calls}</span>
        </Fact>
        <Fact name="Last call">
          {lastCallMs === null ? (
            'None yet'
          ) : (
            <>
              {lastTool !== null && (
                <HostileText text={lastTool} maxChars={nameMaxChars} className="font-mono text-13" />
              )}
              <p className="text-12 text-ink-muted">
                <Time atMs={lastCallMs} />
              </p>
            </>
          )}
        </Fact>
        <Fact name="Version">
          {program === null || program.version === '' ? (
            'Not said'
          ) : (
            <HostileText text={program.version} maxChars={versionMaxChars} />
          )}
          <p className="text-12 text-ink-muted">Name and version are the program’s own word.</p>
        </Fact>
        {clientName === '' && (
          <Fact name="Id">
            <code className="font-mono text-13 wrap-anywhere">{clientId}</code>
            <p className="text-12 text-ink-muted">A rule that allows this program names it by this id.</p>
          </Fact>
        )}
        <Fact name="Protocol">
          <HostileText text={revision === '' ? 'not said' : revision} maxChars={versionMaxChars} />
          <p className="text-12 text-ink-muted">
            {era === 'session' ? 'It holds a session.' : 'Each request stands alone.'}
          </p>
        </Fact>
      </dl>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Disconnect ${name}?`}
        action="Disconnect"
        busy={end.isPending}
        error={end.error}
        onConfirm={() =>
          end.mutate(
            { id },
            {
              onSuccess: () => {
                setAsking(false)
                sayDone('Disconnected', visibleString(program?.name ?? '', nameMaxChars))
                onClose()
              },
            },
          )
        }
      >
        <p>
          Its open calls stop and it is told why. It can connect again with its key; to keep it out, revoke the key
          under Keys and sign-ins.
        </p>
      </ConfirmDialog>
    </Detail>
  )
}
