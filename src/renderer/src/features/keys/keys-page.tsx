import { KeyRound, Plus } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import type { ItemOverview } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { SearchField } from '../../components/ui/search-field.tsx'
import { Time } from '../../components/ui/time.tsx'
import { VirtualList, type VirtualListHandle } from '../../components/ui/virtual-list.tsx'
import { ListDetail, ListTools } from '../../layout/list-detail.tsx'
import { Page } from '../../layout/page.tsx'
import { count } from '../../lib/format.ts'
import { useItems } from '../../lib/queries.ts'
import { useSelection } from '../../lib/selection.ts'
import { visibleString } from '../../lib/visible-text.ts'
import { ItemDetail } from './item-detail.tsx'
import { ItemDialog } from './item-dialog.tsx'
import { kindLooks } from './item-kind.ts'

const path = '/keys'
const rowPx = 56

/** The vault's items: what assistants and clients may use without ever holding it. */
export function KeysPage() {
  const items = useItems()
  const [selection, select] = useSelection(path)
  const adding = selection === 'new'
  const add = (
    <Button variant="primary" onClick={() => select('new')}>
      <Plus size={16} aria-hidden />
      Add key
    </Button>
  )
  return (
    <Page title="Keys" meaning="What your assistants may use and never see" actions={add}>
      <Loaded query={items} what="Reading the keys">
        {(all) =>
          all.length === 0 ? (
            <EmptyState icon={KeyRound} title="No keys yet" action={add}>
              Put a token or a password in the vault. Assistants and programs then ask to use it; Clawkeep puts it into
              the request after you allow it, so they never hold it.
            </EmptyState>
          ) : (
            <KeyList items={all} selected={adding ? null : selection} onSelect={select} />
          )
        }
      </Loaded>
      {adding && <ItemDialog item={null} onClose={() => select(null)} onSaved={select} />}
    </Page>
  )
}

type KeyListProps = {
  readonly items: ReadonlyArray<ItemOverview>
  readonly selected: string | null
  readonly onSelect: (id: string | null) => void
}

function KeyList({ items, selected, onSelect }: KeyListProps) {
  const [search, setSearch] = useState('')
  const list = useRef<VirtualListHandle>(null)
  const sorted = useMemo(
    () => [...items].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true })),
    [items],
  )
  const found = useMemo(() => sorted.filter((item) => matches(item, search)), [sorted, search])
  const open = items.find(({ id }) => id === selected)
  return (
    <ListDetail
      onClose={() => onSelect(null)}
      list={
        <>
          <ListTools>
            <SearchField
              label="Search name, host, account"
              value={search}
              onChange={setSearch}
              onLeave={() => list.current?.focus()}
              className="w-full max-w-80"
            />
            <span className="ml-auto shrink-0 pl-2 text-12 text-ink-muted">{count(found.length, 'key')}</span>
          </ListTools>
          {found.length === 0 ? (
            <EmptyState icon={KeyRound} title="Nothing found">
              No key has “{visibleString(search, 40)}” in its name, host or account.
            </EmptyState>
          ) : (
            <VirtualList
              label="Keys"
              handle={list}
              items={found}
              keyOf={({ id }) => id}
              rowHeight={rowPx}
              selected={selected}
              onSelect={onSelect}
              renderRow={(item) => <KeyRow item={item} />}
            />
          )}
        </>
      }
      detail={open === undefined ? null : <ItemDetail key={open.id} item={open} onClose={() => onSelect(null)} />}
    />
  )
}

function KeyRow({ item }: { readonly item: ItemOverview }) {
  const { icon: Icon, word } = kindLooks[item.kind]
  const [host, ...more] = item.hosts
  return (
    <div className="flex w-full items-center gap-3 px-6">
      <span
        className="flex size-8 shrink-0 items-center justify-center rounded-lg bg-hover text-ink-muted"
        title={word}
      >
        <Icon size={16} strokeWidth={1.75} role="img" aria-label={word} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate text-14 font-medium">{item.name}</span>
        <span className="block truncate text-12 text-ink-muted">{item.userName === '' ? word : item.userName}</span>
      </span>
      <span className="hidden w-56 shrink-0 truncate text-right font-mono text-12 text-ink-muted @2xl:block">
        {host ?? <span className="font-sans">no host</span>}
        {more.length > 0 && <span className="font-sans"> +{more.length}</span>}
      </span>
      <Time atMs={item.updatedAtMs} className="hidden w-24 shrink-0 text-right text-12 text-ink-muted @xl:block" />
    </div>
  )
}

function matches(item: ItemOverview, search: string): boolean {
  const wanted = search.trim().toLowerCase()
  return (
    wanted === '' ||
    `${item.name} ${item.userName} ${item.hosts.join(' ')} ${kindLooks[item.kind].word}`.toLowerCase().includes(wanted)
  )
}
