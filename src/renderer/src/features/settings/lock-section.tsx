import type { Settings } from '../../../../shared/models/settings.ts'
import { Switch } from '../../components/ui/switch.tsx'
import { sayProblem } from '../../components/ui/toasts.ts'
import { useAction } from '../../lib/queries.ts'
import { isMac } from '../../lib/shortcuts.ts'
import { QuickUnlockSetting } from './quick-unlock-setting.tsx'
import { RecoveryWordsSetting } from './recovery-words-setting.tsx'
import { Section, Setting } from './section.tsx'
import { minuteWords, TimeSetting } from './time-setting.tsx'

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
  const save = useAction('settings.set')
  return (
    <Section title="Lock and unlock">
      <TimeSetting
        name="Lock by itself"
        meaning="After this long without you at the keyboard or mouse."
        value={settings.autoLockMinutes}
        usual={lockMinutes}
        words={minuteWords}
        onChange={(autoLockMinutes) => save.mutate({ autoLockMinutes }, { onError: sayProblem })}
      />
      {switches.map(({ key, name, meaning }) => (
        <Setting key={key} name={name} meaning={meaning}>
          <Switch
            label={name}
            checked={settings[key]}
            onChange={(on) => save.mutate({ [key]: on }, { onError: sayProblem })}
          />
        </Setting>
      ))}
      <QuickUnlockSetting settings={settings} />
      <RecoveryWordsSetting />
    </Section>
  )
}
