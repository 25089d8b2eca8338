import { Plus } from 'lucide-react'
import { useLocation } from 'wouter'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Detail, Fact } from '../../layout/list-detail.tsx'
import { useSnippets, useStatus } from '../../lib/queries.ts'
import { SnippetView } from './snippet-view.tsx'

/** What a program needs that Clawkeep does not know: the address, and a key of its own. */
export function AnyProgram({ onClose }: { readonly onClose: () => void }) {
  const snippets = useSnippets()
  const [, go] = useLocation()
  const mcpUrl = useStatus().data?.mcpUrl ?? null
  return (
    <Detail
      title="Any other program"
      subtitle="Whatever speaks MCP over HTTP can connect with the address and a key of its own."
      onClose={onClose}
      actions={
        <Button variant="primary" onClick={() => go('/clients/new')}>
          <Plus size={14} aria-hidden />
          Make a key
        </Button>
      }
    >
      {mcpUrl !== null && (
        <dl className="mb-3">
          <Fact name="Address">
            <span className="flex items-center gap-2">
              <code className="min-w-0 font-mono text-13 wrap-anywhere">{mcpUrl}</code>
              <CopyButton label="Copy address" text={mcpUrl} />
            </span>
          </Fact>
        </dl>
      )}
      <Loaded query={snippets} what="Reading the snippets">
        {(all) => {
          const snippet = all.find(({ id }) => id === 'generic')
          return snippet === undefined ? null : <SnippetView snippet={snippet} />
        }}
      </Loaded>
    </Detail>
  )
}
