import { useState } from 'react'
import { ItemInput, ItemPatch } from '../../../../shared/models/item.ts'
import { TextField } from '../../components/ui/field.tsx'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { checkForm } from '../../lib/form-problems.ts'
import { useAction } from '../../lib/queries.ts'
import { draftOf, type EditedItem, type ItemDraft, newDraft, toInput, toPatch } from './item-draft.ts'
import { kindLooks } from './item-kind.ts'
import { KindChoice } from './kind-choice.tsx'
import { KindFields } from './kind-fields.tsx'
import { MoreOptions } from './more-options.tsx'
import { NotesField } from './notes-field.tsx'

type ItemDialogProps = {
  /** The item to edit; null: a new one. */
  readonly edited: EditedItem | null
  readonly onClose: () => void
  readonly onSaved: (id: string) => void
}

/** Adds an item of any kind or edits one. What is sealed stays as it is unless it is opened or typed anew. */
export function ItemDialog({ edited, onClose, onSaved }: ItemDialogProps) {
  // What an edit began with: only what was changed since is sent.
  const [before] = useState(edited)
  const [draft, setDraft] = useState<ItemDraft>(() => (before === null ? newDraft : draftOf(before)))
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({})
  const add = useAction('items.add')
  const edit = useAction('items.edit')
  const item = before?.item ?? null
  const { one, noun, example } = kindLooks[draft.kind]
  const set = (part: Partial<ItemDraft>) => setDraft((draftNow) => ({ ...draftNow, ...part }))

  const saved = (id: string) => {
    sayDone(`${noun.charAt(0).toUpperCase()}${noun.slice(1)} ${item === null ? 'added' : 'changed'}`, draft.name.trim())
    onSaved(id)
  }
  const submit = () => {
    if (before === null) {
      const checked = checkForm(ItemInput, toInput(draft))
      setProblems('problems' in checked ? checked.problems : {})
      if ('value' in checked) add.mutate(checked.value, { onSuccess: ({ id }) => saved(id) })
      return
    }
    const { id } = before.item
    const checked = checkForm(ItemPatch, toPatch(draft, before))
    setProblems('problems' in checked ? checked.problems : {})
    if ('problems' in checked) return
    if (Object.keys(checked.value).length === 0) onSaved(id)
    else edit.mutate({ id, patch: checked.value }, { onSuccess: () => saved(id) })
  }

  return (
    <FormDialog
      onClose={onClose}
      title={item === null ? `Add ${one}` : `Edit “${item.name}”`}
      onSubmit={submit}
      action={item === null ? `Add ${noun}` : 'Save changes'}
      busy={add.isPending || edit.isPending}
      error={add.error ?? edit.error}
      problems={problems}
    >
      {item === null && <KindChoice value={draft.kind} onChange={(kind) => set({ kind })} />}
      <TextField
        label="Name"
        value={draft.name}
        onChange={(name) => set({ name })}
        autoFocus
        maxLength={200}
        placeholder={example}
        problem={problems['name']}
      />
      <KindFields draft={draft} set={set} item={item} problems={problems} />
      <NotesField draft={draft} set={set} item={item} problem={problems['notes']} />
      <MoreOptions draft={draft} set={set} itemId={item?.id ?? null} problems={problems} />
    </FormDialog>
  )
}
