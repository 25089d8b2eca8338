import { lazy, type ReactNode, Suspense, useState } from 'react'
import type { Settings } from '../../../../shared/models/settings.ts'
import type { Upkeep } from '../../../../shared/models/upkeep.ts'
import { Button } from '../../components/ui/button.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { Select } from '../../components/ui/select.tsx'
import { Time } from '../../components/ui/time.tsx'
import { sayDone, sayProblem } from '../../components/ui/toasts.ts'
import { byteSize, calendarDate, count } from '../../lib/format.ts'
import { useAction, useUpkeep } from '../../lib/queries.ts'
import { useNow } from '../../lib/use-now.ts'
import { Section, Setting } from './section.tsx'
import { SwitchSetting } from './switch-setting.tsx'
import { TransferSetting } from './transfer-setting.tsx'
import { UpkeepProgress } from './upkeep-progress.tsx'
import { useSaveSettings } from './use-save-settings.ts'

const ChangePasswordDialog = lazy(async () => ({
  default: (await import('./change-password-dialog.tsx')).ChangePasswordDialog,
}))
const CalibrateDialog = lazy(async () => ({ default: (await import('./calibrate-dialog.tsx')).CalibrateDialog }))
const RestoreDialog = lazy(async () => ({ default: (await import('./restore-dialog.tsx')).RestoreDialog }))
const CheckDialog = lazy(async () => ({ default: (await import('./check-dialog.tsx')).CheckDialog }))

type Asking = 'password' | 'cost' | 'restore' | 'findings'

/** The vault as a whole: its password, its backups, its key, and whether everything in it opens. */
export function VaultSection({ settings }: { readonly settings: Settings }) {
  const upkeep = useUpkeep()
  return (
    <Loaded query={upkeep} what="Looking at the vault">
      {(state) => <State settings={settings} upkeep={state} />}
    </Loaded>
  )
}

function State({ settings, upkeep }: { readonly settings: Settings; readonly upkeep: Upkeep }) {
  const [asking, setAsking] = useState<Asking | null>(null)
  const save = useSaveSettings()
  const backup = useAction('vault.backup')
  const rotate = useAction('vault.rotate')
  const check = useAction('vault.check')
  const close = (): void => setAsking(null)
  const busy = upkeep.running !== null
  return (
    <Section
      at="vault"
      title="Vault"
      meaning="Its password, its backups and its key. Everything stays on this computer."
    >
      {upkeep.running !== null && <UpkeepProgress running={upkeep.running} />}
      {upkeep.problem !== null && (
        <div className="px-4 py-3">
          <Problem
            error={{ message: upkeep.problem, hint: 'Clawkeep tries again by itself. Older backups are kept.' }}
          />
        </div>
      )}
      {upkeep.keptAside !== null && (
        <Setting name="The vault from before" meaning={<KeptAside {...upkeep.keptAside} />}>
          <Time atMs={upkeep.keptAside.atMs} className="text-13 text-ink-muted" />
        </Setting>
      )}
      <Setting name="Password" meaning="The recovery words stay good when you change it.">
        <Buttons>
          <Button onClick={() => setAsking('cost')}>Make guessing harder…</Button>
          <Button onClick={() => setAsking('password')}>Change password…</Button>
        </Buttons>
      </Setting>
      <Setting name="Backups" meaning={<LastBackup upkeep={upkeep} />}>
        <Buttons>
          <Button onClick={() => setAsking('restore')}>Restore…</Button>
          <Button
            off={busy}
            onClick={() =>
              backup.mutate(
                { file: null },
                {
                  onSuccess: ({ items }) => sayDone('Backed up', `${count(items, 'key')}, every one opened.`),
                  onError: sayProblem,
                },
              )
            }
          >
            Back up now
          </Button>
        </Buttons>
      </Setting>
      <SwitchSetting
        name="Back up each day"
        meaning={<Folder path={upkeep.folder} />}
        checked={settings.backupDaily}
        onChange={(backupDaily) => save({ backupDaily })}
      />
      <Setting name="Vault key" meaning={<KeyAge upkeep={upkeep} />}>
        <Button
          off={busy}
          onClick={() =>
            rotate.mutate(undefined, {
              onSuccess: () => sayDone('The vault has a new key', 'Password and recovery words stay the same.'),
              onError: sayProblem,
            })
          }
        >
          New key now
        </Button>
      </Setting>
      <Setting name="New key by itself" meaning={<NextKey upkeep={upkeep} />}>
        <Select
          label="New key by itself"
          value={String(settings.rotateEveryDays)}
          onChange={(days) => save({ rotateEveryDays: Number(days) })}
          choices={dayChoices(settings.rotateEveryDays)}
          className="w-44"
        />
      </Setting>
      <Setting name="Check" meaning={<LastCheck upkeep={upkeep} />}>
        <Buttons>
          {(upkeep.check?.problems.length ?? 0) > 0 && (
            <Button onClick={() => setAsking('findings')}>What is wrong…</Button>
          )}
          <Button
            off={busy}
            onClick={() =>
              check.mutate(
                { rescue: false },
                { onSuccess: ({ problems }) => problems.length > 0 && setAsking('findings'), onError: sayProblem },
              )
            }
          >
            Check now
          </Button>
        </Buttons>
      </Setting>
      <TransferSetting />
      <Suspense>
        {asking === 'password' && <ChangePasswordDialog onClose={close} />}
        {asking === 'cost' && <CalibrateDialog onClose={close} />}
        {asking === 'restore' && <RestoreDialog backups={upkeep.backups} onClose={close} />}
        {asking === 'findings' && upkeep.check !== null && <CheckDialog result={upkeep.check} onClose={close} />}
      </Suspense>
    </Section>
  )
}

function KeptAside({ kind, file }: NonNullable<Upkeep['keptAside']>) {
  return (
    <>
      {kind === 'check' ? 'It is damaged; what opened of it is in the vault.' : 'A backup took its place.'} Delete it
      when you miss nothing: <span className="selectable wrap-anywhere">{file}</span>
    </>
  )
}

function Buttons({ children }: { readonly children: ReactNode }) {
  return <div className="flex flex-wrap justify-end gap-2">{children}</div>
}

function LastBackup({ upkeep }: { readonly upkeep: Upkeep }) {
  const [last] = upkeep.backups
  if (last === undefined) return <>None yet. Each one is opened row by row before it counts.</>
  return (
    <>
      Last <Time atMs={last.atMs} />, {byteSize(last.bytes)}. Every row of it was opened.
    </>
  )
}

function Folder({ path }: { readonly path: string }) {
  return (
    <>
      Seven are kept, encrypted, in <span className="selectable wrap-anywhere">{path}</span>
    </>
  )
}

function KeyAge({ upkeep }: { readonly upkeep: Upkeep }) {
  if (upkeep.keySinceMs === null) return <>A new one makes what was learned of the old one worthless.</>
  return (
    <>
      Number {upkeep.epoch}, made <Time atMs={upkeep.keySinceMs} />. A new one makes what was learned of the old one
      worthless.
    </>
  )
}

function NextKey({ upkeep }: { readonly upkeep: Upkeep }) {
  const nowMs = useNow()
  if (upkeep.nextRotationAtMs === null) return <>A checked backup comes first. Password and words stay the same.</>
  return <>Next {calendarDate(upkeep.nextRotationAtMs, nowMs)}, after a checked backup.</>
}

function LastCheck({ upkeep }: { readonly upkeep: Upkeep }) {
  const { check } = upkeep
  if (check === null) return <>Opens every key and every entry, and names what does not open.</>
  const wrong = check.problems.length
  return (
    <>
      {wrong === 0
        ? `Everything opened (${count(check.items, 'key')})`
        : count(wrong, 'thing is not as it should be', 'things are not as they should be')}
      , looked at <Time atMs={check.atMs} />.
    </>
  )
}

const usualDays = [0, 30, 90, 180, 365]

function dayChoices(present: number): ReadonlyArray<{ value: string; label: string }> {
  const days = usualDays.includes(present) ? usualDays : [...usualDays, present]
  return days.map((amount) => ({ value: String(amount), label: amount === 0 ? 'Never' : `Every ${amount} days` }))
}
