import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
} from 'react'
import { cn } from '../../lib/class-names.ts'

export type VirtualListHandle = { readonly focus: () => void }

type VirtualListProps<T> = {
  readonly label: string
  readonly items: ReadonlyArray<T>
  readonly keyOf: (item: T) => string
  readonly rowHeight: number
  readonly selected: string | null
  /** Called with a click, with Enter, and with the arrows while something is selected. */
  readonly onSelect: (key: string) => void
  readonly renderRow: (item: T) => ReactNode
  /** Called when the end comes near, to fetch more. */
  readonly onNearEnd?: () => void
  readonly handle?: Ref<VirtualListHandle>
  readonly className?: string
}

const overscanRows = 8

/**
 * A long list of which only the visible rows exist. One stop in the tab order; arrows, Home, End and Page keys move, Enter
 * opens. Rows hold no controls of their own.
 */
export function VirtualList<T>({
  label,
  items,
  keyOf,
  rowHeight,
  selected,
  onSelect,
  renderRow,
  onNearEnd,
  handle,
  className,
}: VirtualListProps<T>) {
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState<string | null>(null)
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: overscanRows,
  })
  const rows = virtual.getVirtualItems()
  const current = active ?? selected
  const position = items.findIndex((item) => keyOf(item) === current)
  const lastShown = rows.at(-1)?.index ?? 0

  useEffect(() => {
    // An entry that was opened by a link may stand far down.
    if (position > 0) virtual.scrollToIndex(position)
    // Only once: afterwards the person scrolls.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [])
  useImperativeHandle(handle, () => ({ focus: () => scroller.current?.focus() }))
  useEffect(() => {
    if (onNearEnd !== undefined && items.length > 0 && lastShown >= items.length - overscanRows - 1) onNearEnd()
  }, [onNearEnd, lastShown, items.length])

  const move = (to: number) => {
    const target = Math.min(items.length - 1, Math.max(0, to))
    const item = items[target]
    if (item === undefined) return
    setActive(keyOf(item))
    virtual.scrollToIndex(target)
    if (selected !== null) onSelect(keyOf(item))
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 1)
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: position + 1,
      ArrowUp: position === -1 ? 0 : position - 1,
      Home: 0,
      End: items.length - 1,
      PageDown: position + pageRows,
      PageUp: position - pageRows,
    }
    const to = steps[event.key]
    const item = items[position]
    if (to !== undefined && !event.ctrlKey && !event.metaKey) move(to)
    else if (event.key === 'Enter' && item !== undefined) onSelect(keyOf(item))
    else return
    event.preventDefault()
  }

  return (
    <div
      ref={scroller}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      {...(position === -1 ? {} : { 'aria-activedescendant': `${id}-${position}` })}
      onKeyDown={onKeyDown}
      onFocus={() => position === -1 && items[0] !== undefined && setActive(keyOf(items[0]))}
      className={cn('group/list min-h-0 flex-1 overflow-y-auto outline-offset-[-2px]', className)}
    >
      <div role="presentation" className="relative w-full" style={{ height: virtual.getTotalSize() }}>
        {rows.map((row) => {
          const item = items[row.index]
          if (item === undefined) return null
          const key = keyOf(item)
          return (
            <div
              key={key}
              id={`${id}-${row.index}`}
              role="option"
              aria-selected={key === selected}
              aria-setsize={items.length}
              aria-posinset={row.index + 1}
              onClick={() => {
                setActive(key)
                onSelect(key)
              }}
              style={{ height: row.size, transform: `translateY(${row.start}px)` }}
              className={cn(
                'absolute top-0 left-0 flex w-full items-center border-b border-line/60',
                key === selected ? 'bg-selected' : 'hover:bg-hover',
                key === current && key !== selected && 'group-focus-visible/list:bg-hover',
              )}
            >
              {renderRow(item)}
            </div>
          )
        })}
      </div>
    </div>
  )
}
