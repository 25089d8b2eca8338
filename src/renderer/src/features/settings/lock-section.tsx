import type { Settings } from '../../../../shared/models/settings.ts'
import { isMac } from '../../lib/shortcuts.ts'
import { QuickUnlockSetting } from './quick-unlock-setting.tsx'
import { RecoveryWordsSetting } from './recovery-words-setting.tsx'
import { Section } from './section.tsx'
import { SwitchSetting } from './switch-setting.tsx'
import { minuteWords, TimeSetting } from './time-setting.tsx'
import { useSaveSettings } from './use-save-settings.ts'

const lockMinutes = [1, 5, 15, 30, 60, 240, 0]
const shortcut = isMac ? '⌥ ⇧ ⌘ L' : 'Ctrl + Alt + Shift + L'

type Switched = 'lockWithScreen' | 'lockOnSleep' | 'lockOnClose' | 'lockShortcut'

const switches: ReadonlyArray<{ readonly key: Switched; readonly name: string; readonly meaning: string }> = [
  { key: 'lockWithScreen', name: 'Lock with the screen', meaning: 'When the screen of this computer is locked.' },
  { key: 'lockOnSleep', name: 'Lock on sleep', meaning: 'When this computer goes to sleep.' },
  {
    key: 'lockOnClose',
    name: 'Lock when the window is closed',
    meaning: 'Where Clawkeep stays beside the clock because an assistant runs. Until you unlock, it gets no answers.',
  },
  {
    key: 'lockShortcut',
    name: 'Lock from any program',
    meaning: `${shortcut} locks, whatever is in front. In this window ${isMac ? '⌘ L' : 'Ctrl + L'} always does.`,
  },
]

/** When the vault locks, and what opens it besides the password. */
export function LockSection({ settings }: { readonly settings: Settings }) {
  const save = useSaveSettings()
  return (
    <Section at="lock" title="Lock and unlock">
      <TimeSetting
        name="Lock by itself"
        meaning="After this long without you at the keyboard or mouse."
        value={settings.autoLockMinutes}
        usual={lockMinutes}
        words={minuteWords}
        onChange={(autoLockMinutes) => save({ autoLockMinutes })}
      />
      {switches.map(({ key, name, meaning }) => (
        <SwitchSetting
          key={key}
          name={name}
          meaning={meaning}
          checked={settings[key]}
          onChange={(on) => save({ [key]: on })}
        />
      ))}
      <QuickUnlockSetting settings={settings} />
      <RecoveryWordsSetting />
    </Section>
  )
}
