import type { LucideIcon } from 'lucide-react'
import { Fragment, type ReactNode, useMemo, useRef, useState } from 'react'
import { createSearchIndex, search, type SearchTexts } from '../../../shared/search.ts'
import { EmptyState } from '../components/ui/empty-state.tsx'
import { SearchField } from '../components/ui/search-field.tsx'
import { VirtualList, type VirtualListHandle } from '../components/ui/virtual-list.tsx'
import { cn } from '../lib/class-names.ts'
import { count } from '../lib/format.ts'
import { visibleString } from '../lib/visible-text.ts'
import { ListDetail, ListTools } from './list-detail.tsx'

/** The height of a `ListRow`, in CSS pixels. */
export const rowPx = 56

type SearchedListProps<T> = {
  /** Names the list for those who cannot see it. */
  readonly label: string
  /** What one entry is called: “key”. */
  readonly noun: string
  /** What the search looks at, in the person's words: name, host, account. */
  readonly fields: ReadonlyArray<string>
  readonly icon: LucideIcon
  readonly items: ReadonlyArray<T>
  /** What else narrows the list down: its controls, and which entries fit. */
  readonly filter?: { readonly controls: ReactNode; readonly fits: (item: T) => boolean }
  /** Which of two stands first, as for `sort`; without it they stand as they came. */
  readonly order?: (a: T, b: T) => number
  /** All that a search may find of an entry. Without a name, what is found stands in the same order as before. */
  readonly textsOf: (item: T) => SearchTexts
  readonly selected: string | null
  readonly onSelect: (id: string | null) => void
  readonly row: (item: T) => ReactNode
  readonly detail: (item: T, close: () => void) => ReactNode
  /** Shown while there is no entry at all. */
  readonly empty: ReactNode
  readonly wide?: boolean
}

/** A list of two-line rows with its search above, and the opened entry beside it. */
export function SearchedList<T extends { readonly id: string }>(props: SearchedListProps<T>) {
  const { label, noun, fields, icon, items, filter, order, textsOf, selected, onSelect, row, detail, empty, wide } =
    props
  const [typed, setTyped] = useState('')
  const list = useRef<VirtualListHandle>(null)
  const sorted = useMemo(() => (order === undefined ? items : [...items].sort(order)), [items, order])
  const index = useMemo(() => createSearchIndex(sorted, textsOf), [sorted, textsOf])
  const searched = useMemo(() => search(index, typed), [index, typed])
  const fits = filter?.fits
  const found = useMemo(() => (fits === undefined ? searched : searched.filter(fits)), [searched, fits])
  const open = items.find(({ id }) => id === selected)
  const close = () => onSelect(null)
  if (items.length === 0) return empty
  return (
    <ListDetail
      wide={wide === true}
      onClose={close}
      list={
        <>
          <ListTools>
            <SearchField
              label={`Search ${fields.join(', ')}`}
              value={typed}
              onChange={setTyped}
              onLeave={() => list.current?.focus()}
              className="max-w-80 min-w-56 flex-1"
            />
            {filter?.controls}
            <span className="ml-auto shrink-0 pl-2 text-12 text-ink-muted">{count(found.length, noun)}</span>
          </ListTools>
          {found.length === 0 ? (
            <EmptyState icon={icon} title="Nothing found">
              {searched.length === 0
                ? `No ${noun} has “${visibleString(typed, 40)}” in its ${fields.slice(0, -1).join(', ')} or ${fields.at(-1)}.`
                : `No ${noun} is of what was chosen above.`}
            </EmptyState>
          ) : (
            <VirtualList
              label={label}
              handle={list}
              items={found}
              keyOf={({ id }) => id}
              rowHeight={rowPx}
              selected={selected}
              onSelect={onSelect}
              renderRow={row}
            />
          )}
        </>
      }
      detail={open === undefined ? null : <Fragment key={open.id}>{detail(open, close)}</Fragment>}
    />
  )
}

type ListRowProps = {
  readonly lead?: ReactNode
  readonly title: ReactNode
  readonly below: ReactNode
  /** True for what is over: revoked, ended, expired. */
  readonly muted?: boolean
  /** What stands at the right, as cells of fixed width. */
  readonly children?: ReactNode
}

/** A row of two lines: what it is, and below it what tells it from others. */
export function ListRow({ lead, title, below, muted = false, children }: ListRowProps) {
  return (
    <div
      className={cn('flex w-full items-center px-6', lead === undefined ? 'gap-4' : 'gap-3', muted && 'text-ink-muted')}
    >
      {lead}
      <span className="min-w-0 flex-1">
        <span className="block truncate text-14 font-medium">{title}</span>
        <span className="block truncate text-12 text-ink-muted">{below}</span>
      </span>
      {children}
    </div>
  )
}
