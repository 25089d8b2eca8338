import type { ReactNode } from 'react'
import { cn } from '../../lib/class-names.ts'

/** A key of the keyboard. */
export function Kbd({ children, className }: { readonly children: ReactNode; readonly className?: string }) {
  return (
    <kbd
      className={cn(
        'inline-flex h-5 min-w-5 items-center justify-center rounded-sm border border-line bg-sunken px-1 font-sans text-12 text-ink-muted',
        className,
      )}
    >
      {children}
    </kbd>
  )
}
