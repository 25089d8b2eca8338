import { itemKinds, type ItemKind, type ItemOverview } from '../../../../shared/models/item.ts'

/** Which items a list shows; a tag beside what else is asked for. */
export type ItemFilter = { readonly show: 'all' | 'favourites' | 'due' | ItemKind; readonly tag: string | null }

export const everyItem: ItemFilter = { show: 'all', tag: null }

/** What of a filter still says something: the last item of a kind may have gone while it was looked at. */
export function usefulFilter({ show, tag }: ItemFilter, items: ReadonlyArray<ItemOverview>): ItemFilter {
  return {
    show: items.some((item) => isShown(item, show)) ? show : 'all',
    tag: tag !== null && tagsOf(items).includes(tag) ? tag : null,
  }
}

export function fitsFilter(item: ItemOverview, { show, tag }: ItemFilter): boolean {
  return isShown(item, show) && (tag === null || item.tags.includes(tag))
}

/** All tags, in the order of the alphabet. */
export function tagsOf(items: ReadonlyArray<ItemOverview>): ReadonlyArray<string> {
  return [...new Set(items.flatMap(({ tags }) => tags))].sort(collator.compare)
}

/** The kinds that there are, in the order of the choice of kinds. */
export function kindsOf(items: ReadonlyArray<ItemOverview>): ReadonlyArray<ItemKind> {
  return itemKinds.filter((kind) => items.some((item) => item.kind === kind))
}

/** Made once: for 10,000 names `localeCompare` with options takes half a second. */
const collator = new Intl.Collator(undefined, { numeric: true })

/** Favourites first, then by name. */
export function favouritesFirst(a: ItemOverview, b: ItemOverview): number {
  if (a.favourite !== b.favourite) return a.favourite ? -1 : 1
  return collator.compare(a.name, b.name)
}

function isShown(item: ItemOverview, show: ItemFilter['show']): boolean {
  if (show === 'all') return true
  if (show === 'favourites') return item.favourite
  return show === 'due' ? item.due !== null : item.kind === show
}
