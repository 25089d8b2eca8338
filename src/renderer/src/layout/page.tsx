import type { ReactNode } from 'react'
import { cn } from '../lib/class-names.ts'

type PageProps = {
  readonly title: string
  /** One line that says what this page is for. */
  readonly meaning: string
  /** The primary action, at the right. */
  readonly actions?: ReactNode
  /** False when tabs follow, which bring their own line. */
  readonly ruled?: boolean
  readonly children: ReactNode
}

/** The frame of every page: its name, what it is for, what can be done, then its content. */
export function Page({ title, meaning, actions, ruled = true, children }: PageProps) {
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className={cn('flex shrink-0 items-center gap-4 px-6 pt-5 pb-4', ruled && 'border-b border-line')}>
        <div className="min-w-0 flex-1">
          <h1 className="truncate text-20 font-semibold">{title}</h1>
          <p className="truncate text-13 text-ink-muted">{meaning}</p>
        </div>
        {actions !== undefined && <div className="flex shrink-0 gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  )
}
