import { FileInput, PlugZap, Plus } from 'lucide-react'
import type { ApiKey } from '../../../../shared/models/api-key.ts'
import type { SignIn } from '../../../../shared/models/sign-in.ts'
import { Button } from '../../components/ui/button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Tabs } from '../../components/ui/tabs.tsx'
import { Page } from '../../layout/page.tsx'
import { SearchedList } from '../../layout/searched-list.tsx'
import { ProgramId } from '../../../../shared/models/connection.ts'
import type { SearchTexts } from '../../../../shared/search.ts'
import { ProgramsTab } from '../connect/programs-tab.tsx'
import { useApiKeys, useSignIns } from '../../lib/queries.ts'
import { useSelection } from '../../lib/selection.ts'
import { ClientDetail } from './client-detail.tsx'
import { ClientDialog } from './client-dialog.tsx'
import { ClientRow, isSignIn } from './client-row.tsx'
import { SignInDetail } from './sign-in-detail.tsx'
import { ImportDialog } from './import-dialog.tsx'
import { SessionsTab } from './sessions-tab.tsx'

const path = '/clients'

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
          {(signedIn) => (
            <SearchedList<ApiKey | SignIn>
              label="Clients"
              noun="client"
              fields={['name', 'key', 'state']}
              icon={PlugZap}
              items={[...all, ...signedIn]}
              order={activeThenNewest}
              textsOf={searchTexts}
              selected={selected}
              onSelect={onSelect}
              row={(entry) => <ClientRow entry={entry} />}
              detail={(entry, close) =>
                isSignIn(entry) ? (
                  <SignInDetail signIn={entry} onClose={close} />
                ) : (
                  <ClientDetail apiKey={entry} onClose={close} />
                )
              }
              empty={
                <EmptyState icon={PlugZap} title="No clients yet">
                  A program that you connect gets a key of its own, and so does a script of yours; others sign in and
                  ask you here. You choose what each may ask and can take it back at any time.
                </EmptyState>
              }
            />
          )}
        </Loaded>
      )}
    </Loaded>
  )
}

function activeThenNewest(a: ApiKey | SignIn, b: ApiKey | SignIn): number {
  return Number(a.state !== 'active') - Number(b.state !== 'active') || b.createdAtMs - a.createdAtMs
}

function searchTexts(entry: ApiKey | SignIn): SearchTexts {
  const more = isSignIn(entry) ? [entry.clientId, entry.redirectHost, 'signed in'] : [entry.prefix]
  return { name: entry.name, more: [...more, entry.state] }
}
