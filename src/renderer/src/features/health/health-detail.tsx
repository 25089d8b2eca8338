import { Link } from 'wouter'
import type { Finding, ItemHealth } from '../../../../shared/models/health.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { buttonClass } from '../../components/ui/button.tsx'
import { Detail } from '../../layout/list-detail.tsx'
import { useNow } from '../../lib/use-now.ts'
import { kindLooks } from '../keys/item-kind.ts'
import { findingLooks, findingWords } from './finding-looks.ts'
import { healthPath } from './health-path.ts'

type HealthDetailProps = {
  readonly item: ItemHealth
  /** All that was found: the others of a reused secret are among them. */
  readonly found: ReadonlyArray<ItemHealth>
  readonly onClose: () => void
}

/** What was found at one key, and what to do about each. */
export function HealthDetail({ item, found, onClose }: HealthDetailProps) {
  const nowMs = useNow()
  return (
    <Detail
      title={item.name}
      subtitle={kindLooks[item.kind].word}
      onClose={onClose}
      actions={
        <Link href={`/keys/${item.id}`} className={buttonClass('primary')}>
          Open the key
        </Link>
      }
    >
      <ul className="space-y-4 pt-1">
        {item.findings.map((finding) => {
          const { icon, word, tone, advice } = findingLooks[finding.what]
          return (
            <li key={finding.what} className="text-13">
              <Badge tone={tone} icon={icon}>
                {word}
              </Badge>
              <p className="mt-1.5 text-14 font-medium">{findingWords(finding, nowMs)}.</p>
              <p className="mt-0.5 text-ink-muted">{advice}</p>
              <Others finding={finding} item={item} found={found} />
            </li>
          )
        })}
      </ul>
    </Detail>
  )
}

const shownOthers = 20

/** The other keys that have the same secret. */
function Others({ finding, item, found }: Omit<HealthDetailProps, 'onClose'> & { readonly finding: Finding }) {
  if (finding.what !== 'reused') return null
  const others = found.filter(
    ({ id, findings }) =>
      id !== item.id && findings.some((other) => other.what === 'reused' && other.group === finding.group),
  )
  const more = others.length - shownOthers
  return (
    <ul aria-label="Others with the same secret" className="mt-1.5 space-y-1">
      {others.slice(0, shownOthers).map(({ id, name }) => (
        <li key={id} className="wrap-anywhere">
          <Link href={`${healthPath}/${id}`} className="text-accent-text underline underline-offset-2">
            {name}
          </Link>
        </li>
      ))}
      {more > 0 && <li className="text-ink-muted">and {more} more</li>}
    </ul>
  )
}
