import { PlugZap } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import type { Session } from '../../../../shared/models/session.ts'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { SearchField } from '../../components/ui/search-field.tsx'
import { Time } from '../../components/ui/time.tsx'
import { VirtualList, type VirtualListHandle } from '../../components/ui/virtual-list.tsx'
import { ListDetail, ListTools } from '../../layout/list-detail.tsx'
import { count } from '../../lib/format.ts'
import { useSessions } from '../../lib/queries.ts'
import { visibleString } from '../../lib/visible-text.ts'
import { SessionDetail } from './session-detail.tsx'
import { holderOf, nameMaxChars, versionMaxChars } from './session-words.ts'

const rowPx = 56

type SessionsTabProps = { readonly selected: string | null; readonly onSelect: (id: string | null) => void }

/** The programs that are connected now. */
export function SessionsTab({ selected, onSelect }: SessionsTabProps) {
  const sessions = useSessions()
  return (
    <Loaded query={sessions} what="Looking who is connected">
      {(all) =>
        all.length === 0 && selected === null ? (
          <EmptyState icon={PlugZap} title="Nobody is connected">
            A program stands here from its first request on, with what it calls, until it leaves or was quiet for long.
          </EmptyState>
        ) : (
          <SessionList sessions={all} selected={selected} onSelect={onSelect} />
        )
      }
    </Loaded>
  )
}

function SessionList({
  sessions,
  selected,
  onSelect,
}: SessionsTabProps & { readonly sessions: ReadonlyArray<Session> }) {
  const [search, setSearch] = useState('')
  const list = useRef<VirtualListHandle>(null)
  const found = useMemo(() => {
    const wanted = search.trim().toLowerCase()
    return sessions.filter((session) => searchText(session).includes(wanted))
  }, [sessions, search])
  const open = sessions.find(({ id }) => id === selected)
  const close = () => onSelect(null)
  return (
    <ListDetail
      onClose={close}
      list={
        <>
          <ListTools>
            <SearchField
              label="Search program, client, tool"
              value={search}
              onChange={setSearch}
              onLeave={() => list.current?.focus()}
              className="w-full max-w-80"
            />
            <span className="ml-auto shrink-0 pl-2 text-12 text-ink-muted">{count(found.length, 'program')}</span>
          </ListTools>
          {found.length === 0 ? (
            <EmptyState icon={PlugZap} title={sessions.length === 0 ? 'Nobody is connected' : 'Nothing found'}>
              {sessions.length === 0
                ? 'The program that was open here has left.'
                : `No connected program has “${visibleString(search, 40)}” in its name.`}
            </EmptyState>
          ) : (
            <VirtualList
              label="Connected programs"
              handle={list}
              items={found}
              keyOf={({ id }) => id}
              rowHeight={rowPx}
              selected={selected}
              onSelect={onSelect}
              renderRow={(session) => <SessionRow session={session} />}
            />
          )}
        </>
      }
      detail={open === undefined ? null : <SessionDetail key={open.id} session={open} onClose={close} />}
    />
  )
}

function searchText({ program, clientName, lastTool }: Session): string {
  return `${program?.name ?? ''} ${program?.version ?? ''} ${clientName} ${lastTool ?? ''}`.toLowerCase()
}

function SessionRow({ session }: { readonly session: Session }) {
  const { program, calls, lastTool, lastCallMs, sinceMs } = session
  return (
    <div className="flex w-full items-center gap-4 px-6">
      <span className="min-w-0 flex-1">
        <span className="block truncate text-14 font-medium">
          {program === null ? (
            'A program without a name'
          ) : (
            <>
              <HostileText text={program.name} maxChars={nameMaxChars} />{' '}
              <span className="font-normal text-ink-muted">
                <HostileText text={program.version} maxChars={versionMaxChars} />
              </span>
            </>
          )}
        </span>
        <span className="block truncate text-12 text-ink-muted">
          {holderOf(session)} · connected <Time atMs={sinceMs} />
        </span>
      </span>
      <span className="hidden w-52 shrink-0 truncate text-12 text-ink-muted @3xl:block">
        {lastTool !== null && <HostileText text={lastTool} maxChars={nameMaxChars} className="font-mono" />}
      </span>
      <span className="hidden w-28 shrink-0 text-right text-12 text-ink-muted @xl:block">
        {lastCallMs === null ? 'no call yet' : <Time atMs={lastCallMs} />}
      </span>
      <span className="w-20 shrink-0 text-right text-12 text-ink-muted tabular-nums">{count(calls, 'call')}</span>
    </div>
  )
}
