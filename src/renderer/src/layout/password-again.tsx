import { useEffect, useRef, useState } from 'react'
import { FormDialog } from '../components/ui/form-dialog.tsx'
import { PasswordField } from '../components/ui/password-field.tsx'
import { askPasswordWith } from '../lib/ipc.ts'
import { useAction } from '../lib/queries.ts'

/** Asks for the vault password when a secret is to be opened and it was given too long ago; what waited for it then goes on. */
export function PasswordAgain() {
  const [asked, setAsked] = useState(false)
  const waiting = useRef<Array<(given: boolean) => void>>([])
  const answer = (given: boolean) => {
    setAsked(false)
    for (const settle of waiting.current.splice(0)) settle(given)
  }
  useEffect(() => {
    const held = waiting.current
    const stop = askPasswordWith(
      () =>
        new Promise((settle) => {
          held.push(settle)
          setAsked(true)
        }),
    )
    return () => {
      stop()
      for (const settle of held.splice(0)) settle(false)
    }
  }, [])
  return asked ? <PasswordDialog onAnswer={answer} /> : null
}

function PasswordDialog({ onAnswer }: { readonly onAnswer: (given: boolean) => void }) {
  const [password, setPassword] = useState('')
  const confirm = useAction('vault.confirm')
  return (
    <FormDialog
      onClose={() => onAnswer(false)}
      title="Type the vault password"
      meaning="Secrets are opened for five minutes after it was given. Then it is asked for again."
      onSubmit={() => confirm.mutate({ password }, { onSuccess: () => onAnswer(true) })}
      action={confirm.isPending ? 'Checking…' : 'Open'}
      busy={confirm.isPending}
      ready={password !== ''}
      error={confirm.error}
    >
      <PasswordField label="Vault password" value={password} onChange={setPassword} autoFocus off={confirm.isPending} />
    </FormDialog>
  )
}
