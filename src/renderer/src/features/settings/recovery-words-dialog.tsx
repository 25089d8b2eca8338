import { type FormEvent, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../../components/ui/dialog.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { useAction } from '../../lib/queries.ts'
import { WordGrid } from '../unlock/word-grid.tsx'

/** Asks for the password, makes new recovery words and shows them once. */
export function RecoveryWordsDialog({ onClose }: { readonly onClose: () => void }) {
  const [password, setPassword] = useState('')
  const renew = useAction('vault.renewWords')
  const words = renew.data?.recoveryWords

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (password !== '' && !renew.isPending) renew.mutate({ password })
  }

  if (words !== undefined) {
    return (
      <Dialog
        open
        dismissable={false}
        onClose={onClose}
        title="Write these words down"
        meaning="They are shown only now. The old words open nothing any more."
      >
        <DialogBody>
          <WordGrid words={words} />
        </DialogBody>
        <DialogActions>
          <Button variant="primary" onClick={onClose}>
            They are on paper
          </Button>
        </DialogActions>
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Make new recovery words"
      meaning="With them a forgotten password can be replaced. The words you have now stop working."
    >
      <form onSubmit={submit} noValidate>
        <DialogBody>
          <PasswordField
            label="Vault password"
            value={password}
            onChange={setPassword}
            autoFocus
            off={renew.isPending}
          />
          {renew.error !== null && <Problem error={renew.error} className="mt-3" />}
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" off={password === '' || renew.isPending}>
            {renew.isPending ? 'Making them…' : 'Make new words'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
