import type { Settings } from '../../../../shared/models/settings.ts'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Select } from '../../components/ui/select.tsx'
import { Switch } from '../../components/ui/switch.tsx'
import { sayProblem } from '../../components/ui/toasts.ts'
import { Page } from '../../layout/page.tsx'
import { useAction, useSettings } from '../../lib/queries.ts'
import { About } from './about.tsx'
import { DoorSection } from './door-section.tsx'
import { PolicySection } from './policy-section.tsx'
import { PortSetting } from './port-setting.tsx'
import { RecoveryWordsSetting } from './recovery-words-setting.tsx'
import { Section, Setting } from './section.tsx'
import { VaultSection } from './vault-section.tsx'
import { TransferSetting } from './transfer-setting.tsx'

const themes = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

const lockMinutes = [1, 5, 15, 30, 60, 240, 0]
const tokenMinutes = [15, 30, 45, 60]
const waitSeconds = [30, 60, 120, 300, 600, 1800]

/** The person's choices, saved as they are made. */
export function SettingsPage() {
  const settings = useSettings()
  return (
    <Page title="Settings" meaning="How Clawkeep looks, when it locks, and what it may answer for you">
      <Loaded query={settings} what="Reading the settings">
        {(values) => (
          <div
            tabIndex={0}
            role="region"
            aria-label="Settings"
            className="relative min-h-0 flex-1 overflow-y-auto outline-offset-[-2px]"
          >
            <div className="mx-auto max-w-190 space-y-8 px-6 py-6">
              <Choices settings={values} />
              <VaultSection settings={values} />
              <DoorSection door={values.door} />
              <PolicySection />
              <About />
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  )
}

function Choices({ settings }: { readonly settings: Settings }) {
  const save = useAction('settings.set')
  const set = (patch: Partial<Settings>) => save.mutate(patch, { onError: sayProblem })
  return (
    <>
      <Section title="Window">
        <Setting name="Theme" meaning="Light, dark, or as your system is.">
          <Select
            label="Theme"
            value={settings.theme}
            onChange={(theme) => set({ theme })}
            choices={themes}
            className="w-44"
          />
        </Setting>
        <Setting name="Notifications" meaning="Say when a question waits. They never show what it is about.">
          <Switch
            label="Notifications"
            checked={settings.notifications}
            onChange={(notifications) => set({ notifications })}
          />
        </Setting>
      </Section>
      <Section title="Lock and questions">
        <TimeSetting
          name="Lock by itself"
          meaning="After this long without you at the keyboard or mouse."
          value={settings.autoLockMinutes}
          usual={lockMinutes}
          words={minuteWords}
          onChange={(autoLockMinutes) => set({ autoLockMinutes })}
        />
        <TimeSetting
          name="A question waits"
          meaning="Without an answer in this time it is denied."
          value={settings.approvalTimeoutSeconds}
          usual={waitSeconds}
          words={secondWords}
          onChange={(approvalTimeoutSeconds) => set({ approvalTimeoutSeconds })}
        />
        <RecoveryWordsSetting />
        <TransferSetting />
      </Section>
      <Section title="Connections">
        <PortSetting port={settings.mcpPort} />
        <TimeSetting
          name="Renew sign-ins"
          meaning="Programs that signed in renew their token this often, without asking you."
          value={settings.accessTokenMinutes}
          usual={tokenMinutes}
          words={minuteWords}
          onChange={(accessTokenMinutes) => set({ accessTokenMinutes })}
        />
      </Section>
    </>
  )
}

type TimeSettingProps = {
  readonly name: string
  readonly meaning: string
  readonly value: number
  readonly usual: ReadonlyArray<number>
  readonly words: (value: number) => string
  readonly onChange: (value: number) => void
}

/** One of the usual times, or the present one, which may have been set elsewhere. */
function TimeSetting({ name, meaning, value, usual, words, onChange }: TimeSettingProps) {
  const offered = usual.includes(value) ? usual : [value, ...usual]
  return (
    <Setting name={name} meaning={meaning}>
      <Select
        label={name}
        value={String(value)}
        onChange={(chosen) => onChange(Number(chosen))}
        choices={offered.map((each) => ({ value: String(each), label: words(each) }))}
        className="w-44"
      />
    </Setting>
  )
}

function minuteWords(minutes: number): string {
  if (minutes === 0) return 'Never'
  if (minutes % 60 === 0) return minutes === 60 ? '1 hour' : `${minutes / 60} hours`
  return minutes === 1 ? '1 minute' : `${minutes} minutes`
}

function secondWords(seconds: number): string {
  return seconds % 60 === 0 ? minuteWords(seconds / 60) : `${seconds} seconds`
}
