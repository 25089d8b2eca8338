import { useState } from 'react'
import type { ItemOverview } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { TextArea } from '../../components/ui/field.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { request, type RequestError, toRequestError } from '../../lib/ipc.ts'
import type { ItemDraft } from './item-draft.ts'
import { kindLooks } from './item-kind.ts'

type NotesFieldProps = {
  readonly draft: ItemDraft
  readonly set: (part: Partial<ItemDraft>) => void
  readonly item: ItemOverview | null
  readonly problem: string | undefined
}

/** The notes; those of an existing item stay sealed until they are asked for, and opening them is a reveal and audited as one. */
export function NotesField({ draft, set, item, problem }: NotesFieldProps) {
  const [error, setError] = useState<RequestError | null>(null)
  const { notesName } = kindLooks[draft.kind]
  if (item !== null && draft.notes === null) {
    const open = () =>
      void request('items.reveal', { id: item.id, field: 'notes' }).then(
        (notes) => set({ notes }),
        (cause: unknown) => setError(toRequestError(cause)),
      )
    return (
      <div>
        <p className="mb-1.5 text-13 font-medium">{notesName}</p>
        <Button size="sm" onClick={open}>
          Open {notesName === 'Note' ? 'the note to edit it' : 'notes to edit them'}
        </Button>
        {error !== null && <Problem error={error} className="mt-2" />}
      </div>
    )
  }
  return (
    <TextArea
      label={notesName}
      optional={draft.kind !== 'note'}
      rows={draft.kind === 'note' ? 9 : 3}
      value={draft.notes ?? ''}
      onChange={(notes) => set({ notes })}
      problem={problem}
      hint={draft.kind === 'note' ? 'Sealed. It is shown only when you ask for it.' : 'Sealed like the secret.'}
    />
  )
}
