import { useState } from 'react'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { useAction } from '../../lib/queries.ts'

/** Sets quick unlock up, with the password. */
export function QuickUnlockDialog({ onClose }: { readonly onClose: () => void }) {
  const [password, setPassword] = useState('')
  const turnOn = useAction('quickUnlock.turnOn')
  return (
    <FormDialog
      onClose={onClose}
      title="Let this computer unlock the vault"
      meaning="Whoever sits at this computer while you are logged in can then open the vault without the password. To see a secret they still need it."
      onSubmit={() =>
        turnOn.mutate(
          { password },
          {
            onSuccess: () => {
              sayDone('Quick unlock is on', 'The lock screen has a button for it. A new password ends it.')
              onClose()
            },
          },
        )
      }
      action={turnOn.isPending ? 'Asking the keychain…' : 'Turn on'}
      busy={turnOn.isPending}
      ready={password !== ''}
      error={turnOn.error}
    >
      <PasswordField label="Vault password" value={password} onChange={setPassword} autoFocus off={turnOn.isPending} />
    </FormDialog>
  )
}
