import { ChevronRight } from 'lucide-react'
import type { ProgramId } from '../../../../shared/models/connection.ts'
import { Loaded } from '../../components/ui/loaded.tsx'
import { useSnippets } from '../../lib/queries.ts'
import { SnippetView } from './snippet-view.tsx'

/** The way without Clawkeep writing anything, folded away. */
export function ByHand({ id }: { readonly id: ProgramId }) {
  const snippets = useSnippets()
  return (
    <details className="group mt-5 border-t border-line pt-3">
      <summary className="flex list-none items-center gap-1.5 rounded-sm text-13 font-medium text-ink-muted hover:text-ink">
        <ChevronRight size={14} aria-hidden className="transition-transform group-open:rotate-90" />
        Put it in by hand instead
      </summary>
      <div className="mt-3">
        <Loaded query={snippets} what="Reading the snippets">
          {(all) => {
            const snippet = all.find((each) => each.id === id)
            return snippet === undefined ? null : <SnippetView snippet={snippet} />
          }}
        </Loaded>
      </div>
    </details>
  )
}
