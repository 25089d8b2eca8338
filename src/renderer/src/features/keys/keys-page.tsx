import { FileInput, KeyRound, Plus } from 'lucide-react'
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { itemTexts } from '../../../../shared/item-search.ts'
import type { ItemOverview } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Page } from '../../layout/page.tsx'
import { SearchedList } from '../../layout/searched-list.tsx'
import { useItems } from '../../lib/queries.ts'
import { useSelection } from '../../lib/selection.ts'
import { HealthLink } from '../health/health-link.tsx'
import { isHealth } from '../health/health-path.ts'
import { DueBanner } from './due-banner.tsx'
import { ItemDetail } from './item-detail.tsx'
import { everyItem, favouritesFirst, fitsFilter, usefulFilter } from './filter-items.ts'
import { KeyFilters } from './key-filters.tsx'
import { KeyRow } from './key-row.tsx'
import { TrashLink } from './trash-link.tsx'
import { isTrash } from './trash-path.ts'

const ItemDialog = lazy(async () => ({ default: (await import('./item-dialog.tsx')).ItemDialog }))
const ImportDialog = lazy(async () => ({
  default: (await import('../transfer/import-dialog.tsx')).ImportDialog,
}))

const TrashPage = lazy(async () => ({ default: (await import('./trash-page.tsx')).TrashPage }))

const HealthPage = lazy(async () => ({ default: (await import('../health/health-page.tsx')).HealthPage }))

const path = '/keys'

/** The vault's items: what assistants and clients may use without ever holding it. */
export function KeysPage() {
  const items = useItems()
  const [selection, select] = useSelection(path)
  const adding = selection === 'new'
  const [isImporting, setImporting] = useState(false)
  const [chosen, setFilter] = useState(everyItem)
  const filter = useMemo(() => usefulFilter(chosen, items.data ?? []), [chosen, items.data])
  const fits = useCallback((item: ItemOverview) => fitsFilter(item, filter), [filter])
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
  if (isTrash(selection)) return <TrashPage />
  if (isHealth(selection)) return <HealthPage />
  return (
    <Page
      title="Keys"
      meaning="What your assistants may use and never see, and what is for you alone"
      actions={
        <>
          <HealthLink />
          <TrashLink />
          {both}
        </>
      }
    >
      {items.data !== undefined && <DueBanner items={items.data} filter={filter} onChange={setFilter} />}
      <Loaded query={items} what="Reading the keys">
        {(all) => (
          <SearchedList
            label="Keys"
            noun="key"
            fields={['name', 'host', 'account', 'tag', 'field']}
            icon={KeyRound}
            items={all}
            filter={{ controls: <KeyFilters items={all} filter={filter} onChange={setFilter} />, fits }}
            order={favouritesFirst}
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
      {adding && (
        <Suspense>
          <ItemDialog edited={null} onClose={() => select(null)} onSaved={select} />
        </Suspense>
      )}
      {isImporting && (
        <Suspense>
          <ImportDialog onClose={() => setImporting(false)} />
        </Suspense>
      )}
    </Page>
  )
}
