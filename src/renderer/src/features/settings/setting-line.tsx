import type { ReactNode } from 'react'

/** One setting with its present state below its meaning. */
export function Line({
  name,
  meaning,
  action,
  children,
}: {
  readonly name: string
  readonly meaning: string
  readonly action: ReactNode
  readonly children?: ReactNode
}) {
  return (
    <div className="flex items-start gap-6 px-4 py-3">
      <div className="min-w-0 flex-1 space-y-1">
        <p className="text-14 font-medium">{name}</p>
        <p className="text-13 text-ink-muted wrap-anywhere">{meaning}</p>
        {children}
      </div>
      <div className="flex shrink-0 gap-2">{action}</div>
    </div>
  )
}
