import { lazy, Suspense } from 'react'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Tabs } from '../../components/ui/tabs.tsx'
import { Waiting } from '../../components/ui/waiting.tsx'
import { Page } from '../../layout/page.tsx'
import { useApprovals, useGrants } from '../../lib/queries.ts'
import { useSelection } from '../../lib/selection.ts'
import { useNow } from '../../lib/use-now.ts'
import { isLive } from './grant-state.ts'
import { WaitingTab } from './waiting-tab.tsx'

const HistoryTab = lazy(async () => ({ default: (await import('./history-tab.tsx')).HistoryTab }))
const GrantsTab = lazy(async () => ({ default: (await import('./grants-tab.tsx')).GrantsTab }))

const path = '/approvals'

/** The home of the window: what waits for an answer, what was answered, what is answered in advance. */
export function ApprovalsPage() {
  const approvals = useApprovals()
  const grants = useGrants()
  const nowMs = useNow()
  const [selection, select] = useSelection(path)
  const tab = selection === 'grants' ? 'grants' : selection?.startsWith('history') === true ? 'history' : 'waiting'
  const pending = (approvals.data ?? [])
    .filter(({ state }) => state === 'pending')
    .sort((a, b) => a.createdAtMs - b.createdAtMs)
  const live = (grants.data ?? []).filter((grant) => isLive(grant, nowMs)).length

  return (
    <Page ruled={false} title="Approvals" meaning="What programs and assistants ask of you, and what you answered">
      <Tabs
        label="Approvals"
        value={tab}
        onChange={(next) => select(next === 'waiting' ? null : next)}
        tabs={[
          {
            value: 'waiting',
            label: 'Waiting',
            count: pending.length,
            content: (
              <Loaded query={approvals} what="Reading the questions">
                {() => <WaitingTab pending={pending} />}
              </Loaded>
            ),
          },
          {
            value: 'history',
            label: 'History',
            content: (
              <Loaded query={approvals} what="Reading the history">
                {(all) => (
                  <Suspense fallback={<Waiting what="Opening the history" />}>
                    <HistoryTab
                      approvals={all}
                      selected={selection?.startsWith('history:') === true ? selection.slice('history:'.length) : null}
                      onSelect={(id) => select(id === null ? 'history' : `history:${id}`)}
                    />
                  </Suspense>
                )}
              </Loaded>
            ),
          },
          {
            value: 'grants',
            label: 'Grants',
            count: live,
            content: (
              <Loaded query={grants} what="Reading the grants">
                {(all) => (
                  <Suspense fallback={<Waiting what="Opening the grants" />}>
                    <GrantsTab grants={all} />
                  </Suspense>
                )}
              </Loaded>
            ),
          },
        ]}
      />
    </Page>
  )
}
