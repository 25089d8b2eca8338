import { useState } from 'react'
import { checkForm } from '../../lib/form-problems.ts'
import { ItemInput, type ItemKind, type ItemOverview, ItemPatch, usableKinds } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { TextArea, TextField } from '../../components/ui/field.tsx'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { request, type RequestError, toRequestError } from '../../lib/ipc.ts'
import { useAction } from '../../lib/queries.ts'
import { HostsField, writtenHosts } from './hosts-field.tsx'
import { kindLooks } from './item-kind.ts'
import { KindChoice } from './kind-choice.tsx'

type ItemDialogProps = {
  /** The item to edit; null: a new one. */
  readonly item: ItemOverview | null
  readonly onClose: () => void
  readonly onSaved: (id: string) => void
}

/** Adds an item or edits one. Editing leaves the secret as it is unless a new one is typed. */
export function ItemDialog({ item, onClose, onSaved }: ItemDialogProps) {
  const [kind, setKind] = useState<ItemKind>(item?.kind ?? 'api-key')
  const [name, setName] = useState(item?.name ?? '')
  const [hosts, setHosts] = useState<ReadonlyArray<string>>(item?.hosts ?? [])
  const [hostText, setHostText] = useState('')
  const [userName, setUserName] = useState(item?.userName ?? '')
  const [secret, setSecret] = useState('')
  const notes = useNotes(item)
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({})
  const add = useAction('items.add')
  const edit = useAction('items.edit')
  const look = kindLooks[kind]

  const saved = (id: string) => {
    sayDone(item === null ? 'Key added' : 'Key changed', name.trim())
    onSaved(id)
  }
  const submit = () => {
    const fields = {
      name,
      hosts: [...hosts, ...writtenHosts(hostText)],
      userName,
      ...(notes.text === null ? {} : { notes: notes.text }),
    }
    if (item === null) {
      const checked = checkForm(ItemInput, { ...fields, kind, secret })
      setProblems('problems' in checked ? checked.problems : {})
      if ('value' in checked) add.mutate(checked.value, { onSuccess: ({ id }) => saved(id) })
      return
    }
    const checked = checkForm(ItemPatch, { ...fields, ...(secret === '' ? {} : { secret }) })
    setProblems('problems' in checked ? checked.problems : {})
    if ('value' in checked) edit.mutate({ id: item.id, patch: checked.value }, { onSuccess: ({ id }) => saved(id) })
  }

  return (
    <FormDialog
      onClose={onClose}
      title={item === null ? 'Add a key' : `Edit “${item.name}”`}
      onSubmit={submit}
      action={item === null ? 'Add key' : 'Save changes'}
      busy={add.isPending || edit.isPending}
      error={add.error ?? edit.error}
      problems={problems}
    >
      {item === null && <KindChoice value={kind} onChange={setKind} />}
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        autoFocus
        maxLength={200}
        placeholder={kind === 'login' ? 'Mail account' : 'GitHub token'}
        problem={problems['name']}
      />
      {look.secretName !== null && kind !== 'ssh-key' && (
        <PasswordField
          label={look.secretName}
          value={secret}
          onChange={setSecret}
          problem={problems['secret']}
          {...(item === null ? {} : { placeholder: 'Leave empty to keep it as it is' })}
        />
      )}
      <TextField
        label={look.userNameName}
        optional
        value={userName}
        onChange={setUserName}
        maxLength={500}
        problem={problems['userName']}
      />
      {usableKinds.includes(kind) && (
        <HostsField
          hosts={hosts}
          onChange={setHosts}
          text={hostText}
          onText={setHostText}
          problem={problems['hosts']}
        />
      )}
      <NotesField notes={notes} problem={problems['notes']} />
    </FormDialog>
  )
}

type Notes = {
  /** What to save; null: they were not opened and stay as they are. */
  readonly text: string | null
  readonly set: (text: string) => void
  readonly sealed: boolean
  readonly open: () => void
  readonly error: RequestError | null
}

/** The notes of an existing item stay sealed until they are asked for; opening them is a reveal and is audited as one. */
function useNotes(item: ItemOverview | null): Notes {
  const [text, set] = useState<string | null>(item === null ? '' : null)
  const [error, setError] = useState<RequestError | null>(null)
  const open = () => {
    if (item === null) return
    request('items.reveal', { id: item.id, field: 'notes' }).then(set, (cause: unknown) =>
      setError(toRequestError(cause)),
    )
  }
  return { text, set, sealed: item !== null && text === null, open, error }
}

function NotesField({ notes, problem }: { readonly notes: Notes; readonly problem: string | undefined }) {
  if (notes.sealed) {
    return (
      <div>
        <p className="mb-1.5 text-13 font-medium">Notes</p>
        <Button size="sm" onClick={notes.open}>
          Open notes to edit them
        </Button>
        {notes.error !== null && <Problem error={notes.error} className="mt-2" />}
      </div>
    )
  }
  return (
    <TextArea
      label="Notes"
      optional
      rows={3}
      value={notes.text ?? ''}
      onChange={notes.set}
      problem={problem}
      hint="Sealed like the secret."
    />
  )
}
