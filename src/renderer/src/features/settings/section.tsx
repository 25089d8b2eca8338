import { type ReactNode, useEffect, useRef } from 'react'
import { useLocation } from 'wouter'

type SectionProps = {
  /** What follows `/settings/` in the address that brings it into sight. */
  readonly at?: string
  readonly title: string
  readonly meaning?: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A group of settings under its name. */
export function Section({ at, title, meaning, actions, children }: SectionProps) {
  const [location] = useLocation()
  const section = useRef<HTMLElement>(null)
  const isMeant = at !== undefined && location === `/settings/${at}`
  useEffect(() => {
    if (isMeant) section.current?.scrollIntoView()
  }, [isMeant])
  return (
    <section ref={section} aria-label={title} className="scroll-mt-6">
      <div className="mb-2.5 flex items-end gap-4">
        <div className="min-w-0 flex-1">
          <h2 className="text-16 font-semibold">{title}</h2>
          {meaning !== undefined && <p className="text-13 text-ink-muted">{meaning}</p>}
        </div>
        {actions}
      </div>
      <div className="divide-y divide-line/60 rounded-xl border border-line bg-surface">{children}</div>
    </section>
  )
}

/** One setting: its name and meaning at the left, its control at the right. */
export function Setting({
  name,
  meaning,
  children,
}: {
  readonly name: string
  readonly meaning: ReactNode
  readonly children: ReactNode
}) {
  return (
    <div className="flex min-h-14 items-center gap-6 px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="text-14 font-medium">{name}</p>
        <p className="text-13 text-ink-muted">{meaning}</p>
      </div>
      <div className="shrink-0">{children}</div>
    </div>
  )
}
