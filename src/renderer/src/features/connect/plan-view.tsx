import type { UseQueryResult } from '@tanstack/react-query'
import type { ConnectionPlan } from '../../../../shared/models/connection.ts'
import { Loaded } from '../../components/ui/loaded.tsx'
import type { RequestError } from '../../lib/ipc.ts'
import { cn } from '../../lib/class-names.ts'
import { visibleString } from '../../lib/visible-text.ts'

type PlanViewProps = { readonly plan: UseQueryResult<ConnectionPlan, RequestError>; readonly what: string }

/** A change to a program's settings, line by line, and what happens besides. */
export function PlanView({ plan, what }: PlanViewProps) {
  return (
    <section aria-label={what}>
      <h3 className="mb-1.5 text-13 font-medium">{what}</h3>
      <Loaded query={plan} what="Working out the change">
        {({ file, diff, notes }) => (
          <>
            <p className="selectable mb-1.5 font-mono text-12 text-ink-muted wrap-anywhere">{file}</p>
            {diff === '' ? (
              <p className="text-13 text-ink-muted">The file stays as it is.</p>
            ) : (
              <Diff text={diff} label={`The change to ${file}`} />
            )}
            <ul className="mt-2 list-disc space-y-0.5 pl-4 text-12 text-ink-muted text-pretty">
              {notes.map((note) => (
                <li key={note} className="wrap-anywhere">
                  {note}
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </section>
  )
}

const longestLine = 400

function Diff({ text, label }: { readonly text: string; readonly label: string }) {
  // The two lines of file names say what stands above.
  const lines = text
    .trimEnd()
    .split('\n')
    .filter((line) => !/^(---|\+\+\+) /.test(line))
  return (
    <pre
      tabIndex={0}
      aria-label={label}
      className="max-h-72 overflow-auto rounded-lg border border-line bg-sunken py-1.5 font-mono text-12"
    >
      {lines.map((line, index) => (
        <span
          // Lines repeat and never move.
          // oxlint-disable-next-line react/no-array-index-key
          key={index}
          className={cn(
            'block w-max min-w-full px-3',
            line.startsWith('+') && 'bg-ok-soft text-ok',
            line.startsWith('-') && 'bg-danger-soft text-danger',
            /^(@@|\\)/.test(line) && 'text-ink-muted',
          )}
        >
          {visibleString(line, longestLine) || ' '}
        </span>
      ))}
    </pre>
  )
}
