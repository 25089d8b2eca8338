import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '../../lib/class-names.ts'

type ProblemProps = {
  readonly error: { readonly message: string; readonly hint: string | null }
  readonly className?: string
  /** True when it is all there is on the screen. */
  readonly heading?: boolean
  readonly children?: ReactNode
}

/** What went wrong and what to do next, beside the thing it is about; read out when it appears. */
export function Problem({ error, className, heading = false, children }: ProblemProps) {
  const Message = heading ? 'h1' : 'p'
  return (
    <div role="alert" className={cn('flex gap-2.5 rounded-lg bg-danger-soft px-3 py-2.5 text-13', className)}>
      <CircleAlert size={16} className="mt-0.5 shrink-0 text-danger" aria-hidden />
      <div className="selectable min-w-0 flex-1">
        <Message className="font-medium wrap-anywhere">{error.message}</Message>
        {error.hint !== null && <p className="text-ink-muted wrap-anywhere">{error.hint}</p>}
        {children !== undefined && <div className="mt-2.5">{children}</div>}
      </div>
    </div>
  )
}
