import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { DialogActions, DialogBody } from '../../components/ui/dialog.tsx'
import { Tabs } from '../../components/ui/tabs.tsx'
import { type Snippet, snippets } from './snippets.ts'

type NewKeyProps = {
  readonly secret: string
  /** Null while the MCP server does not run. */
  readonly mcpUrl: string | null
  readonly home: string
  readonly onDone: () => void
}

const usualUrl = 'http://127.0.0.1:7420/mcp'

/** The key, once, and what to paste where. */
export function NewKey({ secret, mcpUrl, home, onDone }: NewKeyProps) {
  const ready = snippets({ mcpUrl: mcpUrl ?? usualUrl, key: secret, home })
  const [program, setProgram] = useState(ready[0]?.program ?? '')
  return (
    <>
      <DialogBody>
        <div className="flex items-center gap-2 rounded-lg border border-accent bg-accent-soft py-2 pr-2 pl-3">
          <code className="min-w-0 flex-1 font-mono text-13 break-all">{secret}</code>
          <CopyButton label="Copy key" text={secret} words="Copy key" />
        </div>
        {mcpUrl === null && (
          <p className="mt-2 text-12 text-danger">The MCP server is not running now; the usual address stands below.</p>
        )}
        <div className="-mx-6 mt-4">
          <Tabs
            label="Program"
            value={program}
            onChange={setProgram}
            panelClass="px-6 pt-4 outline-none"
            tabs={ready.map((snippet) => ({
              value: snippet.program,
              label: snippet.program,
              content: <SnippetView snippet={snippet} />,
            }))}
          />
        </div>
      </DialogBody>
      <DialogActions>
        <Button variant="primary" onClick={onDone}>
          I have saved the key
        </Button>
      </DialogActions>
    </>
  )
}

function SnippetView({ snippet }: { readonly snippet: Snippet }) {
  return (
    <>
      <div className="mb-2 flex items-center gap-3">
        <p className="min-w-0 flex-1 text-13 text-ink-muted">
          Goes into <span className="selectable text-ink">{snippet.where}</span>
        </p>
        <CopyButton label={`Copy for ${snippet.program}`} text={snippet.text} words="Copy" />
      </div>
      <pre
        tabIndex={0}
        aria-label={`Configuration for ${snippet.program}`}
        className="max-h-56 overflow-auto rounded-lg border border-line bg-sunken px-3 py-2.5 font-mono text-12"
      >
        {snippet.text}
      </pre>
      {snippet.note !== null && <p className="mt-2 text-12 text-ink-muted text-pretty">{snippet.note}</p>}
    </>
  )
}
