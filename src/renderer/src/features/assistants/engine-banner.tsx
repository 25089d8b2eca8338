import { Container } from 'lucide-react'
import { Button } from '../../components/ui/button.tsx'
import { sayProblem } from '../../components/ui/toasts.ts'
import { engineWords } from '../../layout/engine-words.ts'
import { useAction, useStatus } from '../../lib/queries.ts'

/** Says why no container can run and what to do; looking again needs no restart. */
export function EngineBanner() {
  const engine = useStatus().data?.engine
  const check = useAction('engine.check')
  if (engine === undefined || engineWords(engine).fine) return null
  return (
    <div role="alert" className="flex items-start gap-3 border-b border-line bg-danger-soft px-6 py-3 text-13">
      <Container size={16} aria-hidden className="mt-0.5 shrink-0 text-danger" />
      <p className="selectable min-w-0 flex-1 wrap-anywhere">
        <strong className="font-medium">{engine.message}</strong>
        {engine.hint !== null && <span className="block text-ink-muted">{engine.hint}</span>}
      </p>
      <Button size="sm" off={check.isPending} onClick={() => check.mutate(undefined, { onError: sayProblem })}>
        {check.isPending ? 'Looking…' : 'Look again'}
      </Button>
    </div>
  )
}
