import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Status } from '../../../../shared/models/status.ts'
import { Button } from '../../components/ui/button.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { count, countdown } from '../../lib/format.ts'
import { useAction } from '../../lib/queries.ts'
import { useNow } from '../../lib/use-now.ts'

/** Asks for the password of the vault that is there. */
export function UnlockVault({ status }: { readonly status: Status }) {
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
          <div role="status" className="rounded-lg bg-wait-soft px-3 py-2.5 text-13">
            <p className="font-medium">Too many wrong passwords.</p>
            <p className="text-ink-muted">
              The next try is possible in <span className="font-medium text-ink tabular-nums">{countdown(waitMs)}</span>
              .
            </p>
          </div>
        ) : (
          unlock.error !== null && !wrong && unlock.error.code !== 'throttled' && <Problem error={unlock.error} />
        )}
        <Button type="submit" variant="primary" size="lg" off={unlock.isPending || waitMs > 0} className="w-full">
          {unlock.isPending ? 'Unlocking…' : 'Unlock'}
        </Button>
      </form>
    </>
  )
}

/** Milliseconds until the next password may be tried, counting down from the newest word of the main process. */
function useThrottle(fromStatusMs: number, fromErrorMs: number): number {
  const nowMs = useNow()
  const [freeAtMs, setFreeAtMs] = useState(0)
  const longestMs = Math.max(fromStatusMs, fromErrorMs)
  useEffect(() => {
    setFreeAtMs(longestMs === 0 ? 0 : Date.now() + longestMs)
  }, [longestMs])
  return Math.max(0, freeAtMs - nowMs)
}

function whatWaits(pending: number): string {
  if (pending === 0) return 'Assistants and programs get no answer until you unlock it.'
  return `${count(pending, 'question waits', 'questions wait')} for you. Unlock to answer.`
}
