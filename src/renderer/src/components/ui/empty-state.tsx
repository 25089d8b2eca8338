import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

type EmptyStateProps = {
  readonly icon: LucideIcon
  readonly title: string
  readonly children: ReactNode
  readonly action?: ReactNode
}

/** What an empty page is for, and the first step. */
export function EmptyState({ icon: Icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center px-8 py-10 text-center">
      <div className="flex size-12 items-center justify-center rounded-xl border border-line bg-surface text-ink-muted">
        <Icon size={22} strokeWidth={1.5} aria-hidden />
      </div>
      <h2 className="mt-4 text-16 font-semibold">{title}</h2>
      <div className="mt-1 max-w-100 text-13 text-ink-muted text-pretty">{children}</div>
      {action !== undefined && <div className="mt-5 flex gap-2">{action}</div>}
    </div>
  )
}
