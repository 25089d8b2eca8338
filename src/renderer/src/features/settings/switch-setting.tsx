import type { ReactNode } from 'react'
import { Switch } from '../../components/ui/switch.tsx'
import { Setting } from './section.tsx'

type SwitchSettingProps = {
  readonly name: string
  readonly meaning: ReactNode
  readonly checked: boolean
  readonly onChange: (on: boolean) => void
}

/** A setting that is on or off. */
export function SwitchSetting({ name, meaning, checked, onChange }: SwitchSettingProps) {
  return (
    <Setting name={name} meaning={meaning}>
      <Switch label={name} checked={checked} onChange={onChange} />
    </Setting>
  )
}
