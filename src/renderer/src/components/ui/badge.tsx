import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '../../lib/class-names.ts'

export type Tone = 'neutral' | 'ok' | 'danger' | 'wait' | 'accent'

const tones: Readonly<Record<Tone, string>> = {
  neutral: 'bg-hover text-ink-muted',
  ok: 'bg-ok-soft text-ok',
  danger: 'bg-danger-soft text-danger',
  wait: 'bg-wait-soft text-wait',
  accent: 'bg-accent-soft text-accent-text',
}

type BadgeProps = {
  readonly tone: Tone
  readonly icon?: LucideIcon
  readonly children: ReactNode
  readonly className?: string
}

/** A state as a word with its icon; never colour alone. */
export function Badge({ tone, icon: Icon, children, className }: BadgeProps) {
  return (
    <span
      className={cn(
        'inline-flex h-5 shrink-0 items-center gap-1 rounded-full px-2 text-12 font-medium whitespace-nowrap',
        tones[tone],
        className,
      )}
    >
      {Icon !== undefined && <Icon size={12} aria-hidden />}
      {children}
    </span>
  )
}
