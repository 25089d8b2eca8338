import { ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Approval } from '../../../../shared/models/approval.ts'
import { buttonClass } from '../../components/ui/button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Kbd } from '../../components/ui/kbd.tsx'
import { countdown } from '../../lib/format.ts'
import { useApiKeys } from '../../lib/queries.ts'
import { isTyping, useKeys } from '../../lib/shortcuts.ts'
import { useNow } from '../../lib/use-now.ts'
import { ApprovalPrompt } from './approval-prompt.tsx'
import { RequestLine } from './request-line.tsx'
import { Sentence } from './sentence.tsx'

/** The questions that wait: one as the prompt, the others as rows in the order in which they came. */
export function WaitingTab({ pending }: { readonly pending: ReadonlyArray<Approval> }) {
  const [chosen, setChosen] = useState<string | null>(null)
  const shown = pending.find(({ id }) => id === chosen) ?? pending[0]
  const position = shown === undefined ? -1 : pending.indexOf(shown)

  useKeys((event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return
    // The arrows scroll a body that has the focus.
    if (event.key.startsWith('Arrow') && event.target instanceof Element && event.target.closest('pre') !== null) return
    const step =
      event.key === 'j' || event.key === 'ArrowDown' ? 1 : event.key === 'k' || event.key === 'ArrowUp' ? -1 : 0
    const next = pending[position + step]
    if (step === 0 || next === undefined) return
    event.preventDefault()
    setChosen(next.id)
  })

  if (shown === undefined) {
    return (
      <EmptyState icon={ShieldCheck} title="Nothing waits for you" action={<FirstProgram />}>
        When a program or an assistant wants to use one of your keys, it asks here first and waits. Nothing leaves
        without your answer.
      </EmptyState>
    )
  }
  const others = pending.filter((approval) => approval !== shown)
  return (
    <div className="relative min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto max-w-225 space-y-5 px-6 py-5">
        <ApprovalPrompt key={shown.id} approval={shown} more={others.length} />
        {others.length > 0 && (
          <section aria-label="More waiting">
            <ul className="overflow-hidden rounded-xl border border-line bg-surface">
              {others.map((approval) => (
                <WaitingRow key={approval.id} approval={approval} onChoose={() => setChosen(approval.id)} />
              ))}
            </ul>
          </section>
        )}
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-12 text-ink-muted">
          <Kbd>D</Kbd> denies
          {others.length > 0 && (
            <>
              <Kbd>J</Kbd> <Kbd>K</Kbd> next and previous
            </>
          )}
          <span>No single key allows.</span>
        </p>
      </div>
    </div>
  )
}

/** The first step, for whom nothing can ask yet. */
function FirstProgram() {
  const clients = useApiKeys().data
  if (clients === undefined || clients.some(({ state }) => state === 'active')) return null
  return (
    <Link href="/clients" className={buttonClass('primary')}>
      Connect a program
    </Link>
  )
}

function WaitingRow({ approval, onChoose }: { readonly approval: Approval; readonly onChoose: () => void }) {
  const nowMs = useNow()
  return (
    <li className="border-b border-line/60 last:border-b-0">
      <button
        type="button"
        onClick={onChoose}
        className="flex w-full items-center gap-4 px-5 py-2.5 text-left outline-offset-[-2px] hover:bg-hover"
      >
        <span className="min-w-0 flex-1">
          <span className="block truncate text-13">
            <Sentence approval={approval} />
          </span>
          <RequestLine approval={approval} />
        </span>
        <span className="shrink-0 text-13 text-wait tabular-nums">{countdown(approval.expiresAtMs - nowMs)}</span>
      </button>
    </li>
  )
}
