import { Ban, Check, CircleDashed, CircleSlash, type LucideIcon, TriangleAlert } from 'lucide-react'
import { Host } from '../../components/ui/host.tsx'
import { cn } from '../../lib/class-names.ts'
import { calendarDate, clockTime, exactTime, took } from '../../lib/format.ts'
import { visibleString } from '../../lib/visible-text.ts'
import { endWords, kindLooks } from './audit-words.ts'
import type { AuditRow } from './pair-entries.ts'
import type { Names } from './use-names.ts'

const nameMaxChars = 60

/** One line: when, what, about what, who, how it ended, how long it took. */
export function AuditLine({ row, names }: { readonly row: AuditRow; readonly names: Names }) {
  const { facts } = row
  const { words, icon: Icon } = kindLooks[facts.kind]
  return (
    <div className="flex w-full items-center gap-3 px-6 text-13">
      <time
        dateTime={new Date(row.atMs).toISOString()}
        title={exactTime(row.atMs)}
        className="w-16 shrink-0 font-mono text-12 whitespace-nowrap text-ink-muted @xl:w-28"
      >
        <span className="hidden @xl:inline">{dayWords(row.atMs)}</span>
        {clockTime(row.atMs)}
      </time>
      <Icon size={15} strokeWidth={1.75} aria-hidden className="shrink-0 text-ink-muted" />
      <span className="flex min-w-0 flex-1 items-baseline gap-2">
        <span className="shrink-0 font-medium">{words}</span>
        <span className="min-w-0 truncate text-ink-muted">
          <About row={row} names={names} />
        </span>
      </span>
      <span className="hidden w-36 shrink-0 truncate @2xl:block">
        {visibleString(names.asker(facts.asker), nameMaxChars)}
      </span>
      <End row={row} />
      <span className="hidden w-16 shrink-0 text-right text-12 text-ink-muted tabular-nums @3xl:block">
        {facts.tookMs !== undefined && took(facts.tookMs)}
        {facts.repeats !== undefined && `${facts.repeats} more`}
      </span>
    </div>
  )
}

/** What it was about, without the log knowing more than ids. */
function About({ row, names }: { readonly row: AuditRow; readonly names: Names }) {
  const { facts } = row
  if (facts.host !== undefined) {
    return (
      <span className="font-mono text-12">
        {facts.method} <Host host={facts.host} className="break-normal" />
      </span>
    )
  }
  if (facts.itemIds !== undefined && facts.itemIds.length > 0)
    return facts.itemIds.map((id) => visibleString(names.item(id), nameMaxChars)).join(', ')
  const target = facts.target === undefined ? '' : visibleString(names.target(facts.target), nameMaxChars)
  if (facts.tool !== undefined) return `${facts.tool}${target === '' ? '' : ` · ${target}`}`
  // An id alone tells nobody anything; it stands in the details.
  return facts.target !== undefined && target !== facts.target ? target : null
}

const ends: Readonly<Record<string, { readonly icon: LucideIcon; readonly look: string }>> = {
  Done: { icon: Check, look: 'text-ink-muted' },
  Allowed: { icon: Check, look: 'text-ok' },
  Failed: { icon: TriangleAlert, look: 'text-danger' },
  Refused: { icon: Ban, look: 'text-danger' },
  Denied: { icon: Ban, look: 'text-danger' },
}

function End({ row }: { readonly row: AuditRow }) {
  const words = row.state === 'open' ? 'No end yet' : (endWords(row.facts) ?? '')
  const { icon: Icon, look } = ends[words] ?? {
    icon: row.state === 'open' ? CircleDashed : CircleSlash,
    look: 'text-ink-muted',
  }
  return (
    <span className={cn('flex w-24 shrink-0 items-center gap-1.5 text-12 font-medium', look)}>
      {words !== '' && <Icon size={13} aria-hidden className="shrink-0" />}
      {words}
    </span>
  )
}

/** The day before the time, unless it is today. */
function dayWords(atMs: number): string {
  const nowMs = Date.now()
  return new Date(atMs).toDateString() === new Date(nowMs).toDateString() ? '' : `${calendarDate(atMs, nowMs)} `
}
