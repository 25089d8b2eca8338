import { Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { type ItemOverview, usableKinds } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { ConfirmDialog } from '../../components/ui/confirm-dialog.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { Detail, Fact } from '../../layout/list-detail.tsx'
import { calendarDate } from '../../lib/format.ts'
import { useAction } from '../../lib/queries.ts'
import { useNow } from '../../lib/use-now.ts'
import { ItemDialog } from './item-dialog.tsx'
import { kindLooks } from './item-kind.ts'
import { SecretFact } from './secret-fact.tsx'

/** One item: where it may go, and its secret, covered until it is asked for. */
export function ItemDetail({ item, onClose }: { readonly item: ItemOverview; readonly onClose: () => void }) {
  const [dialog, setDialog] = useState<'edit' | 'remove' | null>(null)
  const look = kindLooks[item.kind]
  const remove = useAction('items.remove')
  const nowMs = useNow()
  const usable = usableKinds.includes(item.kind)
  const placeholder = `{{secret:${item.name}}}`
  return (
    <Detail
      title={item.name}
      subtitle={look.word}
      onClose={onClose}
      actions={
        <>
          <Button onClick={() => setDialog('edit')}>
            <Pencil size={14} aria-hidden />
            Edit
          </Button>
          <Button variant="deny" className="ml-auto" onClick={() => setDialog('remove')}>
            <Trash2 size={14} aria-hidden />
            Remove…
          </Button>
        </>
      }
    >
      <dl>
        {look.secretName !== null && <SecretFact item={item} field="secret" name={look.secretName} />}
        {item.publicKey !== null && (
          <Fact name="Public key">
            <span className="flex items-center gap-2">
              <code className="min-w-0 flex-1 font-mono text-12 break-all">{item.publicKey}</code>
              <CopyButton label="Copy public key" text={item.publicKey} />
            </span>
            <span className="font-mono text-12 text-ink-muted">{item.fingerprint}</span>
          </Fact>
        )}
        {item.userName !== '' && (
          <Fact name={look.userNameName}>
            <span className="flex items-center gap-2">
              <span className="min-w-0 flex-1">{item.userName}</span>
              <CopyButton label={`Copy ${look.userNameName.toLowerCase()}`} text={item.userName} />
            </span>
          </Fact>
        )}
        {usable && (
          <Fact name="May be sent to">
            {item.hosts.length === 0 ? (
              <span className="text-ink-muted">No host yet: nothing can use this key until you add one.</span>
            ) : (
              <ul className="flex flex-wrap gap-1.5 pt-1">
                {item.hosts.map((host) => (
                  <li
                    key={host}
                    className="max-w-full rounded-md border border-line bg-sunken px-2 py-0.5 font-mono text-12"
                  >
                    {host}
                  </li>
                ))}
              </ul>
            )}
          </Fact>
        )}
        <SecretFact item={item} field="notes" name="Notes" />
        {usable && (
          <Fact name="How assistants name it">
            <span className="flex items-center gap-2">
              <code className="min-w-0 flex-1 font-mono text-13">{placeholder}</code>
              <CopyButton label="Copy the placeholder" text={placeholder} />
            </span>
            <span className="text-12 text-ink-muted">
              They write this in a request. Clawkeep fills it in after you allow it.
            </span>
          </Fact>
        )}
        <Fact name="Kept since">
          {calendarDate(item.createdAtMs, nowMs)}
          {item.revision > 1 && `, last changed ${calendarDate(item.updatedAtMs, nowMs)}`}
        </Fact>
      </dl>
      {dialog === 'edit' && <ItemDialog item={item} onClose={() => setDialog(null)} onSaved={() => setDialog(null)} />}
      <ConfirmDialog
        open={dialog === 'remove'}
        onClose={() => setDialog(null)}
        title={`Remove “${item.name}”?`}
        action="Remove key"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() =>
          remove.mutate(
            { id: item.id },
            {
              onSuccess: () => {
                setDialog(null)
                onClose()
                sayDone('Key put into the trash', item.name)
              },
            },
          )
        }
      >
        <p>
          It goes into the trash and is erased after 30 days. Until then <code>clawkeep trash restore</code> brings it
          back as it was.
        </p>
        {usable && <p>Requests that use it will fail from now on.</p>}
      </ConfirmDialog>
    </Detail>
  )
}
