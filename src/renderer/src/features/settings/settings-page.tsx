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
      <Section title="Vault and questions">
        <Setting name="Lock by itself" meaning="After this long without you at the keyboard or mouse.">
          <Select
            label="Lock by itself"
            value={String(settings.autoLockMinutes)}
            onChange={(minutes) => set({ autoLockMinutes: Number(minutes) })}
            choices={withPresent(lockMinutes, settings.autoLockMinutes).map((minutes) => ({
              value: String(minutes),
              label: minuteWords(minutes),
            }))}
            className="w-44"
          />
        </Setting>
        <Setting name="A question waits" meaning="Without an answer in this time it is denied.">
          <Select
            label="A question waits"
            value={String(settings.approvalTimeoutSeconds)}
            onChange={(seconds) => set({ approvalTimeoutSeconds: Number(seconds) })}
            choices={withPresent(waitSeconds, settings.approvalTimeoutSeconds).map((seconds) => ({
              value: String(seconds),
              label: secondWords(seconds),
            }))}
            className="w-44"
          />
        </Setting>
        <RecoveryWordsSetting />
      </Section>
      <Section title="Connections">
        <PortSetting port={settings.mcpPort} />
        <Setting
          name="Renew sign-ins"
          meaning="Programs that signed in renew their token this often, without asking you."
        >
          <Select
            label="Renew sign-ins"
            value={String(settings.accessTokenMinutes)}
            onChange={(minutes) => set({ accessTokenMinutes: Number(minutes) })}
            choices={withPresent(tokenMinutes, settings.accessTokenMinutes).map((minutes) => ({
              value: String(minutes),
              label: minuteWords(minutes),
            }))}
            className="w-44"
          />
        </Setting>
      </Section>
    </>
  )
}

/** The usual values and the present one, which may have been set elsewhere. */
function withPresent(usual: ReadonlyArray<number>, present: number): ReadonlyArray<number> {
  return usual.includes(present) ? usual : [present, ...usual]
}

function minuteWords(minutes: number): string {
  if (minutes === 0) return 'Never'
  if (minutes % 60 === 0) return minutes === 60 ? '1 hour' : `${minutes / 60} hours`
  return minutes === 1 ? '1 minute' : `${minutes} minutes`
}

function secondWords(seconds: number): string {
  return seconds % 60 === 0 ? minuteWords(seconds / 60) : `${seconds} seconds`
}
