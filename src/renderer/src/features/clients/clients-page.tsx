import { FileInput, PlugZap, Plus } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import type { ApiKey } from '../../../../shared/models/api-key.ts'
import type { SignIn } from '../../../../shared/models/sign-in.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { SearchField } from '../../components/ui/search-field.tsx'
import { Time } from '../../components/ui/time.tsx'
import { Tabs } from '../../components/ui/tabs.tsx'
import { VirtualList, type VirtualListHandle } from '../../components/ui/virtual-list.tsx'
import { ListDetail, ListTools } from '../../layout/list-detail.tsx'
import { Page } from '../../layout/page.tsx'
import { cn } from '../../lib/class-names.ts'
import { count } from '../../lib/format.ts'
import { ProgramId } from '../../../../shared/models/connection.ts'
import { ProgramsTab } from '../connect/programs-tab.tsx'
import { useApiKeys, useSignIns } from '../../lib/queries.ts'
import { useSelection } from '../../lib/selection.ts'
import { visibleString } from '../../lib/visible-text.ts'
import { ClientDetail } from './client-detail.tsx'
import { ClientDialog } from './client-dialog.tsx'
import { keyLooks, keySourceShort } from './key-state.ts'
import { SignInDetail } from './sign-in-detail.tsx'
import { SignInRow } from './sign-in-row.tsx'
import { scopeWords } from './scope-words.ts'
import { ImportDialog } from './import-dialog.tsx'
import { SessionsTab } from './sessions-tab.tsx'

const path = '/clients'
const rowPx = 56

/** The programs that can be connected, and all that may connect over MCP, each with a key or sign-in and limits of its own. */
export function ClientsPage() {
  const [selection, select] = useSelection(path)
  const adding = selection === 'new'
  const programs = selection === null || selection === 'generic' || ProgramId.safeParse(selection).success
  const connected = selection === 'connected' || selection?.startsWith('con_') === true
  const selectKey = (id: string | null) => select(id ?? 'keys')
  const importing = selection === 'import'
  const add = (
    <>
      <Button onClick={() => select('import')}>
        <FileInput size={16} aria-hidden />
        Import keys
      </Button>
      <Button onClick={() => select('new')}>
        <Plus size={16} aria-hidden />
        Make a key
      </Button>
    </>
  )
  return (
    <Page
      ruled={false}
      title="Clients"
      meaning="Programs that may connect, and what each may ask"
      actions={programs || connected ? undefined : add}
    >
      <Tabs
        label="Clients"
        value={programs ? 'programs' : connected ? 'connected' : 'keys'}
        onChange={(tab) => select(tab === 'programs' ? null : tab)}
        tabs={[
          {
            value: 'programs',
            label: 'Programs',
            content: <ProgramsTab selected={selection} onSelect={select} />,
          },
          {
            value: 'connected',
            label: 'Connected now',
            content: (
              <SessionsTab
                selected={selection === 'connected' ? null : selection}
                onSelect={(id) => select(id ?? 'connected')}
              />
            ),
          },
          {
            value: 'keys',
            label: 'Keys and sign-ins',
            content: (
              <KeysTab selected={adding || importing || selection === 'keys' ? null : selection} onSelect={selectKey} />
            ),
          },
        ]}
      />
      {adding && <ClientDialog onClose={selectKey} />}
      {importing && <ImportDialog onClose={() => selectKey(null)} />}
    </Page>
  )
}

type KeysTabProps = { readonly selected: string | null; readonly onSelect: (id: string | null) => void }

function KeysTab({ selected, onSelect }: KeysTabProps) {
  const keys = useApiKeys()
  const signIns = useSignIns()
  return (
    <Loaded query={keys} what="Reading the keys">
      {(all) => (
        <Loaded query={signIns} what="Reading the programs that signed in">
          {(signedIn) =>
            all.length + signedIn.length === 0 ? (
              <EmptyState icon={PlugZap} title="No clients yet">
                A program that you connect gets a key of its own, and so does a script of yours; others sign in and ask
                you here. You choose what each may ask and can take it back at any time.
              </EmptyState>
            ) : (
              <ClientList keys={all} signIns={signedIn} selected={selected} onSelect={onSelect} />
            )
          }
        </Loaded>
      )}
    </Loaded>
  )
}

type ClientListProps = {
  readonly keys: ReadonlyArray<ApiKey>
  readonly signIns: ReadonlyArray<SignIn>
  readonly selected: string | null
  readonly onSelect: (id: string | null) => void
}

function ClientList({ keys, signIns, selected, onSelect }: ClientListProps) {
  const [search, setSearch] = useState('')
  const list = useRef<VirtualListHandle>(null)
  const sorted = useMemo(
    () =>
      [...keys, ...signIns].sort(
        (a, b) => Number(a.state !== 'active') - Number(b.state !== 'active') || b.createdAtMs - a.createdAtMs,
      ),
    [keys, signIns],
  )
  const found = useMemo(() => {
    const wanted = search.trim().toLowerCase()
    return sorted.filter((entry) => searchText(entry).includes(wanted))
  }, [sorted, search])
  const openKey = keys.find(({ id }) => id === selected)
  const openSignIn = signIns.find(({ id }) => id === selected)
  const close = () => onSelect(null)
  return (
    <ListDetail
      onClose={close}
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
              renderRow={(entry) => (isSignIn(entry) ? <SignInRow signIn={entry} /> : <ClientRow apiKey={entry} />)}
            />
          )}
        </>
      }
      detail={
        openKey !== undefined ? (
          <ClientDetail key={openKey.id} apiKey={openKey} onClose={close} />
        ) : openSignIn !== undefined ? (
          <SignInDetail key={openSignIn.id} signIn={openSignIn} onClose={close} />
        ) : null
      }
    />
  )
}

function isSignIn(entry: ApiKey | SignIn): entry is SignIn {
  return 'clientId' in entry
}

function searchText(entry: ApiKey | SignIn): string {
  const more = isSignIn(entry) ? `${entry.clientId} ${entry.redirectHost} signed in` : entry.prefix
  return `${entry.name} ${more} ${entry.state}`.toLowerCase()
}

function ClientRow({ apiKey }: { readonly apiKey: ApiKey }) {
  const { word, icon, tone } = keyLooks[apiKey.state]
  return (
    <div className={cn('flex w-full items-center gap-4 px-6', apiKey.state !== 'active' && 'text-ink-muted')}>
      <span className="min-w-0 flex-1">
        <span className="block truncate text-14 font-medium">{apiKey.name}</span>
        <span className="block truncate text-12 text-ink-muted">
          <span className="font-mono">{apiKey.prefix}…</span>
          {apiKey.source !== null && ` · ${keySourceShort[apiKey.source]}`}
          {apiKey.previous !== null && ' · old key still works'}
        </span>
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
