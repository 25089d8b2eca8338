import { History } from 'lucide-react'
import { useMemo } from 'react'
import type { Approval } from '../../../../shared/models/approval.ts'
import type { SearchTexts } from '../../../../shared/search.ts'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { Time } from '../../components/ui/time.tsx'
import { Detail, Fact } from '../../layout/list-detail.tsx'
import { SearchedList } from '../../layout/searched-list.tsx'
import { exactTime, took } from '../../lib/format.ts'
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

/** What was decided, newest first, with the whole question as it was asked. */
export function HistoryTab({ approvals, selected, onSelect }: HistoryTabProps) {
  const decided = useMemo(() => approvals.filter(({ state }) => state !== 'pending'), [approvals])
  return (
    <SearchedList
      wide
      label="Answers"
      noun="answer"
      fields={['asker', 'host', 'secret']}
      icon={History}
      items={decided}
      order={lastAnsweredFirst}
      textsOf={searchTexts}
      selected={selected}
      onSelect={onSelect}
      row={(approval) => <HistoryRow approval={approval} />}
      detail={(approval, close) => <HistoryDetail approval={approval} onClose={close} />}
      empty={
        <EmptyState icon={History} title="No answers yet">
          Every question you answer, or that runs out of time, is kept here as it was shown to you.
        </EmptyState>
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

function lastAnsweredFirst(a: Approval, b: Approval): number {
  return (b.decidedAtMs ?? b.createdAtMs) - (a.decidedAtMs ?? a.createdAtMs)
}

function searchTexts(approval: Approval): SearchTexts {
  const { request, state } = approval
  return { name: '', more: [sentenceText(approvalSentence(approval)), request.method, request.url, state] }
}
