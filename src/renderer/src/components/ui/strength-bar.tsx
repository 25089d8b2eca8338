import type { ReactNode } from 'react'
import { cn } from '../../lib/class-names.ts'

/** 0: not to be judged yet; 1 weak, 2 good, 3 strong. */
export type StrengthLevel = 0 | 1 | 2 | 3

const tones = ['bg-danger', 'bg-danger', 'bg-wait', 'bg-ok'] as const

/** How strong a password is: three strokes, and words beside them. */
export function StrengthBar({ level, children }: { readonly level: StrengthLevel; readonly children: ReactNode }) {
  return (
    <div className="flex min-h-4 items-center gap-3 text-12 text-ink-muted">
      <div className="flex w-24 shrink-0 gap-1" aria-hidden>
        {[1, 2, 3].map((step) => (
          <span key={step} className={cn('h-1 flex-1 rounded-full', level >= step ? tones[level] : 'bg-line')} />
        ))}
      </div>
      <span aria-live="polite">{children}</span>
    </div>
  )
}
