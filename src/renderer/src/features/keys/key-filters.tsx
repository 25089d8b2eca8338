import type { ItemKind, ItemOverview } from '../../../../shared/models/item.ts'
import { type Choice, Select } from '../../components/ui/select.tsx'
import { visibleString } from '../../lib/visible-text.ts'
import { type ItemFilter, kindsOf, tagsOf } from './filter-items.ts'
import { kindLooks } from './item-kind.ts'

type KeyFiltersProps = {
  readonly items: ReadonlyArray<ItemOverview>
  readonly filter: ItemFilter
  readonly onChange: (filter: ItemFilter) => void
}

const tagMaxChars = 40

/** Which items to show: by what they are and by their tag. Only what tells items apart is offered. */
export function KeyFilters({ items, filter, onChange }: KeyFiltersProps) {
  const kinds = kindsOf(items)
  const shows: ReadonlyArray<Choice<ItemFilter['show']>> = [
    { value: 'all', label: 'All kinds' },
    ...(items.some(({ favourite }) => favourite) ? [{ value: 'favourites' as const, label: 'Favourites' }] : []),
    ...(items.some(({ due }) => due !== null) ? [{ value: 'due' as const, label: 'Due' }] : []),
    ...(kinds.length > 1 ? kinds.map((kind: ItemKind) => ({ value: kind, label: kindLooks[kind].many })) : []),
  ]
  const tags = tagsOf(items)
  return (
    <>
      {shows.length > 1 && (
        <Select
          label="Show"
          value={filter.show}
          onChange={(show) => onChange({ ...filter, show })}
          choices={shows}
          className="w-38 min-w-24 shrink"
        />
      )}
      {tags.length > 0 && (
        <Select
          label="Tag"
          value={filter.tag === null ? 'any' : `tag:${filter.tag}`}
          onChange={(value) => onChange({ ...filter, tag: value === 'any' ? null : value.slice('tag:'.length) })}
          choices={[
            { value: 'any', label: 'Any tag' },
            ...tags.map((tag) => ({ value: `tag:${tag}`, label: visibleString(tag, tagMaxChars) })),
          ]}
          className="w-34 min-w-20 shrink"
        />
      )}
    </>
  )
}
