import { lazy, Suspense, useState } from 'react'
import type { Settings } from '../../../../shared/models/settings.ts'
import { Button } from '../../components/ui/button.tsx'
import { Select } from '../../components/ui/select.tsx'
import { sayDone, sayProblem } from '../../components/ui/toasts.ts'
import { useAction, useQuickUnlock } from '../../lib/queries.ts'
import { Setting } from './section.tsx'
import { useSaveSettings } from './use-save-settings.ts'

const QuickUnlockDialog = lazy(async () => ({
  default: (await import('./quick-unlock-dialog.tsx')).QuickUnlockDialog,
}))

const usualDays = [0, 1, 7, 14, 30]

/** Whether this computer's keychain may open the vault, and how often the password is wanted all the same. */
export function QuickUnlockSetting({ settings }: { readonly settings: Settings }) {
  const [asking, setAsking] = useState(false)
  const save = useSaveSettings()
  const turnOff = useAction('quickUnlock.turnOff')
  const { data } = useQuickUnlock()
  const state = data?.state ?? 'off'
  const problem = data?.problem ?? null
  const isOn = state !== 'off'
  const end = (): void =>
    turnOff.mutate(undefined, {
      onSuccess: () => sayDone('Quick unlock is off', 'Only the password and the recovery words open the vault.'),
      onError: sayProblem,
    })
  return (
    <>
      <Setting name="Quick unlock" meaning={meaningOf(state, problem)}>
        <div className="flex flex-wrap justify-end gap-2">
          {isOn && (
            <Button off={turnOff.isPending} onClick={end}>
              {state === 'lost' ? 'Remove' : 'Turn off'}
            </Button>
          )}
          {(!isOn || state === 'lost') && problem === null && data !== undefined && (
            <Button onClick={() => setAsking(true)}>{isOn ? 'Set up again…' : 'Turn on…'}</Button>
          )}
        </div>
      </Setting>
      {isOn && (
        <Setting
          name="Password again"
          meaning="Quick unlock wants the password after this time, so that you keep knowing it."
        >
          <Select
            label="Password again"
            value={String(settings.quickUnlockDays)}
            onChange={(days) => save({ quickUnlockDays: Number(days) })}
            choices={dayChoices(settings.quickUnlockDays)}
            className="w-44"
          />
        </Setting>
      )}
      {asking && (
        <Suspense>
          <QuickUnlockDialog onClose={() => setAsking(false)} />
        </Suspense>
      )}
    </>
  )
}

function meaningOf(state: string, problem: string | null): string {
  if (state === 'lost')
    return 'It does not work any more: the keychain changed, or what it sealed is lost. Only the password opens the vault.'
  if (problem !== null) return `Not on this computer. ${problem}`
  if (state === 'off')
    return 'A button at the lock screen instead of the password: this computer’s keychain keeps a key for it.'
  return 'On: this computer’s keychain keeps a key that opens the vault.'
}

function dayChoices(present: number): ReadonlyArray<{ value: string; label: string }> {
  const days = usualDays.includes(present) ? usualDays : [...usualDays, present]
  return days.map((amount) => ({ value: String(amount), label: dayWords(amount) }))
}

function dayWords(days: number): string {
  if (days === 0) return 'At each start'
  return days === 1 ? 'After 1 day' : `After ${days} days`
}
