import { type FormEvent, Suspense, useEffect, useRef, useState } from 'react'
import type { RouteOutput } from '../../../../shared/ipc/contract.ts'
import type { Status } from '../../../../shared/models/status.ts'
import { Button } from '../../components/ui/button.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { ThrottleNote, useThrottle } from '../../components/ui/throttle-note.tsx'
import { count } from '../../lib/format.ts'
import { useAction, useFreeAtMs } from '../../lib/queries.ts'
import { OlderVault, QuickUnlock, RecoverVault, RestoreVault } from './other-ways.tsx'
import type { RestoreVaultProps } from './restore-vault.tsx'

type UnlockVaultProps = {
  readonly status: Status
  /** What was restored just now. */
  readonly restored: RouteOutput<'vault.restore'> | null
  readonly onRestored: RestoreVaultProps['onRestored']
}

/** Asks for the password of the vault that is there, or for its recovery words. */
export function UnlockVault({ status, restored, onRestored }: UnlockVaultProps) {
  const [way, setWay] = useState<'password' | 'words' | 'backup'>('password')
  const back = (): void => setWay('password')
  const toBackup = (): void => setWay('backup')
  if (way === 'words') return <RecoverVault onBack={back} onBackup={toBackup} />
  if (way === 'backup') return <RestoreVault over onBack={back} onRestored={onRestored} />
  return <AskPassword status={status} restored={restored} onWords={() => setWay('words')} onBackup={toBackup} />
}

type AskPasswordProps = Pick<UnlockVaultProps, 'status' | 'restored'> & {
  readonly onWords: () => void
  readonly onBackup: () => void
}

function AskPassword({ status, restored, onWords, onBackup }: AskPasswordProps) {
  const [password, setPassword] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const unlock = useAction('vault.unlock')
  const waitMs = useThrottle(useFreeAtMs(), unlock.error?.retryAfterMs ?? 0)

  useEffect(() => {
    if (unlock.error !== null) field.current?.select()
  }, [unlock.error])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (password === '' || waitMs > 0 || unlock.isPending) field.current?.focus()
    else unlock.mutate({ password })
  }
  const wrong = unlock.error?.code === 'wrong_password' && !unlock.isPending
  const [older, setOlder] = useState<string | null>(null)
  useEffect(() => {
    if (unlock.error?.code === 'rolled_back') setOlder(unlock.error.message)
  }, [unlock.error])

  if (older !== null) {
    return (
      <OlderVault
        message={older}
        busy={unlock.isPending}
        onRestore={onBackup}
        onAccept={() => unlock.mutate({ password, acceptOlder: true })}
        onBack={() => {
          setOlder(null)
          setPassword('')
          unlock.reset()
        }}
      />
    )
  }

  return (
    <>
      <h1 className="mt-5 text-28 font-semibold">Clawkeep is locked</h1>
      <p className="mt-2 text-14 text-ink-muted text-pretty">{whatWaits(status.pendingApprovals)}</p>
      {restored !== null && (
        <div role="status" className="selectable mt-4 rounded-lg bg-sunken px-3 py-2.5 text-13">
          <p className="font-medium">The backup is restored.</p>
          <p className="text-ink-muted wrap-anywhere">
            It has {count(restored.items, 'key')}. Unlock it with the password it had when it was made.
            {restored.keptAside !== null && ` The vault from before is kept: ${restored.keptAside}`}
          </p>
        </div>
      )}
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
        {status.quickUnlock !== 'off' && (
          <Suspense>
            <QuickUnlock
              state={status.quickUnlock}
              off={waitMs > 0 || unlock.isPending}
              onFailed={() => field.current?.focus()}
            />
          </Suspense>
        )}
        <div className="flex gap-2">
          <Button variant="ghost" onClick={onWords} className="flex-1">
            Use the recovery words
          </Button>
          <Button variant="ghost" onClick={onBackup} className="flex-1">
            Restore a backup
          </Button>
        </div>
      </form>
    </>
  )
}

function whatWaits(pending: number): string {
  if (pending === 0) return 'Assistants and programs get no answer until you unlock it.'
  return `${count(pending, 'question waits', 'questions wait')} for you. Unlock to answer.`
}
