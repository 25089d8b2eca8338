import { CircleAlert, Info } from 'lucide-react'
import type { Assistant } from '../../../../shared/models/assistant.ts'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { Meter } from '../../components/ui/meter.tsx'
import { Progress } from '../../components/ui/progress.tsx'
import { cn } from '../../lib/class-names.ts'
import { roughDuration } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'
import { AssistantActions } from './assistant-actions.tsx'
import { imageWords, isComing, memoryWords, StateMark } from './assistant-state.tsx'

type AssistantCardProps = { readonly assistant: Assistant; readonly open: boolean; readonly onOpen: () => void }

const messageMaxChars = 300
const nearlyFull = 0.9

/** One assistant at a glance: how it is, what it uses, what can be done. */
export function AssistantCard({ assistant, open, onOpen }: AssistantCardProps) {
  const { name, state, memoryUsedMiB, memoryMiB } = assistant
  return (
    <article
      aria-label={name}
      className={cn(
        'relative flex flex-col rounded-xl border bg-surface p-4',
        open ? 'border-accent' : 'border-line hover:border-line-strong',
      )}
    >
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-16 font-semibold">
            {/* The button covers the card, so that the whole of it opens the details; the actions lie above it. */}
            <button
              type="button"
              onClick={onOpen}
              aria-expanded={open}
              className="max-w-full truncate rounded-sm before:absolute before:inset-0 before:rounded-xl"
            >
              {name}
            </button>
          </h2>
          <p className={cn('truncate text-12 text-ink-muted', assistant.image !== 'demo' && 'font-mono')}>
            {imageWords(assistant)}
          </p>
        </div>
        <StateMark state={state} />
      </div>
      <div className="mt-3 flex-1 space-y-3">
        {isComing(state) ? (
          <Progress label={assistant.message ?? 'Getting ready'} share={assistant.progress} />
        ) : (
          <AssistantMessage assistant={assistant} />
        )}
        {memoryUsedMiB !== null && (
          <Meter
            label="Memory"
            value={memoryUsedMiB}
            max={memoryMiB}
            words={memoryWords(assistant)}
            alarming={memoryUsedMiB > nearlyFull * memoryMiB}
          />
        )}
      </div>
      <div className="mt-4 flex items-center gap-2">
        <Uptime assistant={assistant} />
        <div className="relative flex gap-2">
          <AssistantActions assistant={assistant} />
        </div>
      </div>
    </article>
  )
}

/** What went wrong or is going on, and what to do. */
export function AssistantMessage({ assistant }: { readonly assistant: Assistant }) {
  const { message, hint, state } = assistant
  if (message === null) return null
  const bad = state === 'failed' || state === 'unhealthy'
  const Icon = bad ? CircleAlert : Info
  return (
    <div
      role={bad ? 'alert' : 'status'}
      className={cn('flex gap-2 rounded-lg px-3 py-2 text-13', bad ? 'bg-danger-soft' : 'bg-sunken')}
    >
      <Icon size={15} aria-hidden className={cn('mt-0.5 shrink-0', bad ? 'text-danger' : 'text-ink-muted')} />
      <p className="selectable min-w-0">
        <HostileText text={message} maxChars={messageMaxChars} className="font-medium" />{' '}
        {hint !== null && <HostileText text={hint} maxChars={messageMaxChars} className="text-ink-muted" />}
      </p>
    </div>
  )
}

function Uptime({ assistant }: { readonly assistant: Assistant }) {
  const nowMs = useNow()
  const { startedAtMs, restarts } = assistant
  return (
    <p className="min-w-0 flex-1 truncate text-12 text-ink-muted">
      {startedAtMs === null ? memoryWords(assistant) : `up for ${roughDuration(nowMs - startedAtMs)}`}
      {restarts > 0 && ` · restarted ${restarts === 1 ? 'once' : `${restarts} times`}`}
    </p>
  )
}
