import { FileInput, KeyRound, Plus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { itemTexts } from '../../../../shared/item-search.ts'
import type { ItemOverview } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Time } from '../../components/ui/time.tsx'
import { Page } from '../../layout/page.tsx'
import { ListRow, SearchedList } from '../../layout/searched-list.tsx'
import { useItems } from '../../lib/queries.ts'
import { useSelection } from '../../lib/selection.ts'
import { ItemDetail } from './item-detail.tsx'
import { ItemDialog } from './item-dialog.tsx'
import { kindLooks } from './item-kind.ts'

const ImportDialog = lazy(async () => ({
  default: (await import('../transfer/import-dialog.tsx')).ImportDialog,
}))

const path = '/keys'

/** The vault's items: what assistants and clients may use without ever holding it. */
export function KeysPage() {
  const items = useItems()
  const [selection, select] = useSelection(path)
  const adding = selection === 'new'
  const [isImporting, setImporting] = useState(false)
  const add = (
    <Button variant="primary" onClick={() => select('new')}>
      <Plus size={16} aria-hidden />
      Add key
    </Button>
  )
  const importing = (
    <Button onClick={() => setImporting(true)}>
      <FileInput size={16} aria-hidden />
      Import…
    </Button>
  )
  const both = (
    <div className="flex gap-2">
      {importing}
      {add}
    </div>
  )
  return (
    <Page title="Keys" meaning="What your assistants may use and never see" actions={both}>
      <Loaded query={items} what="Reading the keys">
        {(all) => (
          <SearchedList
            label="Keys"
            noun="key"
            fields={['name', 'host', 'account', 'tag', 'field']}
            icon={KeyRound}
            items={all}
            order={byName}
            textsOf={itemTexts}
            selected={adding ? null : selection}
            onSelect={select}
            row={(item) => <KeyRow item={item} />}
            detail={(item, close) => <ItemDetail item={item} onClose={close} />}
            empty={
              <EmptyState icon={KeyRound} title="No keys yet" action={both}>
                Put a token or a password in the vault. Assistants and programs then ask to use it; Clawkeep puts it
                into the request after you allow it, so they never hold it.
              </EmptyState>
            }
          />
        )}
      </Loaded>
      {adding && <ItemDialog item={null} onClose={() => select(null)} onSaved={select} />}
      {isImporting && (
        <Suspense>
          <ImportDialog onClose={() => setImporting(false)} />
        </Suspense>
      )}
    </Page>
  )
}

function KeyRow({ item }: { readonly item: ItemOverview }) {
  const { icon: Icon, word } = kindLooks[item.kind]
  const [host, ...more] = item.hosts
  return (
    <ListRow
      lead={
        <span
          className="flex size-8 shrink-0 items-center justify-center rounded-lg bg-hover text-ink-muted"
          title={word}
        >
          <Icon size={16} strokeWidth={1.75} role="img" aria-label={word} />
        </span>
      }
      title={item.name}
      below={item.userName === '' ? word : item.userName}
    >
      <span className="hidden w-56 shrink-0 truncate text-right font-mono text-12 text-ink-muted @2xl:block">
        {host ?? <span className="font-sans">no host</span>}
        {more.length > 0 && <span className="font-sans"> +{more.length}</span>}
      </span>
      <Time atMs={item.updatedAtMs} className="hidden w-24 shrink-0 text-right text-12 text-ink-muted @xl:block" />
    </ListRow>
  )
}

/** Made once: for 10,000 names `localeCompare` with options takes half a second. */
const collator = new Intl.Collator(undefined, { numeric: true })

function byName(a: ItemOverview, b: ItemOverview): number {
  return collator.compare(a.name, b.name)
}
