import { useMemo, useState } from 'react'
import { cn } from '../../lib/class-names.ts'
import { count } from '../../lib/format.ts'
import { visibleText, type VisibleRun } from '../../lib/visible-text.ts'

type HostileTextProps = {
  readonly text: string
  readonly maxChars: number
  /** Keeps line breaks. */
  readonly lines?: boolean
  /** Offers the rest; without it the text ends in an ellipsis. */
  readonly expandable?: boolean
  /** Stresses `{{secret:NAME}}`, where Clawkeep will put a secret. */
  readonly placeholders?: boolean
  readonly className?: string
}

/** More than the longest text that can be asked about: a header value of 32,768 characters, three bytes each as UTF-8. */
const restChars = 100_000

/** Text from a client, an assistant or a server: only ever text, with what hides in it made visible and a cap on its length. */
export function HostileText({
  text,
  maxChars,
  lines = false,
  expandable = false,
  placeholders = false,
  className,
}: HostileTextProps) {
  const [all, setAll] = useState(false)
  const shownChars = all ? restChars : maxChars
  // Much of this stands in prompts, which are drawn anew each second.
  const { shown, hidden } = useMemo(() => {
    const { runs, hidden } = visibleText(text, { maxChars: shownChars, lines })
    // Runs have no identity but their place.
    // oxlint-disable-next-line react/no-array-index-key
    return { shown: runs.map((run, position) => <Run key={position} run={run} placeholders={placeholders} />), hidden }
  }, [text, shownChars, lines, placeholders])
  return (
    <>
      <bdi className={cn('wrap-anywhere', lines && 'whitespace-pre-wrap', className)}>
        {shown}
        {hidden > 0 && (all ? `… and ${count(hidden, 'more character')} that cannot be shown` : '…')}
      </bdi>
      {expandable && (hidden > 0 || all) && (
        <button
          type="button"
          onClick={() => setAll(!all)}
          className="ml-2 rounded-sm font-sans text-12 font-medium whitespace-nowrap text-accent-text hover:underline"
        >
          {all ? 'Show less' : `Show ${count(hidden, 'more character')}`}
        </button>
      )}
    </>
  )
}

function Run({ run, placeholders }: { readonly run: VisibleRun; readonly placeholders: boolean }) {
  if (run.mark) {
    return (
      <span
        className="mx-px rounded-sm bg-danger-soft px-0.5 font-mono text-[0.85em] text-danger"
        title="An invisible character"
      >
        {run.text}
      </span>
    )
  }
  if (!placeholders) return run.text
  return run.text.split(/(\{\{secret:[^{}]*\}\})/).map((piece, position) =>
    position % 2 === 0 ? (
      piece
    ) : (
      // oxlint-disable-next-line react/no-array-index-key
      <mark key={position} className="rounded-sm bg-accent-soft px-0.5 text-accent-text">
        {piece}
      </mark>
    ),
  )
}
