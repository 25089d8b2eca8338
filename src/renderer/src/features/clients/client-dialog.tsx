import { useState } from 'react'
import { checkForm } from '../../lib/form-problems.ts'
import { ApiKeyInput, type Scope } from '../../../../shared/models/api-key.ts'
import { TextField } from '../../components/ui/field.tsx'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { Select } from '../../components/ui/select.tsx'
import { useAction } from '../../lib/queries.ts'
import { NewKeyDialog } from './new-key-dialog.tsx'
import { ScopeChoice } from './scope-choice.tsx'

const expiries = [
  { value: 'never', label: 'Never' },
  { value: '7', label: 'In 7 days' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
] as const

const firstScopes: ReadonlyArray<Scope> = ['openclaw:read', 'openclaw:write', 'secrets:list']

/** Makes a key for a client, then shows it once with what the program needs. `onClose` gets the new key's id, if there is one. */
export function ClientDialog({ onClose }: { readonly onClose: (id: string | null) => void }) {
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<ReadonlyArray<Scope>>(firstScopes)
  const [expiry, setExpiry] = useState<(typeof expiries)[number]['value']>('never')
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({})
  const create = useAction('keys.create')

  const submit = () => {
    const checked = checkForm(ApiKeyInput, {
      name,
      scopes: chosen,
      expiresInDays: expiry === 'never' ? null : Number(expiry),
    })
    setProblems('problems' in checked ? checked.problems : {})
    if ('value' in checked) create.mutate(checked.value)
  }

  if (create.data !== undefined) {
    const { key, secret } = create.data
    return (
      <NewKeyDialog
        title={`The key of “${key.name}”`}
        more="Copy it now; Clawkeep keeps just its fingerprint."
        secret={secret}
        onDone={() => onClose(key.id)}
      />
    )
  }
  return (
    <FormDialog
      onClose={() => onClose(null)}
      title="Make a key for a client"
      meaning="Each program gets its own key, so that you can limit it and take it back alone."
      onSubmit={submit}
      action="Make key"
      busy={create.isPending}
      error={create.error}
      problems={problems}
    >
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        autoFocus
        maxLength={100}
        placeholder="Claude Desktop"
        hint="You will see this name whenever it asks for something."
        problem={problems['name']}
      />
      <ScopeChoice legend="It may" chosen={chosen} onChange={setChosen} problem={problems['scopes']} />
      <div className="flex items-center justify-between gap-4">
        <span className="text-13 font-medium">The key stops working</span>
        <Select label="The key stops working" value={expiry} onChange={setExpiry} choices={expiries} className="w-40" />
      </div>
    </FormDialog>
  )
}
