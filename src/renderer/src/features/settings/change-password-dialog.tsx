import { useState } from 'react'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { useAction } from '../../lib/queries.ts'
import { useNewPassword } from '../unlock/new-password.tsx'

/** A new password in the place of the one the person knows. */
export function ChangePasswordDialog({ onClose }: { readonly onClose: () => void }) {
  const [password, setPassword] = useState('')
  const change = useAction('vault.changePassword')
  const { fields, take } = useNewPassword({ label: 'New password', off: change.isPending })

  const submit = (): void => {
    const newPassword = take()
    if (newPassword === null) return
    const onSuccess = (): void => {
      sayDone('The new password is set', 'The recovery words stay good. Older backups open with the old password.')
      onClose()
    }
    change.mutate({ password, newPassword }, { onSuccess })
  }
  return (
    <FormDialog
      onClose={onClose}
      title="Change the password"
      meaning="From then on only the new one opens the vault. Backups made before still open with the old one."
      onSubmit={submit}
      action={change.isPending ? 'Changing it…' : 'Change password'}
      busy={change.isPending}
      ready={password !== ''}
      error={change.error}
    >
      <PasswordField
        label="Present password"
        value={password}
        onChange={setPassword}
        autoFocus
        off={change.isPending}
      />
      {fields}
    </FormDialog>
  )
}
