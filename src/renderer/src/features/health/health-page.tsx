import { HeartPulse, ShieldCheck } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import type { FindingKind, HealthResult, ItemHealth } from '../../../../shared/models/health.ts'
import type { SearchTexts } from '../../../../shared/search.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { Time } from '../../components/ui/time.tsx'
import { Page } from '../../layout/page.tsx'
import { ListRow, SearchedList } from '../../layout/searched-list.tsx'
import { count } from '../../lib/format.ts'
import { useAction, useHealth, useItems } from '../../lib/queries.ts'
import { useSelection } from '../../lib/selection.ts'
import { useNow } from '../../lib/use-now.ts'
import { BackToKeys } from '../keys/back-to-keys.tsx'
import { KindIcon } from '../keys/kind-icon.tsx'
import { BreachListLine } from './breach-list-line.tsx'
import { findingLooks, findingWords, urgency } from './finding-looks.ts'
import { FindingTiles } from './finding-tiles.tsx'
import { HealthDetail } from './health-detail.tsx'
import { healthPath } from './health-path.ts'
import { HealthWait } from './health-wait.tsx'

/** Which secrets are weak, reused, old, unused, due or breached, and what to do about each. Everything is found out here, offline. */
export function HealthPage() {
  const health = useHealth()
  const check = useAction('health.check')
  const listName = health.data?.listName ?? null
  const running = health.data?.running ?? null
  const result = health.data?.result ?? null
  const isEmpty = useItems().data?.length === 0
  const start = () => check.mutate({ breachList: listName === null ? null : { kind: 'chosen' } })
  const button = (
    <Button variant="primary" off={running !== null || check.isPending} onClick={start}>
      <HeartPulse size={16} aria-hidden />
      {result === null ? 'Check now' : 'Check again'}
    </Button>
  )
  return (
    <Page
      title="Health"
      meaning="Which secrets could be guessed, are used twice, old, or known to others"
      actions={
        <>
          <BackToKeys />
          {result !== null && !isEmpty && button}
        </>
      }
    >
      <BreachListLine listName={listName} result={result} off={running !== null} />
      {check.error !== null && check.error.code !== 'cancelled' && running === null && (
        <Problem error={check.error} className="mx-6 mt-4" />
      )}
      <Loaded query={health} what="Reading the last check">
        {() =>
          running !== null ? (
            <HealthWait running={running} />
          ) : isEmpty ? (
            <EmptyState icon={HeartPulse} title="Nothing to look after yet">
              When there are keys in the vault, Clawkeep says here which of their secrets need a look.
            </EmptyState>
          ) : result === null ? (
            <EmptyState icon={HeartPulse} title="Not checked yet" action={button}>
              Clawkeep opens every secret for a moment and says which need a look. No secret is shown, and nothing
              leaves this computer.
            </EmptyState>
          ) : (
            <HealthList result={result} />
          )
        }
      </Loaded>
    </Page>
  )
}

/** What was found, with what is known of the key since. */
type Row = ItemHealth & { readonly isChanged: boolean }

function HealthList({ result }: { readonly result: HealthResult }) {
  const items = useItems().data
  const [selected, select] = useSelection(healthPath)
  const [shown, show] = useState<FindingKind | null>(null)
  const rows = useMemo(() => {
    const now = new Map((items ?? []).map((item) => [item.id, item]))
    return result.found.flatMap((found): ReadonlyArray<Row> => {
      const item = now.get(found.id)
      // What was removed meanwhile is well.
      return item === undefined ? [] : [{ ...found, name: item.name, isChanged: item.revision !== found.revision }]
    })
  }, [items, result])
  const fits = useCallback((row: Row) => shown === null || row.findings.some(({ what }) => what === shown), [shown])
  return (
    <>
      <FindingTiles
        found={rows}
        breachesKnown={result.breachList !== null}
        useKnown={result.useKnown}
        shown={shown}
        onShow={show}
      />
      <p className="shrink-0 border-b border-line px-6 pb-3 text-12 text-ink-muted">
        {count(result.items, 'key')} looked at <Time atMs={result.atMs} />.
        {!result.useKnown && ' What is unused will be known when the audit log reaches back 90 days.'}
      </p>
      <SearchedList
        label="What was found"
        noun="key"
        fields={['name', 'finding']}
        icon={HeartPulse}
        items={rows}
        filter={{ controls: null, fits }}
        order={mostPressingFirst}
        textsOf={rowTexts}
        selected={selected}
        onSelect={select}
        row={(row) => <HealthRow row={row} />}
        detail={(row, close) => <HealthDetail item={row} found={rows} onClose={close} />}
        empty={
          <EmptyState icon={ShieldCheck} title="All is well">
            No key has a weak, reused or old secret
            {result.breachList === null ? '' : ', nor one that stands in the list'}.
          </EmptyState>
        }
      />
    </>
  )
}

function HealthRow({ row }: { readonly row: Row }) {
  const nowMs = useNow()
  const words = row.findings.map((finding) => findingWords(finding, nowMs)).join(' · ')
  return (
    <ListRow
      lead={<KindIcon kind={row.kind} />}
      title={row.name}
      muted={row.isChanged}
      below={row.isChanged ? 'Changed since; check again' : words}
    >
      <span className="hidden shrink-0 gap-1.5 @xl:flex">
        {row.findings.map(({ what }) => (
          <Badge key={what} tone={findingLooks[what].tone} icon={findingLooks[what].icon}>
            {findingLooks[what].word}
          </Badge>
        ))}
      </span>
    </ListRow>
  )
}

function mostPressingFirst(a: Row, b: Row): number {
  return urgency(a.findings) - urgency(b.findings) || b.findings.length - a.findings.length
}

function rowTexts({ name, findings }: Row): SearchTexts {
  return { name, more: findings.map(({ what }) => findingLooks[what].word) }
}
