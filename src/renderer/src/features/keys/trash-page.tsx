import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { TrashedItem } from '../../../../shared/models/item.ts'
import type { SearchTexts } from '../../../../shared/search.ts'
import { Button } from '../../components/ui/button.tsx'
import { ConfirmDialog } from '../../components/ui/confirm-dialog.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Time } from '../../components/ui/time.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { Page } from '../../layout/page.tsx'
import { ListRow, SearchedList } from '../../layout/searched-list.tsx'
import { calendarDate, count } from '../../lib/format.ts'
import { useAction, useTrash } from '../../lib/queries.ts'
import { useSelection } from '../../lib/selection.ts'
import { useNow } from '../../lib/use-now.ts'
import { BackToKeys } from './back-to-keys.tsx'
import { KindIcon } from './kind-icon.tsx'
import { kindLooks } from './item-kind.ts'
import { TrashDetail } from './trash-detail.tsx'
import { trashPath } from './trash-path.ts'

/** What was removed: until when it can come back, restore it, or erase it for good. */
export function TrashPage() {
  const trash = useTrash()
  const [selected, select] = useSelection(trashPath)
  const [isEmptying, setEmptying] = useState(false)
  const amount = trash.data?.length ?? 0
  return (
    <Page
      title="Trash"
      meaning="Removed keys, sealed as they were. After 30 days they are erased for good."
      actions={
        <>
          <BackToKeys />
          {amount > 0 && (
            <Button variant="deny" onClick={() => setEmptying(true)}>
              <Trash2 size={16} aria-hidden />
              Empty trash…
            </Button>
          )}
        </>
      }
    >
      <Loaded query={trash} what="Reading the trash">
        {(all) => (
          <SearchedList
            label="Removed keys"
            noun="removed key"
            fields={['name', 'kind']}
            icon={Trash2}
            items={all}
            textsOf={trashTexts}
            selected={selected}
            onSelect={select}
            row={(item) => <TrashRow item={item} />}
            detail={(item, close) => <TrashDetail item={item} onClose={close} />}
            empty={
              <EmptyState icon={Trash2} title="The trash is empty">
                What you remove under Keys comes here first, and can be restored for 30 days.
              </EmptyState>
            }
          />
        )}
      </Loaded>
      <EmptyTrash amount={amount} open={isEmptying} onClose={() => setEmptying(false)} />
    </Page>
  )
}

function trashTexts({ name, kind }: TrashedItem): SearchTexts {
  return { name, more: [kindLooks[kind].word] }
}

function TrashRow({ item }: { readonly item: TrashedItem }) {
  const nowMs = useNow()
  return (
    <ListRow
      lead={<KindIcon kind={item.kind} />}
      title={item.name}
      below={
        <>
          Removed <Time atMs={item.trashedAtMs} />
        </>
      }
    >
      <span className="hidden w-36 shrink-0 text-right text-12 text-ink-muted @md:block">
        Erased on {calendarDate(item.erasedAtMs, nowMs)}
      </span>
    </ListRow>
  )
}

type EmptyTrashProps = { readonly amount: number; readonly open: boolean; readonly onClose: () => void }

function EmptyTrash({ amount, open, onClose }: EmptyTrashProps) {
  const empty = useAction('trash.empty')
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title={`Erase ${amount === 1 ? 'the removed key' : `all ${count(amount, 'removed key')}`} for good?`}
      action="Empty trash"
      keep="Keep the trash"
      busy={empty.isPending}
      error={empty.error}
      onConfirm={() =>
        empty.mutate(undefined, {
          onSuccess: ({ erased }) => {
            onClose()
            sayDone('Trash emptied', `${count(erased, 'key')} erased`)
          },
        })
      }
    >
      <p>Their secrets, files and earlier versions are gone then. Only a backup made before has them.</p>
    </ConfirmDialog>
  )
}
