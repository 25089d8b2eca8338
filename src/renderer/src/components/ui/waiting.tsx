import { LoaderCircle } from 'lucide-react'
import { cn } from '../../lib/class-names.ts'
import { useAfter } from '../../lib/use-after.ts'

const silentMs = 300

/** Says what is being waited for; nothing for the first 300 ms, because most waits are over by then. */
export function Waiting({ what, className }: { readonly what: string; readonly className?: string }) {
  const visible = useAfter(silentMs)
  return (
    <div
      role="status"
      className={cn('flex flex-1 items-center justify-center gap-2 p-8 text-13 text-ink-muted', className)}
    >
      {visible && (
        <>
          <LoaderCircle size={16} className="animate-turn" aria-hidden />
          {what}…
        </>
      )}
    </div>
  )
}
