import { Search } from 'lucide-react'
import { Link } from 'wouter'
import type { Status } from '../../../shared/models/status.ts'
import { Kbd } from '../components/ui/kbd.tsx'
import { Tooltip } from '../components/ui/tooltip.tsx'
import { cn } from '../lib/class-names.ts'
import { count } from '../lib/format.ts'
import { useAssistants, useConnections } from '../lib/queries.ts'
import { useAfter } from '../lib/use-after.ts'
import { modifierName } from '../lib/shortcuts.ts'
import { pages, type PageRoute } from '../routes.tsx'
import { Logo } from './logo.tsx'
import { RailStatus } from './rail-status.tsx'

type RailProps = {
  readonly status: Status
  readonly location: string
  readonly onSearch: () => void
  readonly onLock: () => void
}

/** Where one can go, and below it how things stand. Under 1,000 px only the icons are left. */
export function Rail({ status, location, onSearch, onLock }: RailProps) {
  return (
    <nav aria-label="Pages" className="flex w-15 shrink-0 flex-col border-r border-line bg-rail wide:w-55">
      <div className="flex h-16 items-center justify-center gap-2.5 wide:justify-start wide:px-4.5">
        <Logo size={24} />
        <span className="hidden text-16 font-semibold tracking-tight wide:block">Clawkeep</span>
      </div>
      <div className="px-2.5 pb-3">
        <Tooltip
          side="right"
          text={
            <>
              Go to anything <Kbd>{modifierName}</Kbd> <Kbd>K</Kbd>
            </>
          }
        >
          <button
            type="button"
            onClick={onSearch}
            className="flex h-8 w-full items-center relative justify-center gap-2 rounded-lg border border-line bg-surface px-2 text-13 text-ink-muted hover:text-ink wide:justify-start"
          >
            <Search size={15} aria-hidden className="shrink-0" />
            <span className="sr-only wide:not-sr-only wide:flex-1 wide:text-left">Go to…</span>
            <span className="hidden text-12 wide:block">{modifierName} K</span>
          </button>
        </Tooltip>
      </div>
      <ul className="flex-1 space-y-0.5 overflow-y-auto px-2.5 py-0.5">
        {pages.map((page, position) => (
          <li key={page.path}>
            <RailLink page={page} here={location.startsWith(page.path)} position={position} status={status} />
          </li>
        ))}
      </ul>
      <RailStatus status={status} onLock={onLock} />
    </nav>
  )
}

type RailLinkProps = {
  readonly page: PageRoute
  readonly here: boolean
  readonly position: number
  readonly status: Status
}

function RailLink({ page, here, position, status }: RailLinkProps) {
  const { path, title, icon: Icon } = page
  const waiting = path === '/approvals' ? status.pendingApprovals : 0
  return (
    <Tooltip
      side="right"
      text={
        <>
          {title} <Kbd>{modifierName}</Kbd> <Kbd>{position + 1}</Kbd>
        </>
      }
    >
      <Link
        href={path}
        aria-current={here ? 'page' : undefined}
        className={cn(
          'relative flex h-9 items-center justify-center gap-3 rounded-lg px-2.5 text-14 transition-colors wide:justify-start',
          here ? 'bg-selected font-medium text-ink' : 'text-ink-muted hover:bg-hover hover:text-ink',
        )}
      >
        <Icon size={18} strokeWidth={1.75} aria-hidden className={cn('shrink-0', here && 'text-accent-text')} />
        <span className="sr-only wide:not-sr-only wide:flex-1">{title}</span>
        {waiting > 0 && (
          <span className="absolute top-0.5 right-0.5 flex h-4.5 min-w-4.5 items-center justify-center rounded-full bg-wait px-1 text-12 font-semibold text-canvas tabular-nums wide:static">
            {waiting > 99 ? '99+' : waiting}
            <span className="sr-only"> waiting</span>
          </span>
        )}
        {path === '/assistants' && <AssistantsDot />}
        {path === '/keys' && status.dueItems > 0 && <KeysDot due={status.dueItems} />}
        {path === '/clients' && <ClientsDot />}
      </Link>
    </Tooltip>
  )
}

function AssistantsDot() {
  const assistants = useAssistants().data ?? []
  const ill = assistants.some(({ state }) => state === 'failed' || state === 'unhealthy')
  const running = assistants.some(({ state }) => state === 'running')
  if (!ill && !running) return null
  return (
    <span
      title={ill ? 'An assistant needs you' : 'Running'}
      className={cn(
        'absolute top-1.5 right-1.5 size-2 wide:static',
        ill ? 'rounded-[2px] bg-danger' : 'rounded-full bg-ok',
      )}
    />
  )
}

function KeysDot({ due }: { readonly due: number }) {
  return (
    <span
      title={`${count(due, 'key')} expired or to be changed`}
      className="absolute top-1.5 right-1.5 size-2 rounded-[2px] bg-wait wide:static"
    />
  )
}

/** The settings of other programs are read when the start is over, and then followed. */
const settledMs = 2_000

function ClientsDot() {
  const connections = useConnections({ wanted: useAfter(settledMs) }).data ?? []
  const changed = connections.filter(({ state, connected }) => connected !== null && state !== 'connected')
  if (changed.length === 0) return null
  return (
    <span
      title={`Settings changed: ${changed.map(({ name }) => name).join(', ')}`}
      className="absolute top-1.5 right-1.5 size-2 rounded-[2px] bg-wait wide:static"
    />
  )
}
