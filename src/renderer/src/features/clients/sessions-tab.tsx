import { PlugZap } from 'lucide-react'
import { Link } from 'wouter'
import type { Session } from '../../../../shared/models/session.ts'
import type { SearchTexts } from '../../../../shared/search.ts'
import { buttonClass } from '../../components/ui/button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Time } from '../../components/ui/time.tsx'
import { ListRow, SearchedList } from '../../layout/searched-list.tsx'
import { count } from '../../lib/format.ts'
import { useSessions } from '../../lib/queries.ts'
import { SessionDetail } from './session-detail.tsx'
import { holderOf, nameMaxChars, versionMaxChars } from './session-words.ts'

type SessionsTabProps = { readonly selected: string | null; readonly onSelect: (id: string | null) => void }

/** The programs that are connected now. */
export function SessionsTab({ selected, onSelect }: SessionsTabProps) {
  const sessions = useSessions()
  return (
    <Loaded query={sessions} what="Looking who is connected">
      {(all) => (
        <SearchedList
          label="Connected programs"
          noun="program"
          fields={['name', 'client', 'tool']}
          icon={PlugZap}
          items={all}
          textsOf={searchTexts}
          selected={selected}
          onSelect={onSelect}
          row={(session) => <SessionRow session={session} />}
          detail={(session, close) => <SessionDetail session={session} onClose={close} />}
          empty={
            <EmptyState
              icon={PlugZap}
              title="Nobody is connected"
              action={
                <Link href="/clients" className={buttonClass('secondary')}>
                  Connect a program
                </Link>
              }
            >
              A program stands here from its first request on, with what it calls, until it leaves or was quiet for
              long.
            </EmptyState>
          }
        />
      )}
    </Loaded>
  )
}

function searchTexts({ program, clientName, lastTool }: Session): SearchTexts {
  return { name: program?.name ?? '', more: [program?.version ?? '', clientName, lastTool ?? ''] }
}

function SessionRow({ session }: { readonly session: Session }) {
  const { program, calls, lastTool, lastCallMs, sinceMs } = session
  return (
    <ListRow
      title={
        program === null ? (
          'A program without a name'
        ) : (
          <>
            <HostileText text={program.name} maxChars={nameMaxChars} />{' '}
            <span className="font-normal text-ink-muted">
              <HostileText text={program.version} maxChars={versionMaxChars} />
            </span>
          </>
        )
      }
      below={
        <>
          {holderOf(session)} · connected <Time atMs={sinceMs} />
        </>
      }
    >
      <span className="hidden w-52 shrink-0 truncate text-12 text-ink-muted @3xl:block">
        {lastTool !== null && <HostileText text={lastTool} maxChars={nameMaxChars} className="font-mono" />}
      </span>
      <span className="hidden w-28 shrink-0 text-right text-12 text-ink-muted @xl:block">
        {lastCallMs === null ? 'no call yet' : <Time atMs={lastCallMs} />}
      </span>
      <span className="w-20 shrink-0 text-right text-12 text-ink-muted tabular-nums">{count(calls, 'call')}</span>
    </ListRow>
  )
}
