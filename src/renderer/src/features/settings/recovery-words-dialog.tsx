import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../../components/ui/dialog.tsx'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { useAction } from '../../lib/queries.ts'
import { SaveKit } from '../unlock/save-kit.tsx'
import { WordGrid } from '../unlock/word-grid.tsx'

/** Asks for the password, makes new recovery words and shows them once. */
export function RecoveryWordsDialog({ onClose }: { readonly onClose: () => void }) {
  const [password, setPassword] = useState('')
  const renew = useAction('vault.renewWords')
  const confirm = useAction('vault.confirmWords')
  const words = renew.data?.recoveryWords

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
          <div className="space-y-3">
            <WordGrid words={words} />
            <SaveKit words={words} />
          </div>
        </DialogBody>
        <DialogActions>
          <Button
            variant="primary"
            off={confirm.isPending}
            onClick={() => confirm.mutate(undefined, { onSuccess: onClose, onError: onClose })}
          >
            They are on paper
          </Button>
        </DialogActions>
      </Dialog>
    )
  }
  return (
    <FormDialog
      onClose={onClose}
      title="Make new recovery words"
      meaning="With them a forgotten password can be replaced. The words you have now stop working."
      onSubmit={() => renew.mutate({ password })}
      action={renew.isPending ? 'Making them…' : 'Make new words'}
      busy={renew.isPending}
      ready={password !== ''}
      error={renew.error}
    >
      <PasswordField label="Vault password" value={password} onChange={setPassword} autoFocus off={renew.isPending} />
    </FormDialog>
  )
}
