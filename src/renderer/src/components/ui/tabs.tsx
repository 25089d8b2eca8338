import { Tabs as Base } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'

type Tab<T extends string> = {
  readonly value: T
  readonly label: string
  readonly count?: number
  readonly content: ReactNode
}

type TabsProps<T extends string> = {
  readonly label: string
  readonly value: T
  readonly onChange: (value: T) => void
  readonly tabs: ReadonlyArray<Tab<T>>
  readonly panelClass?: string
}

/** A row of tabs under the page's title; only the chosen one is in the page. */
export function Tabs<T extends string>({ label, value, onChange, tabs, panelClass }: TabsProps<T>) {
  return (
    <Base.Root value={value} onValueChange={onChange} className="flex min-h-0 flex-1 flex-col">
      <Base.List aria-label={label} className="flex shrink-0 gap-5 border-b border-line px-6">
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.value}
            value={tab.value}
            className="-mb-px flex items-center gap-1.5 rounded-t-sm border-b-2 border-transparent pt-1 pb-2 text-13 font-medium text-ink-muted transition-colors hover:text-ink focus-visible:outline-offset-0 data-active:border-accent data-active:text-ink"
          >
            {tab.label}
            {tab.count !== undefined && tab.count > 0 && (
              <span className="rounded-full bg-hover px-1.5 text-12 tabular-nums">{tab.count}</span>
            )}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel
          key={tab.value}
          value={tab.value}
          tabIndex={-1}
          className={panelClass ?? 'flex min-h-0 flex-1 flex-col outline-none'}
        >
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  )
}
