import { Copy, Eye, EyeOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { ItemOverview, SecretField } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { sayDone, sayProblem } from '../../components/ui/toasts.ts'
import { Fact } from '../../layout/list-detail.tsx'
import { cn } from '../../lib/class-names.ts'
import { useAction } from '../../lib/queries.ts'

const shownForMs = 30_000

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
  const [value, setValue] = useState<string | null>(null)
  const reveal = useAction('items.reveal')
  const copy = useAction('items.copy')

  useEffect(() => {
    if (value === null) return
    const timer = setTimeout(() => setValue(null), shownForMs)
    return () => clearTimeout(timer)
  }, [value])
  // A value from before an edit is not the value any more.
  useEffect(() => setValue(null), [item.revision])

  const show = () =>
    reveal.mutate(
      { id: item.id, field },
      {
        onSuccess: (revealed) => {
          setValue(revealed)
          // Or a second copy would outlive the 30 s.
          reveal.reset()
        },
        onError: sayProblem,
      },
    )
  const toClipboard = () =>
    copy.mutate(
      { id: item.id, field },
      {
        onSuccess: () => sayDone(`${name} copied`, 'It is taken off the clipboard after 30 seconds.'),
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
          off={reveal.isPending}
          aria-label={value === null ? `Reveal ${name.toLowerCase()}` : `Hide ${name.toLowerCase()}`}
          onClick={() => (value === null ? show() : setValue(null))}
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
