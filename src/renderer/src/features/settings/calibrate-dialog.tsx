import { useState } from 'react'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { memorySize, took } from '../../lib/format.ts'
import { useAction } from '../../lib/queries.ts'

/** Measures what this computer bears, and lets each guess at the password cost as much. */
export function CalibrateDialog({ onClose }: { readonly onClose: () => void }) {
  const [password, setPassword] = useState('')
  const calibrate = useAction('vault.calibrate')

  const submit = (): void => {
    calibrate.mutate(
      { password },
      {
        onSuccess: ({ memoryMiB, tookMs, raised }) => {
          sayDone(
            raised ? 'Guessing is harder now' : 'Guessing is as hard as this computer bears',
            `Each guess takes ${memorySize(memoryMiB)} and, here, ${took(tookMs)}.${raised ? '' : ' Nothing was changed.'}`,
          )
          onClose()
        },
      },
    )
  }
  return (
    <FormDialog
      onClose={onClose}
      title="Make guessing harder"
      meaning="Clawkeep measures what this computer bears. Unlocking then takes a little longer, and so does every guess of whoever has a copy of the vault. It never becomes easier than now."
      onSubmit={submit}
      action={calibrate.isPending ? 'Measuring…' : 'Measure and set'}
      busy={calibrate.isPending}
      ready={password !== ''}
      error={calibrate.error}
    >
      <PasswordField
        label="Vault password"
        value={password}
        onChange={setPassword}
        autoFocus
        off={calibrate.isPending}
      />
    </FormDialog>
  )
}
