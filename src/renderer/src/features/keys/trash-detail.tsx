import { RotateCcw, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { TrashedItem } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { ConfirmDialog } from '../../components/ui/confirm-dialog.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { Time } from '../../components/ui/time.tsx'
import { sayDone, sayProblem } from '../../components/ui/toasts.ts'
import { Detail, Fact } from '../../layout/list-detail.tsx'
import { exactTime, roughDuration } from '../../lib/format.ts'
import { toRequestError } from '../../lib/ipc.ts'
import { useAction } from '../../lib/queries.ts'
import { useNow } from '../../lib/use-now.ts'
import { kindLooks } from './item-kind.ts'

/** One removed item: until when it can come back, and both ways out of the trash. Nothing of it can be revealed here. */
export function TrashDetail({ item, onClose }: { readonly item: TrashedItem; readonly onClose: () => void }) {
  const [dialog, setDialog] = useState<'name' | 'erase' | null>(null)
  const restore = useAction('trash.restore')
  const erase = useAction('trash.erase')
  const leftMs = item.erasedAtMs - useNow()
  const restored = (name: string) => {
    onClose()
    sayDone('Restored', name)
  }
  const bringBack = () =>
    restore.mutate(
      { id: item.id },
      {
        onSuccess: ({ name }) => restored(name),
        onError: (error) => (toRequestError(error).code === 'conflict' ? setDialog('name') : sayProblem(error)),
      },
    )
  return (
    <Detail
      title={item.name}
      subtitle={kindLooks[item.kind].word}
      onClose={onClose}
      actions={
        <>
          <Button variant="primary" off={restore.isPending} onClick={bringBack}>
            <RotateCcw size={14} aria-hidden />
            Restore
          </Button>
          <Button variant="deny" className="ml-auto" onClick={() => setDialog('erase')}>
            <Trash2 size={14} aria-hidden />
            Erase for good…
          </Button>
        </>
      }
    >
      <dl>
        <Fact name="Removed">
          <Time atMs={item.trashedAtMs} />
        </Fact>
        <Fact name="Erased for good">
          {leftMs > 0 ? `In ${roughDuration(leftMs)}` : 'At the next look, within the hour'}
          <span className="block text-12 text-ink-muted">{exactTime(item.erasedAtMs)}</span>
        </Fact>
        <Fact name="While it is here">
          <span className="text-13 text-ink-muted">
            Nothing can use, reveal or copy it. Restored, it has its secret, files and history again.
          </span>
        </Fact>
      </dl>
      {dialog === 'name' && <RestoreAs item={item} onClose={() => setDialog(null)} onRestored={restored} />}
      <ConfirmDialog
        open={dialog === 'erase'}
        onClose={() => setDialog(null)}
        title={`Erase “${item.name}” for good?`}
        action="Erase for good"
        busy={erase.isPending}
        error={erase.error}
        onConfirm={() =>
          erase.mutate(
            { id: item.id },
            {
              onSuccess: () => {
                setDialog(null)
                onClose()
                sayDone('Erased', item.name)
              },
            },
          )
        }
      >
        <p>Its secret, files and earlier versions are gone then. Only a backup made before has them.</p>
      </ConfirmDialog>
    </Detail>
  )
}

type RestoreAsProps = {
  readonly item: TrashedItem
  readonly onClose: () => void
  readonly onRestored: (name: string) => void
}

/** Another item has taken the name meanwhile, and a name stands for one item alone. */
function RestoreAs({ item, onClose, onRestored }: RestoreAsProps) {
  const [name, setName] = useState(`${[...item.name].slice(0, 180).join('')} (restored)`)
  const restore = useAction('trash.restore')
  return (
    <FormDialog
      onClose={onClose}
      title="Restore under another name"
      meaning={`Another key is called “${item.name}” by now. Assistants use a key by its name, so each name stands for one.`}
      onSubmit={() => restore.mutate({ id: item.id, name }, { onSuccess: (restored) => onRestored(restored.name) })}
      action="Restore"
      busy={restore.isPending}
      ready={name.trim() !== ''}
      error={restore.error}
    >
      <TextField label="New name" value={name} onChange={setName} autoFocus maxLength={200} />
    </FormDialog>
  )
}
