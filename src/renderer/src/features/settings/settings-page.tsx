import type { Settings } from '../../../../shared/models/settings.ts'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Select } from '../../components/ui/select.tsx'
import { Page } from '../../layout/page.tsx'
import { useSettings } from '../../lib/queries.ts'
import { About } from './about.tsx'
import { DoorSection } from './door-section.tsx'
import { LockSection } from './lock-section.tsx'
import { PolicySection } from './policy-section.tsx'
import { PortSetting } from './port-setting.tsx'
import { Section, Setting } from './section.tsx'
import { SwitchSetting } from './switch-setting.tsx'
import { minuteWords, secondWords, TimeSetting } from './time-setting.tsx'
import { useSaveSettings } from './use-save-settings.ts'
import { VaultSection } from './vault-section.tsx'

const themes = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

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
  const set = useSaveSettings()
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
        <SwitchSetting
          name="Notifications"
          meaning="Say when a question waits. They never show what it is about."
          checked={settings.notifications}
          onChange={(notifications) => set({ notifications })}
        />
      </Section>
      <LockSection settings={settings} />
      <Section title="Approvals">
        <TimeSetting
          name="A question waits"
          meaning="Without an answer in this time it is denied."
          value={settings.approvalTimeoutSeconds}
          usual={waitSeconds}
          words={secondWords}
          onChange={(approvalTimeoutSeconds) => set({ approvalTimeoutSeconds })}
        />
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
