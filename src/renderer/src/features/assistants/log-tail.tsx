import { useEffect, useRef } from 'react'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { useAssistantLogs } from '../../lib/queries.ts'

const lines = 200
const maxChars = 60_000
const nearEndPx = 24
// Colours of a terminal mean nothing here.
const terminalColours = /\u001b\[[0-9;]*m/g

/** The end of the log. It follows what comes, until someone scrolls up to read. */
export function LogTail({ id, live }: { readonly id: string; readonly live: boolean }) {
  const logs = useAssistantLogs(id, lines)
  const box = useRef<HTMLPreElement>(null)
  const following = useRef(true)
  const text = (logs.data ?? []).join('\n').replace(terminalColours, '')

  useEffect(() => {
    if (following.current) box.current?.scrollTo({ top: box.current.scrollHeight })
  }, [text])

  return (
    <section aria-label="Log" className="mt-3">
      <h3 className="mb-1.5 flex items-baseline gap-2 text-13 font-medium">
        Log
        <span className="text-12 font-normal text-ink-muted">
          {live ? 'the last 200 lines, live' : 'the last 200 lines'}
        </span>
      </h3>
      {logs.error !== null && logs.data === undefined ? (
        <Problem error={logs.error} />
      ) : (
        <pre
          ref={box}
          tabIndex={0}
          role="log"
          aria-live="off"
          aria-label="Log lines"
          onScroll={({ currentTarget }) => {
            following.current =
              currentTarget.scrollHeight - currentTarget.scrollTop - currentTarget.clientHeight < nearEndPx
          }}
          className="h-64 overflow-auto rounded-lg border border-line bg-sunken px-3 py-2 font-mono text-12"
        >
          {text === '' ? (
            <span className="font-sans text-ink-muted">{logs.isPending ? '' : 'Nothing was written yet.'}</span>
          ) : (
            <HostileText text={text} maxChars={maxChars} lines />
          )}
        </pre>
      )}
    </section>
  )
}
