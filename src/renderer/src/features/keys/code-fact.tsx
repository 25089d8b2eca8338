import { Copy, Eye, EyeOff } from 'lucide-react'
import { clipboardTimes } from '../../../../shared/clipboard-times.ts'
import type { ItemOverview, TotpCode } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { sayDone, sayProblem } from '../../components/ui/toasts.ts'
import { Fact } from '../../layout/list-detail.tsx'
import { cn } from '../../lib/class-names.ts'
import { offClipboard } from '../../lib/format.ts'
import { useAction } from '../../lib/queries.ts'
import { useSecondsLeft } from '../../lib/use-seconds-left.ts'
import { CountdownRing } from './countdown-ring.tsx'
import { useCode } from './use-code.ts'

const nearEndSeconds = 5

/** The one-time code: covered, shown large with the time it has left, or copied by the main process without coming here. */
export function CodeFact({ item }: { readonly item: ItemOverview }) {
  const { code, error, busy, show, hide } = useCode(item)
  const copy = useAction('items.copy')
  const toClipboard = () =>
    copy.mutate(
      { id: item.id, field: 'code' },
      {
        onSuccess: () => sayDone('Code copied', offClipboard(clipboardTimes.itemMs)),
        onError: sayProblem,
      },
    )
  return (
    <Fact name="One-time code">
      <span className="flex h-10 items-center gap-3">
        {code === null ? (
          <span className="font-mono text-28 text-ink-muted" role="img" aria-label="Covered">
            ••• •••
          </span>
        ) : (
          <LiveCode code={code} />
        )}
      </span>
      <span className="mt-1 flex flex-wrap items-center gap-2">
        <Button size="sm" off={busy} onClick={code === null ? show : hide}>
          {code === null ? <Eye size={14} aria-hidden /> : <EyeOff size={14} aria-hidden />}
          {code === null ? 'Show code' : 'Hide code'}
        </Button>
        <Button size="sm" off={copy.isPending} onClick={toClipboard}>
          <Copy size={14} aria-hidden />
          Copy code
        </Button>
        {/* Said once, when it appears: the ring and the seconds change without a word. */}
        <span role="status" className="sr-only">
          {code !== null && 'The code is shown and renews itself.'}
        </span>
      </span>
      {error !== null && <Problem error={error} className="mt-2" />}
    </Fact>
  )
}

function LiveCode({ code: { code, periodSeconds, validUntilMs } }: { readonly code: TotpCode }) {
  const left = Math.min(periodSeconds, useSecondsLeft(validUntilMs))
  const near = left <= nearEndSeconds
  return (
    <>
      <span className="font-mono text-28 font-medium tabular-nums">{grouped(code)}</span>
      <span
        role="timer"
        aria-live="off"
        className={cn('flex items-center gap-1.5 text-13 tabular-nums', near ? 'text-wait' : 'text-ink-muted')}
      >
        <CountdownRing share={left / periodSeconds} />
        {left} s<span className="sr-only"> left</span>
      </span>
    </>
  )
}

/** `123 456`, `1234 5678`: in halves, as they are read out. */
export function grouped(code: string): string {
  const half = Math.ceil(code.length / 2)
  return `${code.slice(0, half)} ${code.slice(half)}`
}
