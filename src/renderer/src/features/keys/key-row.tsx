import { Star } from 'lucide-react'
import { type ItemOverview, usableKinds } from '../../../../shared/models/item.ts'
import { Time } from '../../components/ui/time.tsx'
import { ListRow } from '../../layout/searched-list.tsx'
import { DueBadge } from './due-badge.tsx'
import { kindLooks } from './item-kind.ts'
import { KindIcon } from './kind-icon.tsx'

const tagsShown = 2

/** One item in the list: its kind, name and account, and what there is to say about it. */
export function KeyRow({ item }: { readonly item: ItemOverview }) {
  return (
    <ListRow
      lead={<KindIcon kind={item.kind} />}
      title={
        <>
          {item.favourite && (
            <Star
              size={13}
              role="img"
              aria-label="Favourite"
              className="mr-1.5 inline align-[-1px] text-accent-text"
              fill="currentColor"
            />
          )}
          {item.name}
        </>
      }
      below={<Below item={item} />}
    >
      <DueBadge item={item} />
      <Host item={item} />
      <Time atMs={item.updatedAtMs} className="hidden w-24 shrink-0 text-right text-12 text-ink-muted @2xl:block" />
    </ListRow>
  )
}

function Below({ item }: { readonly item: ItemOverview }) {
  const more = item.tags.length - tagsShown
  return (
    <span className="flex items-center gap-1.5">
      <span className="truncate">{item.userName === '' ? kindLooks[item.kind].word : item.userName}</span>
      {item.tags.slice(0, tagsShown).map((tag) => (
        <span key={tag} className="hidden min-w-0 truncate rounded-sm bg-hover px-1.5 py-px @lg:inline">
          {tag}
        </span>
      ))}
      {more > 0 && <span className="hidden @lg:inline">+{more}</span>}
    </span>
  )
}

function Host({ item }: { readonly item: ItemOverview }) {
  const [host, ...more] = item.hosts
  return (
    <span className="hidden w-48 shrink-0 truncate text-right font-mono text-12 text-ink-muted @3xl:block">
      {host ?? (usableKinds.includes(item.kind) && <span className="font-sans">no host</span>)}
      {more.length > 0 && <span className="font-sans"> +{more.length}</span>}
    </span>
  )
}
