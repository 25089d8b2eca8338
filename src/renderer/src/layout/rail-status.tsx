import { Container, Lock, LockOpen, PackageX, PlugZap, Unplug } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Status } from '../../../shared/models/status.ts'
import { CopyButton } from '../components/ui/copy-button.tsx'
import { Kbd } from '../components/ui/kbd.tsx'
import { Tooltip } from '../components/ui/tooltip.tsx'
import { cn } from '../lib/class-names.ts'
import { roughDuration } from '../lib/format.ts'
import { modifierName } from '../lib/shortcuts.ts'
import { useNow } from '../lib/use-now.ts'
import { engineWords } from './engine-words.ts'

/** The lower end of the rail: the lock and its clock, the container engine, the MCP address. */
export function RailStatus({ status, onLock }: { readonly status: Status; readonly onLock: () => void }) {
  const engine = engineWords(status.engine)
  const EngineIcon = engine.fine ? Container : PackageX
  return (
    <div className="space-y-0.5 border-t border-line px-2.5 py-2.5 text-13">
      <LockLine locksAtMs={status.locksAtMs} onLock={onLock} />
      <Tooltip side="right" text={<span className="max-w-70">{status.engine.message || engine.words}</span>}>
        <Link href="/assistants" aria-label={`Containers: ${engine.words}`} className={lineClass}>
          <EngineIcon
            size={16}
            strokeWidth={1.75}
            aria-hidden
            className={cn('shrink-0', !engine.fine && 'text-danger')}
          />
          <span className="hidden min-w-0 flex-1 truncate wide:block">{engine.words}</span>
        </Link>
      </Tooltip>
      <McpLine url={status.mcpUrl} problem={status.mcpProblem} />
    </div>
  )
}

const lineClass =
  'flex h-8 w-full items-center justify-center gap-3 rounded-lg px-2.5 text-ink-muted hover:bg-hover hover:text-ink wide:justify-start'

function LockLine({ locksAtMs, onLock }: { readonly locksAtMs: number | null; readonly onLock: () => void }) {
  const nowMs = useNow()
  const words = locksAtMs === null ? 'Unlocked' : `Locks in ${roughDuration(Math.max(0, locksAtMs - nowMs))}`
  return (
    <Tooltip
      side="right"
      text={
        <>
          Lock now <Kbd>{modifierName}</Kbd> <Kbd>L</Kbd>
        </>
      }
    >
      <button type="button" onClick={onLock} aria-label={`Lock now. ${words}.`} className={cn(lineClass, 'group')}>
        <LockOpen size={16} strokeWidth={1.75} aria-hidden className="shrink-0 group-hover:hidden" />
        <Lock size={16} strokeWidth={1.75} aria-hidden className="hidden shrink-0 group-hover:block" />
        <span className="hidden min-w-0 flex-1 truncate text-left tabular-nums wide:block">{words}</span>
        <span className="hidden text-12 font-medium text-accent-text wide:group-hover:block">Lock</span>
      </button>
    </Tooltip>
  )
}

function McpLine({ url, problem }: { readonly url: string | null; readonly problem: string | null }) {
  if (url === null) {
    return (
      <Line
        icon={<Unplug size={16} strokeWidth={1.75} aria-hidden className="shrink-0 text-danger" />}
        title={problem ?? 'The MCP server is off.'}
      >
        MCP is off
      </Line>
    )
  }
  return (
    <div className="flex items-center justify-center wide:gap-3 wide:pl-2.5" title={`MCP clients connect to ${url}`}>
      <PlugZap size={16} strokeWidth={1.75} aria-hidden className="hidden shrink-0 text-ink-muted wide:block" />
      <code className="hidden min-w-0 flex-1 truncate font-mono text-12 text-ink-muted wide:block">
        {url.replace(/^https?:\/\//, '').replace(/\/mcp$/, '')}
      </code>
      <CopyButton label="Copy the MCP address" text={url} />
    </div>
  )
}

function Line({
  icon,
  title,
  children,
}: {
  readonly icon: ReactNode
  readonly title: string
  readonly children: ReactNode
}) {
  return (
    <Tooltip side="right" text={<span className="max-w-70">{title}</span>}>
      <Link href="/settings" className={lineClass} aria-label={`MCP is off. ${title}`}>
        {icon}
        <span className="hidden min-w-0 flex-1 truncate wide:block">{children}</span>
      </Link>
    </Tooltip>
  )
}
