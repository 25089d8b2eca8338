import { useMemo, useState } from 'react'
import type { RequestView } from '../../../../shared/models/approval.ts'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { cn } from '../../lib/class-names.ts'
import { byteSize } from '../../lib/format.ts'
import { prettyJson } from '../../lib/pretty-json.ts'

const firstChars = 1_200
/** More than the 16 KiB that a question holds of a body, so that all of them fit. */
const allChars = 20_000
const foldedLines = 8

/** The body that will be sent: JSON indented (nothing else changed) when all of that can be shown, any other text as it is, folded when it is long. */
export function RequestBody({ body }: { readonly body: NonNullable<RequestView['body']> }) {
  const [all, setAll] = useState(false)
  // A prompt is drawn anew each second.
  const text = useMemo(() => prettyJson(body.text, allChars) ?? body.text, [body.text])
  const long = text.length > firstChars || text.split('\n').length > foldedLines
  return (
    <div>
      <pre
        tabIndex={0}
        aria-label="Body of the request"
        className={cn(
          'overflow-auto rounded-lg border border-line bg-sunken px-3 py-2 font-mono text-12',
          all ? 'max-h-96' : 'max-h-40',
        )}
      >
        <HostileText text={text} maxChars={all ? allChars : firstChars} lines placeholders />
      </pre>
      <p className="mt-1 flex gap-3 text-12 text-ink-muted">
        <span>
          {body.truncated
            ? `The first part of ${byteSize(body.bytes)} is shown; all of it is sent.`
            : byteSize(body.bytes)}
        </span>
        {long && (
          <button
            type="button"
            onClick={() => setAll(!all)}
            className="rounded-sm font-medium text-accent-text hover:underline"
          >
            {all ? 'Show less' : 'Show all'}
          </button>
        )}
      </p>
    </div>
  )
}
