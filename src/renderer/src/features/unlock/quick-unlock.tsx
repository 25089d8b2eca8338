import { MonitorCheck } from 'lucide-react'
import type { Status } from '../../../../shared/models/status.ts'
import { Button } from '../../components/ui/button.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import type { RequestError } from '../../lib/ipc.ts'
import { useAction } from '../../lib/queries.ts'

type QuickUnlockProps = {
  readonly state: Exclude<Status['quickUnlock'], 'off'>
  readonly off: boolean
  /** The password is the way in then. */
  readonly onFailed: () => void
}

/** Opens the vault with what this computer keeps; says why not, when it was set up and does not. */
export function QuickUnlock({ state, off, onFailed }: QuickUnlockProps) {
  const unlock = useAction('quickUnlock.unlock')
  if (state === 'password-due') {
    return (
      <p role="status" className="rounded-lg bg-sunken px-3 py-2.5 text-13 text-ink-muted text-pretty">
        It is time to type the password again. After that this computer opens the vault as before.
      </p>
    )
  }
  if (state === 'lost') {
    const hint = 'Use the password. Then set quick unlock up again, or remove it, in Settings.'
    return <Problem error={{ message: 'This computer’s keychain does not open the vault any more.', hint }} />
  }
  return (
    <>
      <Button
        size="lg"
        off={off || unlock.isPending}
        onClick={() => unlock.mutate(undefined, { onError: onFailed })}
        className="w-full"
      >
        <MonitorCheck size={16} aria-hidden />
        {unlock.isPending ? 'Unlocking…' : 'Unlock with this computer'}
      </Button>
      {unlock.error !== null && unlock.error.code !== 'throttled' && <Problem error={inWords(unlock.error)} />}
    </>
  )
}

/** What to do about an older vault file is asked when the password was given: a keychain decides nothing. */
function inWords({ code, message, hint }: RequestError): { message: string; hint: string | null } {
  return { message, hint: code === 'rolled_back' ? 'Type the password to decide what to do about it.' : hint }
}
