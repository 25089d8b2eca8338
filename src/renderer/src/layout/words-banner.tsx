import { ArrowRight, LifeBuoy } from 'lucide-react'
import { Link } from 'wouter'
import { Button, buttonClass } from '../components/ui/button.tsx'
import { sayProblem } from '../components/ui/toasts.ts'
import { useAction } from '../lib/queries.ts'

/** The recovery words were shown once, and a lock may have come before they were on paper. */
export function WordsBanner() {
  const confirm = useAction('vault.confirmWords')
  return (
    <div role="status" className="flex items-center gap-2.5 border-b border-line bg-wait-soft px-6 py-1.5 text-13">
      <LifeBuoy size={15} className="shrink-0 text-wait" aria-hidden />
      <p className="flex-1 text-pretty">
        <strong className="font-medium">Are the recovery words on paper?</strong>{' '}
        <span className="text-ink-muted">
          Nobody has said so. Without them a forgotten password cannot be replaced.
        </span>
      </p>
      <Button
        size="sm"
        variant="ghost"
        off={confirm.isPending}
        onClick={() => confirm.mutate(undefined, { onError: sayProblem })}
      >
        I have them
      </Button>
      <Link href="/settings/lock" className={buttonClass('ghost', 'sm', 'text-ink')}>
        Make new ones
        <ArrowRight size={14} aria-hidden />
      </Link>
    </div>
  )
}
