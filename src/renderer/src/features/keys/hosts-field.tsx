import { AllowedHost } from '../../../../shared/models/item.ts'
import { ChipsField, type Written } from '../../components/ui/chips-field.tsx'

type HostsFieldProps = {
  readonly hosts: ReadonlyArray<string>
  readonly onChange: (hosts: ReadonlyArray<string>) => void
  readonly text: string
  readonly onText: (text: string) => void
  readonly problem: string | undefined
}

/** The hosts a secret may be sent to. A pasted address is cut to its host. */
export function HostsField({ hosts, onChange, ...field }: HostsFieldProps) {
  return (
    <ChipsField
      {...field}
      label="May be sent to"
      values={hosts}
      onChange={onChange}
      read={readHosts}
      endedBy={[',', ' ']}
      hint="Host names such as api.github.com or *.example.com. The secret goes nowhere else."
      placeholder="api.github.com"
      mono
    />
  )
}

/** The hosts in what was typed: separated by spaces or commas, each cut out of its address. */
export function writtenHosts(written: string): ReadonlyArray<string> {
  return written
    .split(/[\s,]+/)
    .map(hostOf)
    .filter((host) => host !== '')
}

function readHosts(written: string): Written {
  const checked = writtenHosts(written).map((host) => AllowedHost.safeParse(host))
  const bad = checked.find((result) => !result.success)
  if (bad !== undefined) return { problem: bad.error?.issues[0]?.message ?? 'That is not a host name.' }
  return { values: checked.flatMap((result) => (result.success ? [result.data] : [])) }
}

/** The host of what was typed or pasted, which may be a whole address. */
function hostOf(written: string): string {
  return written.replace(/^[a-z+]+:\/\//i, '').replace(/[/?#].*$/, '')
}
