import { Copy, Eye, EyeOff } from 'lucide-react'
import { clipboardTimes } from '../../../../shared/clipboard-times.ts'
import type { ItemOverview, SecretField } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { sayDone, sayProblem } from '../../components/ui/toasts.ts'
import { Fact } from '../../layout/list-detail.tsx'
import { cn } from '../../lib/class-names.ts'
import { offClipboard } from '../../lib/format.ts'
import { useAction } from '../../lib/queries.ts'
import { useRevealed } from './use-revealed.ts'

type SecretFactProps = {
  readonly item: ItemOverview
  readonly field: SecretField
  readonly name: string
  /** What revealing it means, when that is more than seeing it. */
  readonly warning?: string
}

/**
 * One sealed field: covered, shown for 30 s on demand, or copied by the main process without coming here. The value lives
 * in this component alone and goes with it.
 */
export function SecretFact({ item, field, name, warning }: SecretFactProps) {
  const { value, busy, show, cover } = useRevealed({ id: item.id, field }, item.revision)
  const copy = useAction('items.copy')
  const toClipboard = () =>
    copy.mutate(
      { id: item.id, field },
      {
        onSuccess: () => sayDone(`${name} copied`, offClipboard(clipboardTimes.itemMs)),
        onError: sayProblem,
      },
    )
  return (
    <Fact name={name}>
      {value === null ? (
        <span className="tracking-widest text-ink-muted" aria-label="Covered">
          ••••••••••••
        </span>
      ) : (
        <span
          className={cn(
            'block max-h-60 overflow-y-auto whitespace-pre-wrap',
            field !== 'notes' && 'font-mono text-13 break-all',
          )}
        >
          {value === '' ? <span className="text-ink-muted">Nothing here.</span> : value}
        </span>
      )}
      {warning !== undefined && <span className="mt-1 block text-12 text-ink-muted">{warning}</span>}
      <span className="mt-2 flex flex-wrap items-center gap-2">
        <Button
          size="sm"
          off={busy}
          aria-label={value === null ? `Reveal ${name.toLowerCase()}` : `Hide ${name.toLowerCase()}`}
          onClick={value === null ? show : cover}
        >
          {value === null ? <Eye size={14} aria-hidden /> : <EyeOff size={14} aria-hidden />}
          {value === null ? 'Reveal' : 'Hide'}
        </Button>
        <Button size="sm" off={copy.isPending} aria-label={`Copy ${name.toLowerCase()}`} onClick={toClipboard}>
          <Copy size={14} aria-hidden />
          Copy
        </Button>
        {value !== null && (
          <span role="status" className="text-12 text-ink-muted">
            Covered again in 30 s
          </span>
        )}
      </span>
    </Fact>
  )
}
