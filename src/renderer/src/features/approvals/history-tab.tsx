import { History } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import type { Approval } from '../../../../shared/models/approval.ts'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { SearchField } from '../../components/ui/search-field.tsx'
import { Time } from '../../components/ui/time.tsx'
import { VirtualList, type VirtualListHandle } from '../../components/ui/virtual-list.tsx'
import { Detail, Fact, ListDetail, ListTools } from '../../layout/list-detail.tsx'
import { count, exactTime, took } from '../../lib/format.ts'
import { visibleString } from '../../lib/visible-text.ts'
import { approvalSentence, sentenceText } from './approval-sentence.ts'
import { ApprovalBadge, approvalLooks, deciderWords } from './approval-state.tsx'
import { ConsentDetails } from './consent-details.tsx'
import { RequestDetails } from './request-details.tsx'
import { RequestLine } from './request-line.tsx'
import { Sentence } from './sentence.tsx'

type HistoryTabProps = {
  readonly approvals: ReadonlyArray<Approval>
  readonly selected: string | null
  readonly onSelect: (id: string | null) => void
}

const rowPx = 56

/** What was decided, newest first, with the whole question as it was asked. */
export function HistoryTab({ approvals, selected, onSelect }: HistoryTabProps) {
  const [search, setSearch] = useState('')
  const list = useRef<VirtualListHandle>(null)
  const decided = useMemo(
    () =>
      approvals
        .filter(({ state }) => state !== 'pending')
        .sort((a, b) => (b.decidedAtMs ?? b.createdAtMs) - (a.decidedAtMs ?? a.createdAtMs)),
    [approvals],
  )
  const found = useMemo(() => decided.filter((approval) => matches(approval, search)), [decided, search])
  const open = decided.find(({ id }) => id === selected)

  if (decided.length === 0) {
    return (
      <EmptyState icon={History} title="No answers yet">
        Every question you answer, or that runs out of time, is kept here as it was shown to you.
      </EmptyState>
    )
  }
  return (
    <ListDetail
      wide
      onClose={() => onSelect(null)}
      list={
        <>
          <ListTools>
            <SearchField
              label="Search asker, host, secret"
              value={search}
              onChange={setSearch}
              onLeave={() => list.current?.focus()}
              className="w-full max-w-80"
            />
            <span className="ml-auto shrink-0 pl-2 text-12 text-ink-muted">{count(found.length, 'answer')}</span>
          </ListTools>
          {found.length === 0 ? (
            <EmptyState icon={History} title="Nothing found">
              No answer has “{visibleString(search, 40)}” in its asker, host or secret.
            </EmptyState>
          ) : (
            <VirtualList
              label="Answers"
              handle={list}
              items={found}
              keyOf={({ id }) => id}
              rowHeight={rowPx}
              selected={selected}
              onSelect={onSelect}
              renderRow={(approval) => <HistoryRow approval={approval} />}
            />
          )}
        </>
      }
      detail={
        open === undefined ? null : <HistoryDetail key={open.id} approval={open} onClose={() => onSelect(null)} />
      }
    />
  )
}

function HistoryRow({ approval }: { readonly approval: Approval }) {
  return (
    <div className="flex w-full items-center gap-4 px-6 text-13">
      <span className="w-24 shrink-0">
        <ApprovalBadge state={approval.state} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate">
          <Sentence approval={approval} />
        </span>
        <RequestLine approval={approval} />
      </span>
      <Time
        atMs={approval.decidedAtMs ?? approval.createdAtMs}
        className="hidden w-20 shrink-0 text-right text-12 text-ink-muted @xl:block"
      />
    </div>
  )
}

function HistoryDetail({ approval, onClose }: { readonly approval: Approval; readonly onClose: () => void }) {
  const decidedAtMs = approval.decidedAtMs
  return (
    <Detail
      title={<Sentence approval={approval} />}
      subtitle={<ApprovalBadge state={approval.state} />}
      onClose={onClose}
    >
      <dl className="mb-4">
        <Fact name={approvalLooks[approval.state].word}>
          {decidedAtMs === null ? 'No time was kept' : exactTime(decidedAtMs)}, {deciderWords(approval)}
          {decidedAtMs !== null && `, after ${took(decidedAtMs - approval.createdAtMs)}`}
        </Fact>
        {approval.answer !== '' && (
          <Fact name="Told to the asker">
            <HostileText text={approval.answer} maxChars={500} lines expandable />
          </Fact>
        )}
        {approval.state === 'allowed' && <Fact name="Use">{usedWords(approval)}</Fact>}
        {approval.consented != null && (
          <Fact name="Until">
            {approval.consented.endsAtMs === null
              ? 'You revoke it, or it is not used for 30 days.'
              : exactTime(approval.consented.endsAtMs)}
          </Fact>
        )}
        {approval.grantId !== null && (
          <Fact name="Grant">
            It also answers later requests of this asker to this host, as long as the grant lasts.
          </Fact>
        )}
      </dl>
      {approval.consent === null ? (
        <RequestDetails approval={approval} />
      ) : (
        <ConsentDetails
          consent={approval.consent}
          host={approval.request.host}
          risks={approval.risks}
          chosen={approval.consented?.scopes ?? []}
        />
      )}
    </Detail>
  )
}

function usedWords({ used, consent }: Approval): string {
  if (!used) return 'Not used: the asker did not come back for it.'
  if (consent !== null) return 'The program has its answer. It is listed under Clients.'
  return 'The request was sent. The approval cannot be used again.'
}

function matches(approval: Approval, search: string): boolean {
  const wanted = search.trim().toLowerCase()
  if (wanted === '') return true
  return `${sentenceText(approvalSentence(approval))} ${approval.request.method} ${approval.request.url} ${approval.state}`
    .toLowerCase()
    .includes(wanted)
}
