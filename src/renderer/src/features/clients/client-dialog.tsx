import { type FormEvent, useRef, useState } from 'react'
import { checkForm } from '../../lib/form-problems.ts'
import { ApiKeyInput, type Scope } from '../../../../shared/models/api-key.ts'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../../components/ui/dialog.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { Select } from '../../components/ui/select.tsx'
import { useFocusProblem } from '../../lib/focus-problem.ts'
import { useAction, useStatus } from '../../lib/queries.ts'
import { NewKey } from './new-key.tsx'
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
  const form = useRef<HTMLFormElement>(null)
  useFocusProblem(form, problems)
  const create = useAction('keys.create')
  const status = useStatus().data

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (create.isPending) return
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
      <Dialog
        open
        wide
        dismissable={false}
        onClose={() => onClose(key.id)}
        title={`The key of “${key.name}”`}
        meaning="This is the only time it is shown. Copy it now; Clawkeep keeps just its fingerprint."
      >
        <NewKey
          secret={secret}
          running={status === undefined || status.mcpUrl !== null}
          onDone={() => onClose(key.id)}
        />
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      onClose={() => onClose(null)}
      title="Make a key for a client"
      meaning="Each program gets its own key, so that you can limit it and take it back alone."
    >
      <form ref={form} onSubmit={submit} noValidate className="flex min-h-0 flex-1 flex-col">
        <DialogBody>
          <div className="space-y-5">
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
              <Select
                label="The key stops working"
                value={expiry}
                onChange={setExpiry}
                choices={expiries}
                className="w-40"
              />
            </div>
            {create.error !== null && <Problem error={create.error} />}
          </div>
        </DialogBody>
        <DialogActions>
          <Button onClick={() => onClose(null)}>Cancel</Button>
          <Button type="submit" variant="primary" off={create.isPending}>
            Make key
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
