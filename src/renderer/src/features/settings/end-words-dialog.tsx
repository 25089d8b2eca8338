import { useState } from 'react'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { useAction } from '../../lib/queries.ts'

/** Takes the recovery words away as a way in. */
export function EndWordsDialog({ onClose }: { readonly onClose: () => void }) {
  const [password, setPassword] = useState('')
  const end = useAction('vault.removeWords')
  const submit = (): void => {
    const onSuccess = (): void => {
      sayDone('The recovery words have ended', 'A forgotten password cannot be replaced any more.')
      onClose()
    }
    end.mutate({ password }, { onSuccess })
  }
  return (
    <FormDialog
      onClose={onClose}
      title="End the recovery words"
      meaning="They open nothing any more. Then a forgotten password shuts the vault for good, until you make new words."
      onSubmit={submit}
      action={end.isPending ? 'Ending them…' : 'End the words'}
      busy={end.isPending}
      ready={password !== ''}
      error={end.error}
    >
      <PasswordField label="Vault password" value={password} onChange={setPassword} autoFocus off={end.isPending} />
    </FormDialog>
  )
}
