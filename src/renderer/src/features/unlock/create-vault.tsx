import { type FormEvent, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import type { NewVault } from './new-vault.ts'
import { useNewPassword } from './new-password.tsx'
import { RestoreVault } from './other-ways.tsx'
import type { RestoreVaultProps } from './restore-vault.tsx'

/** The first step of all: a password for a new vault. */
export function CreateVault({
  newVault,
  onRestored,
}: {
  readonly newVault: NewVault
  readonly onRestored: RestoreVaultProps['onRestored']
}) {
  const [restoring, setRestoring] = useState(false)
  if (restoring && !newVault.making)
    return <RestoreVault over={false} onBack={() => setRestoring(false)} onRestored={onRestored} />
  return <Make newVault={newVault} onRestore={() => setRestoring(true)} />
}

function Make({ newVault, onRestore }: { readonly newVault: NewVault; readonly onRestore: () => void }) {
  const { fields, take } = useNewPassword({ label: 'Password', off: newVault.making, autoFocus: true })

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const password = take()
    if (password !== null && !newVault.making) newVault.make(password)
  }

  return (
    <>
      <h1 className="mt-5 text-28 font-semibold">Make your vault</h1>
      <p className="mt-2 text-14 text-ink-muted text-pretty">
        One password locks everything Clawkeep keeps for you. It never leaves this computer.
      </p>
      <form onSubmit={submit} className="mt-6 space-y-4" noValidate>
        {fields}
        <p className="rounded-lg bg-sunken px-3 py-2.5 text-13 text-ink-muted text-pretty">
          <strong className="font-medium text-ink">We cannot reset it.</strong> Next you get recovery words for paper;
          without them and without this password the vault stays closed. Several words that only you would put together
          are strong and easy to keep.
        </p>
        {newVault.error !== null && <Problem error={newVault.error} />}
        <Button type="submit" variant="primary" size="lg" off={newVault.making} className="w-full">
          {newVault.making ? 'Making the vault…' : 'Make the vault'}
        </Button>
        <Button variant="ghost" off={newVault.making} onClick={onRestore} className="w-full">
          Restore a backup instead
        </Button>
      </form>
    </>
  )
}
