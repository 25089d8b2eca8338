import type { ItemKind } from '../../../../shared/models/item.ts'
import { kindLooks } from './item-kind.ts'

/** The kind of an item as its picture in a list; the word is on hover and for those who cannot see it. */
export function KindIcon({ kind }: { readonly kind: ItemKind }) {
  const { icon: Icon, word } = kindLooks[kind]
  return (
    <span className="flex size-8 shrink-0 items-center justify-center rounded-lg bg-hover text-ink-muted" title={word}>
      <Icon size={16} strokeWidth={1.75} role="img" aria-label={word} />
    </span>
  )
}
