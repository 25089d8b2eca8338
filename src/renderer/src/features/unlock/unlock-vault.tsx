import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Status } from '../../../../shared/models/status.ts'
import { Button } from '../../components/ui/button.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { count } from '../../lib/format.ts'
import { useAction } from '../../lib/queries.ts'
import { RecoverVault } from './recover-vault.tsx'
import { ThrottleNote, useThrottle } from './throttle-note.tsx'

/** Asks for the password of the vault that is there, or for its recovery words. */
export function UnlockVault({ status }: { readonly status: Status }) {
  const [forgotten, setForgotten] = useState(false)
  if (!forgotten) return <AskPassword status={status} onForgotten={() => setForgotten(true)} />
  return <RecoverVault throttledForMs={status.throttledForMs} onBack={() => setForgotten(false)} />
}

function AskPassword({ status, onForgotten }: { readonly status: Status; readonly onForgotten: () => void }) {
  const [password, setPassword] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const unlock = useAction('vault.unlock')
  const waitMs = useThrottle(status.throttledForMs, unlock.error?.retryAfterMs ?? 0)

  useEffect(() => {
    if (unlock.error !== null) field.current?.select()
  }, [unlock.error])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (password === '' || waitMs > 0 || unlock.isPending) field.current?.focus()
    else unlock.mutate({ password })
  }
  const wrong = unlock.error?.code === 'wrong_password' && !unlock.isPending

  return (
    <>
      <h1 className="mt-5 text-28 font-semibold">Clawkeep is locked</h1>
      <p className="mt-2 text-14 text-ink-muted text-pretty">{whatWaits(status.pendingApprovals)}</p>
      <form onSubmit={submit} className="mt-6 space-y-4" noValidate>
        <PasswordField
          label="Password"
          value={password}
          onChange={(next) => {
            setPassword(next)
            if (wrong) unlock.reset()
          }}
          autoFocus
          inputRef={field}
          off={unlock.isPending}
          problem={wrong ? unlock.error?.message : undefined}
        />
        {waitMs > 0 ? (
          <ThrottleNote waitMs={waitMs} />
        ) : (
          unlock.error !== null && !wrong && unlock.error.code !== 'throttled' && <Problem error={unlock.error} />
        )}
        <Button type="submit" variant="primary" size="lg" off={unlock.isPending || waitMs > 0} className="w-full">
          {unlock.isPending ? 'Unlocking…' : 'Unlock'}
        </Button>
        <Button variant="ghost" onClick={onForgotten} className="w-full">
          Use the recovery words
        </Button>
      </form>
    </>
  )
}

function whatWaits(pending: number): string {
  if (pending === 0) return 'Assistants and programs get no answer until you unlock it.'
  return `${count(pending, 'question waits', 'questions wait')} for you. Unlock to answer.`
}
