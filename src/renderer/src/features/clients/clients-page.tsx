import { PlugZap, Plus } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import type { ApiKey } from '../../../../shared/models/api-key.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { SearchField } from '../../components/ui/search-field.tsx'
import { Time } from '../../components/ui/time.tsx'
import { VirtualList, type VirtualListHandle } from '../../components/ui/virtual-list.tsx'
import { ListDetail, ListTools } from '../../layout/list-detail.tsx'
import { Page } from '../../layout/page.tsx'
import { cn } from '../../lib/class-names.ts'
import { count } from '../../lib/format.ts'
import { useApiKeys } from '../../lib/queries.ts'
import { useSelection } from '../../lib/selection.ts'
import { visibleString } from '../../lib/visible-text.ts'
import { ClientDetail } from './client-detail.tsx'
import { ClientDialog } from './client-dialog.tsx'
import { keyLooks } from './key-state.ts'
import { scopeWords } from './scope-words.ts'

const path = '/clients'
const rowPx = 56

/** The programs that may connect over MCP, each with its own key and its own limits. */
export function ClientsPage() {
  const keys = useApiKeys()
  const [selection, select] = useSelection(path)
  const adding = selection === 'new'
  const add = (
    <Button variant="primary" onClick={() => select('new')}>
      <Plus size={16} aria-hidden />
      Connect a client
    </Button>
  )
  return (
    <Page title="Clients" meaning="Programs that may connect, and what each may ask" actions={add}>
      <Loaded query={keys} what="Reading the clients">
        {(all) =>
          all.length === 0 ? (
            <EmptyState icon={PlugZap} title="No clients yet" action={add}>
              Claude Desktop, Cursor, VS Code, Claude Code or a script of yours connects with its own key. You choose
              what it may ask and can take it back at any time.
            </EmptyState>
          ) : (
            <ClientList keys={all} selected={adding ? null : selection} onSelect={select} />
          )
        }
      </Loaded>
      {adding && <ClientDialog onClose={(id) => select(id)} />}
    </Page>
  )
}

type ClientListProps = {
  readonly keys: ReadonlyArray<ApiKey>
  readonly selected: string | null
  readonly onSelect: (id: string | null) => void
}

function ClientList({ keys, selected, onSelect }: ClientListProps) {
  const [search, setSearch] = useState('')
  const list = useRef<VirtualListHandle>(null)
  const sorted = useMemo(
    () =>
      [...keys].sort(
        (a, b) => Number(a.state !== 'active') - Number(b.state !== 'active') || b.createdAtMs - a.createdAtMs,
      ),
    [keys],
  )
  const found = useMemo(() => {
    const wanted = search.trim().toLowerCase()
    return sorted.filter((key) => `${key.name} ${key.prefix} ${key.state}`.toLowerCase().includes(wanted))
  }, [sorted, search])
  const open = keys.find(({ id }) => id === selected)
  return (
    <ListDetail
      onClose={() => onSelect(null)}
      list={
        <>
          <ListTools>
            <SearchField
              label="Search name, key, state"
              value={search}
              onChange={setSearch}
              onLeave={() => list.current?.focus()}
              className="w-full max-w-80"
            />
            <span className="ml-auto shrink-0 pl-2 text-12 text-ink-muted">{count(found.length, 'client')}</span>
          </ListTools>
          {found.length === 0 ? (
            <EmptyState icon={PlugZap} title="Nothing found">
              No client has “{visibleString(search, 40)}” in its name or key.
            </EmptyState>
          ) : (
            <VirtualList
              label="Clients"
              handle={list}
              items={found}
              keyOf={({ id }) => id}
              rowHeight={rowPx}
              selected={selected}
              onSelect={onSelect}
              renderRow={(key) => <ClientRow apiKey={key} />}
            />
          )}
        </>
      }
      detail={open === undefined ? null : <ClientDetail key={open.id} apiKey={open} onClose={() => onSelect(null)} />}
    />
  )
}

function ClientRow({ apiKey }: { readonly apiKey: ApiKey }) {
  const { word, icon, tone } = keyLooks[apiKey.state]
  return (
    <div className={cn('flex w-full items-center gap-4 px-6', apiKey.state !== 'active' && 'text-ink-muted')}>
      <span className="min-w-0 flex-1">
        <span className="block truncate text-14 font-medium">{apiKey.name}</span>
        <span className="block truncate font-mono text-12 text-ink-muted">{apiKey.prefix}…</span>
      </span>
      <span className="hidden w-64 shrink-0 truncate text-12 text-ink-muted @3xl:block">
        {apiKey.scopes.map((scope) => scopeWords[scope].short).join(', ')}
      </span>
      <span className="hidden w-28 shrink-0 text-right text-12 text-ink-muted @xl:block">
        {apiKey.lastUsedAtMs === null ? 'never used' : <Time atMs={apiKey.lastUsedAtMs} />}
      </span>
      <span className="flex w-22 shrink-0 justify-end">
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
      </span>
    </div>
  )
}
