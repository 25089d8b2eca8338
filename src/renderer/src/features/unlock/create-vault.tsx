import { type FormEvent, useRef, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { cn } from '../../lib/class-names.ts'
import { useAction } from '../../lib/queries.ts'
import { minPasswordChars, passwordStrength } from './password-strength.ts'

/** The first step of all: a password for a new vault. */
export function CreateVault() {
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [tried, setTried] = useState(false)
  const first = useRef<HTMLInputElement>(null)
  const second = useRef<HTMLInputElement>(null)
  const create = useAction('vault.create')
  const tooShort = [...password].length < minPasswordChars
  const differs = again !== password

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (tooShort) first.current?.focus()
    else if (differs) second.current?.focus()
    else if (!create.isPending) create.mutate({ password })
  }

  return (
    <>
      <h1 className="mt-5 text-28 font-semibold">Make your vault</h1>
      <p className="mt-2 text-14 text-ink-muted text-pretty">
        One password locks everything Clawkeep keeps for you. It never leaves this computer.
      </p>
      <form onSubmit={submit} className="mt-6 space-y-4" noValidate>
        <div>
          <PasswordField
            label="Password"
            value={password}
            onChange={setPassword}
            autoFocus
            inputRef={first}
            off={create.isPending}
            problem={tried && tooShort ? `Use at least ${minPasswordChars} characters.` : undefined}
          />
          <StrengthLine password={password} />
        </div>
        <PasswordField
          label="Password again"
          value={again}
          onChange={setAgain}
          inputRef={second}
          off={create.isPending}
          problem={tried && !tooShort && differs ? 'The two passwords are not the same.' : undefined}
        />
        <p className="rounded-lg bg-sunken px-3 py-2.5 text-13 text-ink-muted text-pretty">
          <strong className="font-medium text-ink">Nobody can recover it.</strong> Without this password the vault stays
          closed, also for us. Several words that only you would put together are strong and easy to keep.
        </p>
        {create.error !== null && <Problem error={create.error} />}
        <Button type="submit" variant="primary" size="lg" off={create.isPending} className="w-full">
          {create.isPending ? 'Making the vault…' : 'Make the vault'}
        </Button>
      </form>
    </>
  )
}

const barTones = ['bg-danger', 'bg-danger', 'bg-wait', 'bg-ok'] as const

function StrengthLine({ password }: { readonly password: string }) {
  const { level, words } = passwordStrength(password)
  return (
    <div className="mt-2 flex items-center gap-3 text-12 text-ink-muted">
      <div className="flex w-24 shrink-0 gap-1" aria-hidden>
        {[1, 2, 3].map((step) => (
          <span key={step} className={cn('h-1 flex-1 rounded-full', level >= step ? barTones[level] : 'bg-line')} />
        ))}
      </div>
      <span aria-live="polite">{password === '' ? `At least ${minPasswordChars} characters` : words}</span>
    </div>
  )
}
