import type { FindingKind, ItemHealth } from '../../../../shared/models/health.ts'
import { cn } from '../../lib/class-names.ts'
import { findingKinds, findingLooks } from './finding-looks.ts'

type FindingTilesProps = {
  readonly found: ReadonlyArray<ItemHealth>
  /** False: nothing was compared with a list of breaches, so none were looked for. */
  readonly breachesKnown: boolean
  readonly useKnown: boolean
  readonly shown: FindingKind | null
  readonly onShow: (kind: FindingKind | null) => void
}

const tones = { danger: 'text-danger', wait: 'text-wait', neutral: 'text-ink-muted' } as const

/** How many keys have each finding; a press shows just those. */
export function FindingTiles({ found, breachesKnown, useKnown, shown, onShow }: FindingTilesProps) {
  const amountOf = (kind: FindingKind) =>
    found.filter(({ findings }) => findings.some(({ what }) => what === kind)).length
  const isKnown = (kind: FindingKind) => (kind === 'breached' ? breachesKnown : kind !== 'unused' || useKnown)
  const kinds = findingKinds.filter((kind) => kind !== 'damaged' || amountOf(kind) > 0)
  return (
    <div role="group" aria-label="What was found" className="flex shrink-0 gap-2 px-6 py-4">
      {kinds.map((kind) => {
        const { icon: Icon, word, tone } = findingLooks[kind]
        const amount = amountOf(kind)
        return (
          <button
            key={kind}
            type="button"
            aria-pressed={shown === kind}
            aria-disabled={amount === 0 || undefined}
            onClick={() => amount > 0 && onShow(shown === kind ? null : kind)}
            className={cn(
              'min-w-0 flex-1 rounded-lg border px-3 py-2 text-left transition-colors',
              shown === kind ? 'border-accent bg-accent-soft' : 'border-line bg-surface',
              amount > 0 && shown !== kind && 'hover:bg-hover',
            )}
          >
            <span className="flex items-center gap-1.5 text-12 text-ink-muted">
              <Icon size={14} aria-hidden className={cn('shrink-0', amount > 0 && tones[tone as keyof typeof tones])} />
              <span className="truncate">{word}</span>
            </span>
            <span className={cn('block text-20 font-semibold tabular-nums', amount === 0 && 'text-ink-muted')}>
              {isKnown(kind) ? amount : <span className="text-12 font-normal">not known</span>}
            </span>
          </button>
        )
      })}
    </div>
  )
}
