import type { ComponentProps, ReactNode } from 'react'
import { cn } from '../../lib/class-names.ts'

export type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger' | 'deny'

const variants: Readonly<Record<ButtonVariant, string>> = {
  primary: 'bg-accent text-accent-ink hover:bg-accent-hover',
  secondary: 'border border-line-strong/60 bg-surface text-ink hover:bg-hover',
  ghost: 'text-ink-muted hover:bg-hover hover:text-ink',
  danger: 'bg-danger text-danger-ink hover:bg-danger-hover',
  deny: 'border border-danger/45 bg-surface text-danger hover:bg-danger-soft',
}

const sizes = {
  sm: 'h-7 gap-1.5 rounded-md px-2.5 text-13',
  md: 'h-8 gap-2 rounded-lg px-3 text-13',
  lg: 'h-9 gap-2 rounded-lg px-4 text-14',
  icon: 'size-8 rounded-lg',
} as const

type ButtonProps = Omit<ComponentProps<'button'>, 'disabled'> & {
  readonly variant?: ButtonVariant
  readonly size?: keyof typeof sizes
  /** Off for now; it keeps its place in the tab order and its focus, and ignores presses. */
  readonly off?: boolean
  readonly children: ReactNode
}

/** A button. Its words are a verb. */
export function Button({
  variant = 'secondary',
  size = 'md',
  off = false,
  className,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={off ? 'button' : type}
      aria-disabled={off || undefined}
      onClick={off ? (event) => event.preventDefault() : onClick}
      className={buttonClass(variant, size, cn(off && 'opacity-55', className))}
    />
  )
}

/** The look of a button, for a part that must be another element. */
export function buttonClass(variant: ButtonVariant, size: keyof typeof sizes = 'md', more = ''): string {
  return cn(
    'inline-flex shrink-0 items-center justify-center font-medium whitespace-nowrap transition-[color,background-color,opacity] [&_svg]:shrink-0',
    variants[variant],
    sizes[size],
    more,
  )
}
