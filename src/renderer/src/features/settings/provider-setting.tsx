import { lazy, Suspense, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { ConfirmDialog } from '../../components/ui/confirm-dialog.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { useAction, useProvider } from '../../lib/queries.ts'
import { Line } from './setting-line.tsx'

const ProviderDialog = lazy(async () => ({ default: (await import('./provider-dialog.tsx')).ProviderDialog }))

/** The server elsewhere whose tokens are accepted, if there is one. */
export function ProviderSetting() {
  const { data: provider, error } = useProvider()
  const remove = useAction('provider.remove')
  const [open, setOpen] = useState<'edit' | 'remove' | null>(null)
  const close = () => setOpen(null)
  const isKnown = provider !== undefined && provider !== null
  return (
    <Line
      name="Sign-in elsewhere"
      meaning={
        isKnown
          ? 'Tokens of this server are accepted too.'
          : 'Accept tokens of a server you already have (OAuth token introspection).'
      }
      action={
        <>
          {isKnown && !provider.isFixed && (
            <Button variant="deny" onClick={() => setOpen('remove')}>
              Remove
            </Button>
          )}
          {(!isKnown || !provider.isFixed) && (
            <Button off={provider === undefined} onClick={() => setOpen('edit')}>
              {isKnown ? 'Change…' : 'Set up…'}
            </Button>
          )}
        </>
      }
    >
      {error !== null && <p className="text-13 font-medium text-danger">{error.message}</p>}
      {isKnown && (
        <p className="selectable text-12 text-ink-muted">
          Asked: <code className="font-mono text-12 text-ink wrap-anywhere">{provider.introspectionEndpoint}</code>
          {provider.isFixed && ' · from the environment'}
        </p>
      )}
      {isKnown && provider.problem !== null && (
        <p role="status" className="text-13 font-medium text-danger wrap-anywhere">
          {provider.problem}
        </p>
      )}
      {open === 'edit' && (
        <Suspense>
          <ProviderDialog provider={provider ?? null} onClose={close} />
        </Suspense>
      )}
      <ConfirmDialog
        open={open === 'remove'}
        onClose={close}
        title="Accept its tokens no longer?"
        action="Remove provider"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() =>
          remove.mutate(null, {
            onSuccess: () => {
              close()
              sayDone('Provider removed')
            },
          })
        }
      >
        <p>Clients that signed in there are cut off now. API keys and Clawkeep’s own sign-in go on.</p>
      </ConfirmDialog>
    </Line>
  )
}
