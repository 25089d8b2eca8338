import { type ReactNode, useState } from 'react'
import type { RouteOutput } from '../../../../shared/ipc/contract.ts'
import type { Backup, RestoreInput } from '../../../../shared/models/upkeep.ts'
import { Button } from '../../components/ui/button.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { Select } from '../../components/ui/select.tsx'
import { sayProblem } from '../../components/ui/toasts.ts'
import { byteSize, calendarDate, clockTime } from '../../lib/format.ts'
import type { RequestError } from '../../lib/ipc.ts'
import { useAction, useFreeAtMs } from '../../lib/queries.ts'
import { ThrottleNote, useThrottle } from '../../components/ui/throttle-note.tsx'
import { useNow } from '../../lib/use-now.ts'

type Restore = {
  readonly fields: ReactNode
  readonly ready: boolean
  readonly busy: boolean
  readonly error: RequestError | null
  /** Ends what is under way; nothing is changed then. */
  readonly stop: () => void
  readonly run: (onDone: (restored: RouteOutput<'vault.restore'>) => void) => void
}

const chosenFile = 'chosen'

/** Which backup, and the password it opens with. */
export function useRestore(backups: ReadonlyArray<Backup>): Restore {
  const [from, setFrom] = useState(backups[0]?.name ?? '')
  const [fileName, setFileName] = useState<string | null>(null)
  const [password, setPassword] = useState('')
  const choose = useAction('vault.chooseBackup')
  const restore = useAction('vault.restore')
  const cancel = useAction('upkeep.cancel')
  const nowMs = useNow()
  const waitMs = useThrottle(useFreeAtMs(), restore.error?.retryAfterMs ?? 0)
  const choices = [
    ...backups.map(({ name, atMs, bytes }) => ({
      value: name,
      label: `${calendarDate(atMs, nowMs)}, ${clockTime(atMs)} (${byteSize(bytes)})`,
    })),
    ...(fileName === null ? [] : [{ value: chosenFile, label: fileName }]),
  ]

  const look = (): void => {
    choose.mutate(undefined, {
      onSuccess: (file) => {
        if (file === null) return
        setFileName(file.fileName)
        setFrom(chosenFile)
      },
      onError: sayProblem,
    })
  }
  const fields = (
    <>
      <div className="space-y-1.5">
        <p className="text-13 font-medium">Backup</p>
        <div className="flex gap-2">
          {choices.length > 0 ? (
            <Select
              label="Backup"
              value={from}
              onChange={setFrom}
              choices={choices}
              off={restore.isPending}
              className="min-w-0 flex-1"
            />
          ) : (
            <p className="flex h-8 min-w-0 flex-1 items-center text-13 text-ink-muted">None in the data folder</p>
          )}
          <Button off={restore.isPending} onClick={look}>
            Other file…
          </Button>
        </div>
      </div>
      <PasswordField
        label="Password of the backup"
        value={password}
        onChange={setPassword}
        autoFocus
        off={restore.isPending}
        problem={restore.error?.code === 'wrong_password' ? restore.error.message : undefined}
      />
      {waitMs > 0 && <ThrottleNote waitMs={waitMs} />}
    </>
  )
  const input: RestoreInput['from'] = from === chosenFile ? { kind: 'chosen' } : { kind: 'folder', name: from }
  return {
    fields,
    ready: from !== '' && password !== '' && waitMs === 0,
    busy: restore.isPending,
    error: ['wrong_password', 'throttled'].includes(restore.error?.code ?? '') ? null : restore.error,
    stop: () => cancel.mutate(undefined, { onError: sayProblem }),
    run: (onDone) => restore.mutate({ from: input, password }, { onSuccess: onDone }),
  }
}
