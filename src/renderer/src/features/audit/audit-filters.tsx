import { Select } from '../../components/ui/select.tsx'
import { useApiKeys, useAssistants } from '../../lib/queries.ts'
import { visibleString } from '../../lib/visible-text.ts'
import { type AuditGroup, groupWords, kindsOf } from './audit-words.ts'
import type { AuditWish } from './use-audit-log.ts'

export type AuditChoice = {
  readonly time: 'all' | 'hour' | 'today' | 'week' | 'month'
  readonly group: 'all' | AuditGroup
  /** `all`, an asker kind, or `kind/id`. */
  readonly asker: string
}

export const anyEntry: AuditChoice = { time: 'all', group: 'all', asker: 'all' }

const dayMs = 86_400_000

const times = [
  { value: 'all', label: 'Any time' },
  { value: 'hour', label: 'Last hour' },
  { value: 'today', label: 'Today' },
  { value: 'week', label: 'Last 7 days' },
  { value: 'month', label: 'Last 30 days' },
] as const

const groups = [
  { value: 'all', label: 'Everything' },
  ...Object.entries(groupWords).map(([value, label]) => ({ value: value as AuditGroup, label })),
] as const

/** Which entries to show: by time, by what they are about, by who asked. */
export function AuditFilters({
  choice,
  onChange,
}: {
  readonly choice: AuditChoice
  readonly onChange: (choice: AuditChoice) => void
}) {
  const clients = useApiKeys().data ?? []
  const assistants = useAssistants().data ?? []
  const askers = [
    { value: 'all', label: 'Anyone' },
    { value: 'person', label: 'You' },
    { value: 'system', label: 'Clawkeep' },
    { value: 'client', label: 'Any client' },
    ...clients.map(({ id, name }) => ({ value: `client/${id}`, label: visibleString(name, 60), meaning: 'Client' })),
    { value: 'assistant', label: 'Any assistant' },
    ...assistants.map(({ id, name }) => ({ value: `assistant/${id}`, label: name, meaning: 'Assistant' })),
  ]
  return (
    <>
      <Select
        label="Time"
        value={choice.time}
        onChange={(time) => onChange({ ...choice, time })}
        choices={times}
        className="w-34 min-w-20 shrink"
      />
      <Select
        label="What"
        value={choice.group}
        onChange={(group) => onChange({ ...choice, group })}
        choices={groups}
        className="w-46 min-w-24 shrink"
      />
      <Select
        label="Who"
        value={choice.asker}
        onChange={(asker) => onChange({ ...choice, asker })}
        choices={askers}
        className="w-44 min-w-20 shrink"
      />
    </>
  )
}

/** The choice as the filter of the log. */
export function toWish(choice: AuditChoice, nowMs: number): AuditWish {
  const [askerKind, askerId] = choice.asker.split('/') as [AuditWish['askerKind'] | 'all', string | undefined]
  const fromMs = startOf(choice.time, nowMs)
  return {
    ...(choice.group === 'all' ? {} : { kinds: [...kindsOf(choice.group)] }),
    ...(askerKind === 'all' || askerKind === undefined ? {} : { askerKind }),
    ...(askerId === undefined ? {} : { askerId }),
    ...(fromMs === null ? {} : { fromMs }),
  }
}

function startOf(time: AuditChoice['time'], nowMs: number): number | null {
  if (time === 'all') return null
  if (time === 'hour') return nowMs - dayMs / 24
  if (time === 'week') return nowMs - 7 * dayMs
  if (time === 'month') return nowMs - 30 * dayMs
  return new Date(nowMs).setHours(0, 0, 0, 0)
}
