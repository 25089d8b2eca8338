import { type FormEvent, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { TextArea } from '../../components/ui/field.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { toRequestError } from '../../lib/ipc.ts'
import { useAction, useFreeAtMs } from '../../lib/queries.ts'
import { useNewPassword } from './new-password.tsx'
import { OlderVault } from './older-vault.tsx'
import { ThrottleNote, useThrottle } from '../../components/ui/throttle-note.tsx'

/** A forgotten password is replaced with the recovery words. */
export function RecoverVault({ onBack, onBackup }: { readonly onBack: () => void; readonly onBackup: () => void }) {
  const [words, setWords] = useState('')
  const [tried, setTried] = useState(false)
  const recover = useAction('vault.recover')
  const waitMs = useThrottle(useFreeAtMs(), recover.error?.retryAfterMs ?? 0)
  const { fields, take } = useNewPassword({ label: 'New password', off: recover.isPending })
  const missing = words.trim() === ''
  /** What was refused because the file is an older one, and what it lacks. */
  const [older, setOlder] = useState<{ newPassword: string; message: string } | null>(null)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (missing || waitMs > 0 || recover.isPending) return
    const newPassword = take()
    if (newPassword === null) return
    recover.mutate(
      { words, newPassword },
      {
        onError: (error) => {
          const { code, message } = toRequestError(error)
          if (code === 'rolled_back') setOlder({ newPassword, message })
        },
      },
    )
  }
  if (older !== null) {
    const { newPassword, message } = older
    return (
      <OlderVault
        message={message}
        busy={recover.isPending}
        onRestore={onBackup}
        onAccept={() => recover.mutate({ words, newPassword, acceptOlder: true })}
        onBack={onBack}
      />
    )
  }

  return (
    <>
      <h1 className="mt-5 text-28 font-semibold">Set a new password</h1>
      <p className="mt-2 text-14 text-ink-muted text-pretty">
        Type the 24 recovery words that you wrote down when you made the vault.
      </p>
      <form onSubmit={submit} className="mt-6 space-y-4" noValidate>
        <TextArea
          label="Recovery words"
          rows={4}
          mono
          autoFocus
          maxLength={1000}
          value={words}
          onChange={setWords}
          problem={tried && missing ? 'Type the words, with spaces between.' : undefined}
        />
        {fields}
        {waitMs > 0 ? (
          <ThrottleNote waitMs={waitMs} />
        ) : (
          recover.error !== null && recover.error.code !== 'throttled' && <Problem error={recover.error} />
        )}
        <div className="flex gap-3">
          <Button size="lg" off={recover.isPending} onClick={onBack}>
            Back
          </Button>
          <Button type="submit" variant="primary" size="lg" off={recover.isPending || waitMs > 0} className="flex-1">
            {recover.isPending ? 'Opening the vault…' : 'Set the password'}
          </Button>
        </div>
      </form>
    </>
  )
}
